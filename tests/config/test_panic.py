"""The settings for emergencies, and the file of addresses at which people are called, which must never be told."""

from datetime import date, time
from pathlib import Path

import pytest

from helpdesk_bot.config import ConfigError, load
from tests.config.written import SMALL, complaints, written

ROTA = """\
panic:
  rotas:
    - id: noord
      people: ["@sanne:example.org"]
      first_day: 2026-11-02
"""


def test_a_rota(tmp_path: Path) -> None:
    [rota] = load(written(tmp_path, SMALL + ROTA)).panic.rotas
    assert (rota.days, rota.handover_day, rota.handover_time) == (7, "monday", time(9))
    assert rota.first_day == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("noord", "noort"), "19:11 panic.rotas[1].id 'noort' is no stadsdeel"),
        (("2026-11-02", "2026-13-02"), "21:18 this value can't be read"),
        (('["@sanne:example.org"]', "[]"), "20:15 panic.rotas[1].people"),
        (
            ('"@sanne:example.org"', "sanne"),
            "20:16 panic.rotas[1].people[1] is not a Matrix address of a person",
        ),
        (
            ("first_day", "handover_time: nine\n      first_day"),
            "21:22 panic.rotas[1].handover_time is not a time of day",
        ),
        (("  rotas", "  acknowledge_within: 5s\n  rotas"), "18:23 panic.acknowledge_within is too short"),
        (
            (
                "    - id: noord",
                "    - {id: noord, people: ['@a:b.nl'], first_day: 2026-11-02}\n    - id: noord",
            ),
            "20:11 panic.rotas[2].id 'noord' has a rota already",
        ),
    ],
)
def test_what_can_not_be(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    [found] = complaints(tmp_path, SMALL + ROTA.replace(*change))
    assert found.startswith(said)


def test_no_stadsdeel_is_called_city(tmp_path: Path) -> None:
    [found] = complaints(tmp_path, SMALL.replace("id: oost", "id: city"))
    assert "stands for the whole city" in found


SECRET = "json://geheim:wachtwoord@alarm.example.org/"
FILE = f"""\
"@sanne:example.org": ["{SECRET}"]
coordinators:
  - {SECRET}stad
"""


def channels(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "channels.yaml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_addresses_from_their_own_file(tmp_path: Path) -> None:
    channels(tmp_path, FILE)
    config = load(written(tmp_path, SMALL + "panic: {channels_file: channels.yaml}\n"))
    [key] = config.channels.keys("@sanne:example.org")
    address = config.channels.address("@sanne:example.org", key)
    assert address is not None
    assert address.get_secret_value() == SECRET
    assert config.channels.address("@sanne:example.org", "other") is None
    assert [who for who, _ in config.channels] == ["@sanne:example.org", "coordinators"]
    assert "geheim" not in repr(config.channels)
    assert "geheim" not in repr(config)


def test_the_environment_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_ALARM_CHANNELS_FILE", str(channels(tmp_path, FILE)))
    assert load(written(tmp_path, SMALL)).channels.keys("coordinators")


@pytest.mark.parametrize(
    ("text", "mode", "what"),
    [
        (FILE, 0o644, "others can read it"),
        (FILE.replace("@sanne", "sanne"), 0o600, "neither a person nor"),
        (f'coordinators: "{SECRET}"\n', 0o600, "must be a list of addresses"),
        (f"coordinators: [{SECRET}, 7]\n", 0o600, "must be a list of addresses"),
        (f"coordinators: [{SECRET}\n", 0o600, "this is not YAML"),
        ("# nothing\n", 0o600, "holds no settings"),
    ],
)
def test_what_is_wrong_is_said_without_an_address(tmp_path: Path, text: str, mode: int, what: str) -> None:
    channels(tmp_path, text, mode)
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, SMALL + "panic: {channels_file: channels.yaml}\n"))
    assert what in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "wachtwoord" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load(written(tmp_path, SMALL + "panic: {channels_file: nowhere.yaml}\n"))


@pytest.mark.parametrize(
    "url", ["helpdesk.example.org", "https://u:p@helpdesk.example.org", "https://x.nl/?a=1"]
)
def test_the_public_address(tmp_path: Path, url: str) -> None:
    assert complaints(tmp_path, SMALL + f'web: {{public_url: "{url}"}}\n')
    config = load(written(tmp_path, SMALL + "web: {public_url: 'https://helpdesk.example.org/hulp/'}\n"))
    assert config.web.public_url == "https://helpdesk.example.org/hulp"
