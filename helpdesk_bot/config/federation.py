"""Helpdesks that lend each other a hand."""

from datetime import timedelta

from pydantic import Field

from helpdesk_bot.config.durations import Duration
from helpdesk_bot.config.section import Section


class Federation(Section):
    """How questions go to other helpdesks and come from them. Which those are, the coordinators say with `!federatie`."""

    offer: bool = Field(
        default=True,
        description="Whether whoever asks is offered that another helpdesk looks, when nobody here can take a question.",
    )
    answer_within: Duration = Field(
        default=timedelta(hours=8),
        description="So long another helpdesk has to say that it can take a question.",
    )
    most_borrowed: int = Field(
        default=10, ge=0, le=1_000, description="So many questions of other helpdesks are taken on at once."
    )
    hello_every: Duration = Field(
        default=timedelta(hours=6), description="How often other helpdesks get a sign of life."
    )
    words_per_minute: int = Field(
        default=300,
        ge=10,
        le=10_000,
        description="What one helpdesk says beyond this is not looked at, and the coordinators hear of it.",
    )
