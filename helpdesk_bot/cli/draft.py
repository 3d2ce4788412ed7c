"""The configuration while `init` works on it: single values change, every comment and choice of the host stays."""

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from helpdesk_bot import config as configuration
from helpdesk_bot.cli.template import HEAD, TAIL
from helpdesk_bot.config import Config, ConfigError, Finding, document
from helpdesk_bot.config.document import Document, Route
from helpdesk_bot.domain.layout import RoomKind

_CITY_ROOMS = {
    "space": (RoomKind.SPACE, "helpdesk"),
    "overflow": (RoomKind.TEAM, "team-stad"),
    "coordination": (RoomKind.COORDINATION, "coordinatie"),
    "trainers": (RoomKind.TRAINERS, "trainers"),
}
_PART_ROOMS = {"help_room": (RoomKind.HELP, "hulp-{id}"), "team_room": (RoomKind.TEAM, "team-{id}")}
_PLAIN = re.compile(r"[A-Za-z][\w ./-]*|https?://[\w./:-]+")


class Draft:
    """`fresh`: nobody has chosen its rooms for this helpdesk yet, they are only proposals."""

    def __init__(self, text: str, path: Path, *, fresh: bool) -> None:
        self.path = path
        self.fresh = fresh
        self._read(text)

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """A configuration that is there already. Raises ConfigError when it can't be used."""
        configuration.load(path)
        return cls(path.read_text("utf-8-sig"), path, fresh=False)

    @classmethod
    def of_city(cls, city: Path, path: Path) -> Self:
        configuration.load(city)
        return cls(city.read_text("utf-8-sig"), path, fresh=True)

    @classmethod
    def of_names(cls, names: Iterable[str], path: Path) -> Self:
        lines = ["stadsdelen:"]
        for name in names:
            id_ = slug(name)
            lines += [f"  - id: {id_}", f"    name: {_written(name)}", "    aliases: []"]
            for field, (_, usual) in _PART_ROOMS.items():
                lines.append(f'    {field}: "#{usual.format(id=id_)}:example.org"')
        return cls(HEAD + "\n".join([*lines, "", TAIL]), path, fresh=True)

    def get(self, *route: str | int) -> Any:
        value = self._document.data
        for step in route:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def set(self, route: Route, value: str, comment: str = "") -> None:
        """Changes one value. A `comment` is added when the line has none and the value is new."""
        if self.get(*route) == value:
            return
        if route in self._changes or route not in self._document.spans:
            self._read(self._whole())  # its place is another one than it was
        if route not in self._document.spans:
            self._add(route, value, comment)
            return
        start, end = self._document.spans[route]
        space = ""
        if start == end:  # nothing is written: for YAML that stands where the next thing begins
            start = end = self._text.index(":", self._offset(route)) + 1
            space = " "
        line_end = self._text.find("\n", end)
        rest = self._text[end : line_end if line_end >= 0 else len(self._text)]
        tail = f"    # {comment}" if comment and not rest.strip() else ""
        self._changes[route] = (start, end, space + _written(value) + tail)
        self.get(*route[:-1])[route[-1]] = value

    def names(self) -> dict[str, str]:
        """The stadsdelen by id."""
        return {part["id"]: part["name"] for part in self.get("stadsdelen") or []}

    def slots(self) -> list["RoomSlot"]:
        """Every room of the helpdesk, the space first: the others are made inside it."""
        found = [
            RoomSlot(self, ("rooms", field), kind, field, usual)
            for field, (kind, usual) in _CITY_ROOMS.items()
            if self.fresh or self.get("rooms", field)
        ]
        for at, part in enumerate(self.get("stadsdelen") or []):
            for field, (kind, usual) in _PART_ROOMS.items():
                if self.fresh or part.get(field):
                    route = ("stadsdelen", at, field)
                    found.append(RoomSlot(self, route, kind, part["id"], usual.format(id=part["id"])))
        return found

    def write(self) -> Config:
        """Writes the file, whole or not at all, and only when it can be used."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}.draft")
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(self._whole())
                file.flush()
                os.fsync(file.fileno())
            configuration.load(draft)
            draft.replace(self.path)
        except ConfigError as error:
            raise ConfigError([_about(self.path, draft, found) for found in error.findings]) from None
        finally:
            draft.unlink(missing_ok=True)
        return configuration.load(self.path)

    def _whole(self) -> str:
        """The text with every value that was changed since it was read; to read it takes a while."""
        text = self._text
        for start, end, value in sorted(self._changes.values(), reverse=True):
            text = text[:start] + value + text[end:]
        return text

    def _read(self, text: str) -> None:
        self._text = text
        self._changes: dict[Route, tuple[int, int, str]] = {}
        self._document: Document = document.parse(text, self.path)

    def _add(self, route: Route, value: str, comment: str) -> None:
        """A new line at the top of its section, or a new section at the end."""
        key, parent = route[-1], route[:-1]
        first = next((known for known in self._document.keys if known[:-1] == parent and known), None)
        tail = f"    # {comment}" if comment else ""
        if parent not in self._document.spans or first is None:
            section = "".join(f"{'  ' * depth}{step}:\n" for depth, step in enumerate(parent))
            indent = "  " * len(parent)
            self._read(f"{self._text.rstrip()}\n\n{section}{indent}{key}: {_written(value)}{tail}\n")
            return
        _, column = self._document.keys[first]
        at = self._offset(first)
        added = f"{key}: {_written(value)}{tail}\n{' ' * (column - 1)}"
        if self._text[:at].rstrip().endswith(("{", ",")):
            added = f"{key}: {_written(value)}, "
        self._read(self._text[:at] + added + self._text[at:])

    def _offset(self, route: Route) -> int:
        """Where its key begins in the text."""
        line, column = self._document.keys[route]
        lines = self._text.splitlines(keepends=True)
        return sum(len(text) for text in lines[: line - 1]) + column - 1


class RoomSlot:
    """A place in the configuration where a room is named. `key` is the stadsdeel's id, or the name of a city room."""

    def __init__(self, draft: Draft, route: Route, kind: RoomKind, key: str, usual: str) -> None:
        self._draft = draft
        self._route = route
        self.kind = kind
        self.key = key
        self._usual = usual

    @property
    def reference(self) -> str | None:
        """The room that the host has chosen; None when it is only proposed."""
        return None if self._draft.fresh else self._draft.get(*self._route)

    def alias(self, server: str) -> str:
        """The alias this room has or gets: the one that is named, on our own server."""
        named = self._draft.get(*self._route)
        localpart = named[1:].partition(":")[0] if named and named.startswith("#") else self._usual
        return f"#{localpart}:{server}"

    def choose(self, reference: str, alias: str = "") -> None:
        self._draft.set(self._route, reference, comment=alias)


def slug(name: str) -> str:
    """A stadsdeel's id from its name: 'Nieuw-West' → 'nieuw-west'."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _written(value: str) -> str:
    """The value as YAML: plain where nothing can go wrong, else in quotes."""
    if _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in ("true", "false", "null"):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _about(path: Path, draft: Path, found: Finding) -> Finding:
    return Finding(str(path), found.what, found.remedy) if found.where == str(draft) else found
