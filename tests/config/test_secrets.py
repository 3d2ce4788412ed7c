"""Secrets come from the environment or a safe file, and are never repeated."""

import ssl
from inspect import signature
from pathlib import Path

import pytest
from asyncpg import connect  # type: ignore[import-untyped]
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from helpdesk_bot.config import ConfigError, load
from helpdesk_bot.config.validating import _SECRET_KEY
from helpdesk_bot.storage.engine import Database
from tests.config.written import SMALL, written
from tests.support.postgres import Postgres


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    text = SMALL + 'database:\n  url: "postgresql://bot:hunter2@db/helpdesk"\n'
    with pytest.raises(ConfigError, match="HELPDESK_DATABASE_URL_FILE") as caught:
        load(written(tmp_path, text))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["password", "bot_password", "access_token", "wachtwoord", "api_key"])
def test_a_key_for_a_secret_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    assert _SECRET_KEY.search(key)
    with pytest.raises(ConfigError, match="Secrets don't belong") as caught:
        load(written(tmp_path, SMALL + f"{key}: hunter2\n"))
    assert "hunter2" not in str(caught.value)


def test_from_the_environment_or_a_file_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "database-url"
    secret.write_text("postgresql://bot:hunter2@db/helpdesk\n")
    secret.chmod(0o600)
    monkeypatch.setenv("HELPDESK_DATABASE_URL_FILE", str(secret))
    monkeypatch.setenv("HELPDESK_BOT_PASSWORD", "hunter3")
    config = load(written(tmp_path, SMALL))
    assert config.database_url == "postgresql+asyncpg://bot:hunter2@db/helpdesk"
    assert config.bot_password is not None
    assert config.bot_password.get_secret_value() == "hunter3"
    assert "hunter" not in repr(config)
    assert "hunter" not in config.model_dump_json()


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-full"])
async def test_libpqs_word_for_encryption_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres, mode: str
) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", ssl.get_default_verify_paths().openssl_cafile)
    address = postgres.url("postgres").replace("+asyncpg", "")
    monkeypatch.setenv("HELPDESK_DATABASE_URL", f"{address}&sslmode={mode}")
    config = load(written(tmp_path, SMALL))
    assert make_url(config.database_url).query["ssl"] == mode
    db = Database(config.database_url)
    async with db.reading() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await db.close()


@pytest.mark.parametrize(
    ("query", "said", "remedy"),
    [
        ("sslmod=require", "'sslmod' is not an option", "ssl, sslmode"),
        ("application_name=helpdesk", "'application_name' is not an option", "Take it out"),
        ("sslrootcert=ca.pem", "'sslrootcert' can't be part", "PGSSLROOTCERT"),
        ("sslmode=yes", "sslmode has an unknown value", "require"),
        ("ssl=true", "ssl has an unknown value", "require"),
        ("ssl=require&sslmode=disable", "both ssl and sslmode", "keep one"),
    ],
)
def test_an_option_that_the_driver_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, said: str, remedy: str
) -> None:
    monkeypatch.setenv("HELPDESK_DATABASE_URL", f"postgresql://bot:hunter2@db/helpdesk?{query}")
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, SMALL))
    (found,) = caught.value.findings
    assert said in found.what
    assert remedy in found.remedy
    assert "hunter2" not in str(caught.value)


def test_the_options_that_the_driver_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "host=/run/pg&port=5433&ssl=require&user=bot&password=x&passfile=/pass"
    query += "&target_session_attrs=primary&prepared_statement_cache_size=0"
    monkeypatch.setenv("HELPDESK_DATABASE_URL", f"postgresql:///helpdesk?{query}")
    address = make_url(load(written(tmp_path, SMALL)).database_url)
    _, given_to_it = create_async_engine(address).dialect.create_connect_args(address)
    assert given_to_it.keys() - {"prepared_statement_cache_size"} <= signature(connect).parameters.keys()


@pytest.mark.parametrize(
    ("mode", "content", "said"),
    [(0o644, "x", "others can read it"), (0o600, " \n", "is empty"), (None, "", "can't be read")],
)
def test_an_unsafe_or_useless_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None, content: str, said: str
) -> None:
    secret = tmp_path / "password"
    if mode is not None:
        secret.write_text(content)
        secret.chmod(mode)
    monkeypatch.setenv("HELPDESK_BOT_PASSWORD_FILE", str(secret))
    with pytest.raises(ConfigError, match=said):
        load(written(tmp_path, SMALL))


def test_both_ways_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_BOT_PASSWORD_FILE", "/nowhere")
    monkeypatch.setenv("HELPDESK_BOT_PASSWORD", "x")
    with pytest.raises(ConfigError, match="so is"):
        load(written(tmp_path, SMALL))
