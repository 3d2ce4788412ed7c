"""Lengths of time as people write them in the configuration: `10m`, `1h 30m`, `14d`, or ISO 8601 (`PT10M`).

Working time is written alike, without weeks and ISO 8601; a day of it is eight hours.
"""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PLAIN = re.compile(r"\s*(?:\d+\s*[wdhms]\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+)\s*([wdhms])", re.IGNORECASE)
_ISO = re.compile(r"P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
LONGEST = timedelta(days=3_650)
_WORK = {"d": 8 * 3_600, "h": 3_600, "m": 60}
_WORKING = re.compile(r"\s*(?:\d+\s*[dhm]\s*)+", re.IGNORECASE)


def parse(text: str) -> timedelta:
    """Raises ValueError when `text` is not a length of time."""
    iso = _ISO.fullmatch(text.strip().upper())
    if iso:
        amounts = zip(iso.groups(), _SECONDS.values(), strict=True)
        seconds = sum(int(number or 0) * size for number, size in amounts)
    elif _PLAIN.fullmatch(text):
        seconds = sum(int(number) * _SECONDS[unit.lower()] for number, unit in _PART.findall(text))
    else:
        raise ValueError("not a length of time")
    if seconds > LONGEST.total_seconds():
        raise ValueError("longer than ten years")
    return timedelta(seconds=seconds)


def write(length: timedelta) -> str:
    """The way back: the shortest text that `parse` reads as `length`."""
    left = int(length.total_seconds())
    parts = []
    for unit, size in _SECONDS.items():
        count, left = divmod(left, size)
        if count and not (unit == "w" and left):
            parts.append(f"{count}{unit}")
        elif count:
            left += count * size
    return " ".join(parts) or "0s"


def _read(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    remedy = "Write a number and a unit (s, m, h, d, w), such as 10m, 14d or 1h 30m."
    if not isinstance(value, str):
        raise PydanticCustomError("duration", "is not a length of time", {"remedy": remedy})
    try:
        return parse(value)
    except ValueError as error:
        raise PydanticCustomError("duration", "is {why}", {"why": str(error), "remedy": remedy}) from None


Duration = Annotated[
    timedelta,
    PlainValidator(_read),
    PlainSerializer(write, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*(([0-9]+\s*[wdhmsWDHMS]\s*)+|P([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$",
            "examples": ["10m", "14d", "1h 30m", "PT10M"],
        }
    ),
]


def parse_work(text: str) -> timedelta:
    """Working time. Raises ValueError when `text` is none, or nothing at all."""
    if not _WORKING.fullmatch(text):
        raise ValueError("not a length of working time")
    seconds = sum(int(number) * _WORK[unit.lower()] for number, unit in _PART.findall(text))
    if not 0 < seconds <= LONGEST.total_seconds() / 4:
        raise ValueError("not something to promise")
    return timedelta(seconds=seconds)


def write_work(length: timedelta) -> str:
    """The way back."""
    left = int(length.total_seconds())
    parts = []
    for unit, size in _WORK.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts)


def _read_work(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    remedy = (
        "Write a number and a unit: m, h, or d (8 hours in which helpers are there), such as 30m or 1d 4h."
    )
    try:
        return parse_work(value if isinstance(value, str) else "")
    except ValueError as error:
        raise PydanticCustomError("duration", "is {why}", {"why": str(error), "remedy": remedy}) from None


WorkingTime = Annotated[
    timedelta,
    PlainValidator(_read_work),
    PlainSerializer(write_work, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*([0-9]+\s*[dhmDHM]\s*)+$",
            "examples": ["30m", "4h", "1d", "1d 4h"],
        }
    ),
]
