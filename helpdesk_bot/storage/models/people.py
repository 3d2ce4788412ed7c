"""Who asks, for whom, and who helps."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.storage.models.base import Base


class Organisation(Base):
    """A community organisation (an 'initiative')."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    stadsdeel: Mapped[str | None]
    # Who knows this organisation (`helper_said`: chosen, not counted), and who takes over when they can't.
    helper: Mapped[str | None]
    helper_said: Mapped[bool] = mapped_column(default=False)
    backup: Mapped[str | None]
    created_at: Mapped[datetime]


class Person(Base):
    """What is remembered of someone, so that nothing is asked twice. `language_said`: chosen, not guessed. `offered_at`:
    when they were told, unasked, that a helper can look at what they wrote.
    """

    __tablename__ = "people"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    language: Mapped[str | None]
    language_said: Mapped[bool] = mapped_column(default=False)
    stadsdeel: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    direct_room: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Technician(Base):
    """How somebody wants to help, in their own words. Whether they may is decided by the rooms they are in, not here.

    `skills` and `learning` (what they want to learn beside somebody who knows it) are topics. Without `stadsdelen` they
    help where their team rooms are, without `most_open` as many tickets at once as the configuration says. `paid` is None
    as long as they have not said it. Quiet hours are 'HH:MM' on the helpdesk's clock and may reach over midnight; `quiet_days`
    are whole days, Monday is 0. `quiet_said`: whether they said at which hours, or that any hour is fine; else they rest when
    everybody does who says nothing. Away from `away_from` until `away_until`, or until they say so when only the first is
    known. `met_at`: when they were asked how they help. `asking`: the step of that first chat that waits for an answer;
    None when it is over. `left_at`: since when they are in no team room any more.
    """

    __tablename__ = "technicians"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    skills: Mapped[list[str]]
    learning: Mapped[list[str]]
    languages: Mapped[list[str]]
    stadsdelen: Mapped[list[str]]
    paid: Mapped[bool | None]
    most_open: Mapped[int | None]
    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
    quiet_days: Mapped[list[int]]
    quiet_said: Mapped[bool] = mapped_column(default=False)
    show_name: Mapped[bool] = mapped_column(default=True)
    mentor: Mapped[str | None]
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    asking: Mapped[str | None]
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
