"""From a file to a Config, or to the list of everything that is wrong with it."""

from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from helpdesk_bot.config import channels, document, rules, secrets
from helpdesk_bot.config.channels import Channels
from helpdesk_bot.config.findings import ConfigError, Finding
from helpdesk_bot.config.models import Config
from helpdesk_bot.config.validating import name_of, validated


def load(path: Path | str) -> Config:
    """Reads the configuration. Raises ConfigError with everything that is wrong in it."""
    source = Path(path)
    read = document.read(source)
    findings = read.findings
    database_url, password = secrets.read(findings)
    config = validated(read, Config)
    if config is not None:
        for route, what, remedy in rules.broken(config):
            read.complain(route, f"{name_of(route)} {what}", remedy)
    if database_url is not None:
        for _, what, remedy in rules.database_url(database_url.get_secret_value(), secret_allowed=True):
            findings.append(Finding("$HELPDESK_DATABASE_URL", what, remedy))
    called = _channels(config, source, findings) if config is not None else Channels()
    if findings or config is None:
        raise ConfigError(sorted(findings, key=lambda found: (found.line or 0, found.column or 0)))
    settled = _settled(config, source, database_url, password)
    settled._channels = called
    return settled


def _channels(config: Config, source: Path, findings: list[Finding]) -> Channels:
    given = secrets.channels_file()
    if given is not None:
        return channels.read(given, "$HELPDESK_ALARM_CHANNELS_FILE", findings)
    named = config.panic.channels_file
    home = source.absolute().parent
    return channels.read(home / named, "panic.channels_file", findings) if named else Channels()


def _settled(config: Config, source: Path, database_url: Any, password: Any) -> Config:
    home = source.absolute().parent
    address = config.database.url and _complete(config.database.url, home)
    settled = config.model_copy(
        update={
            "data_dir": (home / config.data_dir).resolve(),
            "playbooks": config.playbooks.model_copy(
                update={"folder": (home / config.playbooks.folder).resolve()}
            ),
            "database": config.database.model_copy(update={"url": address}),
        }
    )
    if database_url is not None:
        database_url = type(database_url)(_complete(database_url.get_secret_value(), home))
    settled._database_url = database_url
    settled._bot_password = password
    settled._source = source.absolute()
    return settled


def _complete(url: str, home: Path) -> str:
    """The address with an async driver, and SQLite's file seen from the folder of the configuration."""
    parts = make_url(url)
    if parts.drivername.startswith("sqlite"):
        parts = parts.set(drivername="sqlite+aiosqlite")
        if parts.database and parts.database != ":memory:":
            parts = parts.set(database=str((home / parts.database).resolve()))
    else:
        parts = parts.set(drivername="postgresql+asyncpg")
        if "sslmode" in parts.query:  # libpq's name for what asyncpg calls ssl; the values are the same
            parts = parts.update_query_dict({"ssl": parts.query["sslmode"]})
            parts = parts.difference_update_query(["sslmode"])
    return parts.render_as_string(hide_password=False)
