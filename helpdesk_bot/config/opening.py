"""When helpers are there, and how soon people can count on them."""

import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from helpdesk_bot import public_holidays
from helpdesk_bot.config.durations import WorkingTime
from helpdesk_bot.config.section import Section
from helpdesk_bot.domain.targets import Clock
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.domain.worktime import Hours, Span

_SPAN = re.compile(r"\s*([01]?\d|2[0-4])[:.]([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4])[:.]([0-5]\d)\s*")
_WRITE = "Write 09:00-17:00, or [09:00-12:30, 13:30-17:00], or [] for a day on which nobody is there."
_COUNTRY = re.compile(r"[A-Z]{2}")


def _spans(value: Any) -> tuple[Span, ...]:
    if isinstance(value, tuple):
        return value
    found = []
    for text in [value] if isinstance(value, str) else value if isinstance(value, list) else [None]:
        match = _SPAN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise PydanticCustomError("spans", "is not a time such as 09:00-17:00", {"remedy": _WRITE})
        hour, minute, until_hour, until_minute = map(int, match.groups())
        try:
            found.append(Span(hour * 60 + minute, until_hour * 60 + until_minute))
        except ValueError:
            remedy = (
                "A time ends later than it begins, at 24:00 at most. Over midnight: write it as two days."
            )
            raise PydanticCustomError(
                "spans", "has a time that ends before it begins", {"remedy": remedy}
            ) from None
    found.sort()
    if any(later.begin < earlier.end for earlier, later in pairwise(found)):
        raise PydanticCustomError(
            "spans", "has times that overlap", {"remedy": "Make one of the two shorter."}
        )
    return tuple(found)


def _written(spans: tuple[Span, ...]) -> list[str]:
    return [f"{_clock(span.begin)}-{_clock(span.end)}" for span in spans]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(value: Any) -> tuple[date, ...]:
    if isinstance(value, tuple):
        return value
    remedy = "Write each day as year-month-day: [2026-12-24, 2026-12-31]."
    if not isinstance(value, list):
        raise PydanticCustomError("days", "is not a list of days", {"remedy": remedy})
    try:
        return tuple(sorted(date.fromisoformat(text) for text in value))
    except (TypeError, ValueError):
        raise PydanticCustomError("days", "has something that is not a day", {"remedy": remedy}) from None


def _holidays(value: Any) -> str | None:
    if value is None or value is False:
        return None
    if isinstance(value, str) and _COUNTRY.fullmatch(value) and public_holidays.is_known(value):
        return value
    remedy = "Use the code of a country, such as NL, or false when you are open on holidays too."
    raise PydanticCustomError("country", "is not a country whose holidays are known", {"remedy": remedy})


_SPAN_JSON = {"type": "string", "pattern": r"^\s*[0-9]{1,2}[:.][0-9]{2}\s*[-–]\s*[0-9]{1,2}[:.][0-9]{2}\s*$"}
Spans = Annotated[
    tuple[Span, ...],
    PlainValidator(_spans),
    PlainSerializer(_written, return_type=list[str]),
    WithJsonSchema(
        {"anyOf": [_SPAN_JSON, {"type": "array", "items": _SPAN_JSON}], "examples": ["09:00-17:00"]}
    ),
]
Days = Annotated[
    tuple[date, ...],
    PlainValidator(_days),
    PlainSerializer(lambda days: [day.isoformat() for day in days], return_type=list[str]),
    WithJsonSchema({"type": "array", "items": {"type": "string", "format": "date"}}),
]
Country = Annotated[
    str | None,
    PlainValidator(_holidays),
    PlainSerializer(lambda code: code or False, return_type=str | Literal[False]),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": "^[A-Z]{2}$"}, {"const": False}], "examples": ["NL"]}
    ),
]
OFFICE = (Span(9 * 60, 17 * 60),)
CLOSED: tuple[Span, ...] = ()


class OpeningHours(Section):
    """When helpers are there, on the helpdesk's clock. Only this time counts for what is promised."""

    monday: Spans = OFFICE
    tuesday: Spans = OFFICE
    wednesday: Spans = OFFICE
    thursday: Spans = OFFICE
    friday: Spans = OFFICE
    saturday: Spans = CLOSED
    sunday: Spans = CLOSED
    holidays: Country = Field(
        default="NL", description="Closed on the public holidays of this country; false: on none."
    )
    closed_on: Days = Field(default=(), description="Other days on which nobody is there.")
    open_on: Days = Field(default=(), description="Holidays on which somebody is there nevertheless.")

    @property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        return (
            *(self.monday, self.tuesday, self.wednesday, self.thursday, self.friday),
            *(self.saturday, self.sunday),
        )

    def over(self, general: "OpeningHours") -> "OpeningHours":
        """These where they are said, `general` for the rest."""
        return general.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


class _Closed:
    """The days on which nobody is there, of any year."""

    def __init__(self, opening: OpeningHours) -> None:
        self._own = frozenset(opening.closed_on)
        self._open = frozenset(opening.open_on)
        self._public = public_holidays.days(opening.holidays) if opening.holidays else frozenset[date]()

    def __contains__(self, day: object) -> bool:
        return day in self._own or (day not in self._open and day in self._public)


@lru_cache(maxsize=64)
def hours_of(opening: OpeningHours, zone: str) -> Hours:
    """Raises ValueError when it is never open."""
    return Hours(opening.week, ZoneInfo(zone), _Closed(opening))


def a_week(opening: OpeningHours) -> timedelta:
    """How long it is open in a week without holidays."""
    minutes = sum(span.end - span.begin for spans in opening.week for span in spans)
    return timedelta(minutes=minutes)


class Target(Section):
    """How soon, in working time: m, h, and d for 8 hours in which helpers are there, so '1d 4h' is twelve of those."""

    claim: WorkingTime = Field(description="Somebody takes it up.")
    answer: WorkingTime = Field(description="They answer for the first time.")
    solve: WorkingTime = Field(description="It is solved. Waiting for the person who asked does not count.")

    def of(self, clock: Clock) -> timedelta:
        length: timedelta = getattr(self, clock.value)
        return length


class Targets(Section):
    """What people can count on, for each priority. At half a reminder, at the whole wider and wider."""

    urgent: Target = Target(claim=timedelta(minutes=30), answer=timedelta(hours=1), solve=timedelta(hours=8))
    high: Target = Target(claim=timedelta(hours=2), answer=timedelta(hours=4), solve=timedelta(hours=24))
    normal: Target = Target(claim=timedelta(hours=4), answer=timedelta(hours=8), solve=timedelta(hours=80))
    low: Target = Target(claim=timedelta(hours=8), answer=timedelta(hours=24), solve=timedelta(hours=160))

    def of(self, priority: Priority) -> Target:
        found: Target = getattr(self, Priority(priority).value)  # from the database it comes as a word
        return found
