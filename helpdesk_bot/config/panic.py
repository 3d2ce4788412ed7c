"""Emergencies: who is on duty, and how they are called."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.durations import Duration
from helpdesk_bot.config.section import Section
from helpdesk_bot.config.types import Folder, Slug, UserId
from helpdesk_bot.domain.rota import CITY

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day(value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise PydanticCustomError(
            "shape", "is not a day", {"remedy": "Write year, month and day, such as 2026-11-02."}
        ) from None


def _clock(value: Any) -> time:
    try:
        if isinstance(value, time):
            return value
        hour, minute = str(value).split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise PydanticCustomError(
            "shape", "is not a time of day", {"remedy": 'Write hours and minutes, such as "09:00".'}
        ) from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
ClockTime = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$", "examples": ["09:00"]}),
]


class Rota(Section):
    """Who is on duty in turn, in one stadsdeel or in the whole city."""

    id: Slug = Field(description="The id of a stadsdeel, or 'city'.")
    people: list[UserId] = Field(min_length=1, description="In the order of their turns.")
    days: int = Field(default=7, ge=1, le=366, description="How many days one turn takes.")
    handover_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        Field(default="monday", description="The day on which the first turn begins.")
    )
    handover_time: ClockTime = Field(
        default=time(9), description="When one hands over to the next, on the clock of the helpdesk."
    )
    first_day: Day = Field(
        description="The first turn begins on the first `handover_day` from this day on. It sets whose turn it is: "
        "don't change it without need."
    )


class Panic(Section):
    """What happens in an emergency."""

    acknowledge_within: Duration = Field(
        default=timedelta(minutes=5),
        description="Whoever is called has this long to say that they come; then the next one is called.",
    )
    join_within: Duration = Field(
        default=timedelta(minutes=10),
        description="Another alarm of the same person within this time belongs to the one before.",
    )
    per_day: int = Field(
        default=3,
        ge=1,
        le=1_000,
        description="Alarms of one person within 24 hours; after that a coordinator decides whether to call.",
    )
    rotas: list[Rota] = Field(
        default=[],
        description="Without a rota the coordinators and the team room are called.",
    )
    channels_file: Folder | None = Field(
        default=None,
        description="A file (mode 600) with the addresses at which people are called outside Matrix.",
    )


def broken(panic: Panic, stadsdelen: set[str]) -> Iterator[Broken]:
    """What is wrong with the rotas, each right by itself."""
    if panic.acknowledge_within < timedelta(seconds=30):
        yield Broken(("panic", "acknowledge_within"), "is too short to react", "Give people at least 30s.")
    seen: set[str] = set()
    for at, rota in enumerate(panic.rotas):
        here = ("panic", "rotas", at, "id")
        if rota.id not in stadsdelen | {CITY}:
            yield Broken(here, f"'{rota.id}' is no stadsdeel", "Use the id of a stadsdeel, or city.")
        if rota.id in seen:
            yield Broken(here, f"'{rota.id}' has a rota already", "Keep one of the two.")
        seen.add(rota.id)
