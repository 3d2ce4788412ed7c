"""The words of the configuration that have a shape of their own. Each refusal carries its remedy."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

SERVER = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"


def _matching(pattern: str, what: str, remedy: str) -> Callable[[Any], str]:
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise PydanticCustomError("shape", "is not {what}", {"what": what, "remedy": remedy})

    return check


def _shaped(pattern: str, what: str, remedy: str) -> Any:
    return BeforeValidator(_matching(pattern, what, remedy))


def _as_json(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})


def _refuse(message: str, remedy: str) -> PydanticCustomError:
    # Braces in a message would be taken for placeholders.
    return PydanticCustomError("rule", "{message}", {"message": message, "remedy": remedy})


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise _refuse("is not a known time zone", "Use a name such as Europe/Amsterdam.") from None
    return value


def _web_address(value: str, what: str = "homeserver", example: str = "https://matrix.example.org") -> str:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  # raises when it is no number
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _refuse(f"is not the address of a {what}", f"Write it in full: {example}")
    if parts.username or parts.password:
        raise _refuse("holds a name or a password", "Take it out; the bot signs in with `helpdesk init`.")
    if parts.query or parts.fragment:
        raise _refuse("has something after the address", f"Write only the address: {example}")
    return value.rstrip("/")


def _public_address(value: str) -> str:
    return _web_address(value, "web server", "https://helpdesk.example.org")


def _path(value: Any) -> Path:
    if isinstance(value, Path):
        return value
    if isinstance(value, str) and value.strip():
        with suppress(RuntimeError):  # '~somebody' who is nobody
            return Path(value).expanduser()
    raise _refuse("is not a path", "Write a path; it is seen from the folder this file is in.")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, AfterValidator(_web_address), WithJsonSchema({"type": "string", "format": "uri"})]
PublicAddress = Annotated[
    str, AfterValidator(_public_address), WithJsonSchema({"type": "string", "format": "uri"})
]
Zone = Annotated[str, AfterValidator(_known_zone)]
Folder = Annotated[Path, BeforeValidator(_path), WithJsonSchema({"type": "string", "examples": ["../data"]})]

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
Slug = Annotated[
    str,
    _shaped(_SLUG, "a short name", "Use small letters, digits and hyphens only, such as nieuw-west."),
    _as_json(_SLUG, "nieuw-west"),
]
_LANGUAGE = r"[a-z]{2,3}(?:_[A-Z]{2})?"
Language = Annotated[
    str,
    _shaped(_LANGUAGE, "a language code", "Use a code such as nl or en."),
    _as_json(_LANGUAGE, "nl"),
]
_USER = rf"@[^\s:@]+:{SERVER}"
UserId = Annotated[
    str,
    _shaped(_USER, "a Matrix address of a person", 'Write it in quotes: "@name:example.org".'),
    _as_json(_USER, "@helpdesk:example.org"),
]
_ROOM = rf"(?:![^\s:]+(?::{SERVER})?|#[^\s:]+:{SERVER})"
RoomRef = Annotated[
    str,
    _shaped(
        _ROOM,
        "a room",
        'Write the room\'s id or alias in quotes: "!abc:example.org" or "#hulp-noord:example.org". '
        "Without quotes YAML takes what follows # for a comment and ! for a tag.",
    ),
    _as_json(_ROOM, "#hulp-noord:example.org"),
]
_SERVERS = rf"(?:\*|{SERVER})"
ServerName = Annotated[
    str,
    _shaped(_SERVERS, "the name of a server", 'Write a name such as example.org, or "*" for every server.'),
    _as_json(_SERVERS, "example.org"),
]
_HOST_PORT = r"[a-z0-9-]+(?:\.[a-z0-9-]+)*:[1-9][0-9]{0,4}"
HostPort = Annotated[
    str,
    _shaped(_HOST_PORT, "a host and a port", 'Write both, such as "127.0.0.1:8080".'),
    _as_json(_HOST_PORT, "127.0.0.1:8080"),
]
