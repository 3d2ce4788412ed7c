"""How questions are shared out, and when nobody is asked."""

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from helpdesk_bot.config.section import Section
from helpdesk_bot.domain.availability import Rest

_REST = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)\s*")


def _rest(value: Any) -> Rest | None:
    if value is False or value is None or isinstance(value, Rest):
        return value or None
    match = _REST.fullmatch(value) if isinstance(value, str) else None
    if match is None or match.group(1, 2) == match.group(3, 4):
        remedy = (
            "Write 22:00-08:00, which may reach over midnight, or false when people may be asked at any hour."
        )
        raise PydanticCustomError("rest", "is not a time such as 22:00-08:00", {"remedy": remedy})
    hour, minute, until_hour, until_minute = map(int, match.groups())
    return Rest(time(hour, minute), time(until_hour, until_minute))


def _written(rest: Rest | None) -> str | Literal[False]:
    return f"{rest.start:%H:%M}-{rest.until:%H:%M}" if rest else False


UsualRest = Annotated[
    Rest | None,
    PlainValidator(_rest),
    PlainSerializer(_written, return_type=str | Literal[False]),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\s*[0-9]{1,2}:[0-9]{2}\s*[-–]\s*[0-9]{1,2}:[0-9]{2}\s*$"},
                {"const": False},
            ],
            "examples": ["22:00-08:00"],
        }
    ),
]


class Helping(Section):
    """How questions are shared out among the people who help."""

    most_open: int = Field(
        default=5,
        ge=1,
        le=100,
        description="Whoever has so many questions in hand is not asked for more; people can choose another number.",
    )
    rest: UsualRest = Field(
        default=Rest(time(22), time(8)),
        description="Whoever has not said at which hours they rest is not asked then, on the helpdesk's clock; false: they "
        "are asked at any hour. An emergency calls whoever is on duty at any hour.",
    )
