"""Lengths of time as people write them in the configuration: `10m`, `1h 30m`, `14d`, or ISO 8601 (`PT10M`)."""

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
