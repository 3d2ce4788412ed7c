"""Column types that keep a promise which SQLite does not make by itself, or are quicker to read."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from typing_extensions import override


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC. A naive one is refused: it would be an hour off twice a year."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite gives the time back without its zone.
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class ReadAsSet(TypeDecorator[frozenset[Any]]):
    """For reading many lists that are kept as JSON, with `cast`. Hundreds of people say the same few things: each list is
    taken apart once."""

    impl = String
    cache_ok = True

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[Any]:
        return _taken_apart(value or "[]")


@lru_cache(maxsize=4096)
def _taken_apart(text: str) -> frozenset[Any]:
    return frozenset(json.loads(text))


class Word(TypeDecorator[StrEnum]):
    """A word of an enumeration, which comes back as what it was."""

    impl = String(16)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    @override
    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)
