import pytest


@pytest.fixture(autouse=True)
def _no_secrets_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BOT_PASSWORD", "ALARM_CHANNELS"):
        monkeypatch.delenv(f"HELPDESK_{name}", raising=False)
        monkeypatch.delenv(f"HELPDESK_{name}_FILE", raising=False)
