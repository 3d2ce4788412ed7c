"""From a file to a Config, or to the list of everything that is wrong with it."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.engine import make_url

from helpdesk_bot.config import channels, document, rules, secrets
from helpdesk_bot.config.channels import Channels
from helpdesk_bot.config.document import Document, Route
from helpdesk_bot.config.findings import ConfigError, Finding
from helpdesk_bot.config.models import Config

_SECRET_KEY = re.compile(r"passwo|passw|wachtwoord|secret|geheim|token|api_?key|pickle", re.IGNORECASE)
_KINDS = {
    "string_type": ("text", "Put it in quotes."),
    "int_type": ("a whole number", "Write a number without quotes."),
    "int_parsing": ("a whole number", "Write a number without quotes."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "list_type": ("a list", "Write each item on its own line after a hyphen, or [a, b]."),
    "model_type": ("a group of settings", "Indent `key: value` lines below it."),
    "dict_type": ("a group of settings", "Indent `key: value` lines below it."),
}


def load(path: Path | str) -> Config:
    """Reads the configuration. Raises ConfigError with everything that is wrong in it."""
    source = Path(path)
    read = document.read(source)
    findings = read.findings
    database_url, password = secrets.read(findings)
    config = None
    if read.data is not None:
        _complain_about_nothing(read, read.data, ())
        config = _validate(read)
    if config is not None:
        for route, what, remedy in rules.broken(config):
            read.complain(route, f"{_name(route)} {what}", remedy)
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


def _validate(read: Document) -> Config | None:
    try:
        return Config.model_validate(read.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            _explain(read, detail)
    return None


def _explain(read: Document, detail: ErrorDetails) -> None:
    route: Route = tuple(detail["loc"])
    name, kind = _name(route), detail["type"]
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        read.complain(route, f"{name} is not a setting", _did_you_mean(route), at_key=True)
    elif kind == "missing":
        if route in read.values:
            return  # it has no value; that is said already
        around = f"below {_name(route[:-1])}" if len(route) > 1 else "at the left edge"
        read.complain(route, f"{name} is missing", f"Add `{route[-1]}: …` {around}.", at_key=True)
    elif kind in _KINDS:
        wanted, remedy = _KINDS[kind]
        read.complain(route, f"{name} must be {wanted}", remedy)
    elif kind == "literal_error":
        read.complain(route, f"{name} has an unknown value", f"Use one of: {context['expected']}.")
    elif "remedy" in context:
        read.complain(route, f"{name} {detail['msg']}", str(context["remedy"]))
    else:
        read.complain(route, f"{name}: {detail['msg']}", "Change it accordingly, or take the line out.")


def _complain_about_nothing(read: Document, data: Any, route: Route) -> None:
    """Takes out what has no value: `help_room: #hulp-noord` without quotes is a comment, and would go unnoticed."""
    items = list(
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else []
    )
    for step, value in items:
        here: Route = (*route, step)
        if value is not None:
            _complain_about_nothing(read, value, here)
            continue
        if not any((found.line, found.column) == read.values[here] for found in read.findings):
            read.complain(
                here,
                f"{_name(here)} has no value",
                "Give it one, or take the line out. What begins with #, ! or @ needs quotes.",
                at_key=True,
            )
        if isinstance(data, dict):
            del data[step]


def _name(route: Route) -> str:
    """`stadsdelen[2].aliases`: lists count from 1, as people do."""
    words = ""
    for step in route:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return words.removeprefix(".")


def _did_you_mean(route: Route) -> str:
    key = str(route[-1])
    if _SECRET_KEY.search(key):
        return (
            "Secrets don't belong in this file. Take it out, change the secret if others have seen it, and use "
            "HELPDESK_BOT_PASSWORD_FILE or HELPDESK_DATABASE_URL_FILE."
        )
    known = list(_model_at(route[:-1]).model_fields)
    close = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Take it out. What is known here: {', '.join(known)}."


def _model_at(route: Route) -> type[BaseModel]:
    """The model that describes what stands at `route`."""
    model: type[BaseModel] = Config
    for step in route:
        if isinstance(step, str):
            model = _inner_model(model.model_fields[step].annotation) or model
    return model


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner_model(part))), None)
