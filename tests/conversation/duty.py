"""A helpdesk with people on duty: in Noord Sanne and Joris in turn, a week each; in the whole city Kim and Wim."""

from collections.abc import Mapping
from typing import Any

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.duty.ahead import tell_ahead
from helpdesk_bot.config import Config, Panic
from helpdesk_bot.storage.models import Technician
from tests.conversation.conftest import CITY, JORIS, SANNE, WIM
from tests.conversation.stage import CONFIG, Said, Stage, unhurried

KIM = "@kim:test"
# Monday 23 November 2026, nine o'clock, is when Sanne's turn begins, and Kim's.
NOORD: dict[str, Any] = {"id": "noord", "people": [SANNE, JORIS], "first_day": "2026-11-23"}
WHOLE_CITY: dict[str, Any] = {"id": "city", "people": [KIM, WIM], "first_day": "2026-11-23"}


def on_duty(*rotas: Mapping[str, Any], **settings: Any) -> Config:
    panic = Panic.model_validate({"rotas": [dict(rota) for rota in rotas], **settings})
    return unhurried(CONFIG).model_copy(update={"panic": panic})


async def with_duty(stage: Stage, *rotas: Mapping[str, Any], **settings: Any) -> Stage:
    """Everybody in the rotas helps, and has a direct chat."""
    stage.configure(on_duty(*(rotas or (NOORD, WHOLE_CITY)), **settings))
    await stage.join(CITY, KIM, "@hulp:test")
    for user in (SANNE, JORIS, KIM, WIM):
        await stage.direct(user)
        async with stage.db.transaction() as session:
            act = Act(session, stage.now, stage.setting)
            (await act.person(user)).direct_room = chat(user)
    return stage


def chat(user: str) -> str:
    """Somebody's direct chat."""
    return f"!dm-{user[1:].partition(':')[0]}:test"


async def ahead(stage: Stage) -> list[Said]:
    """What is told about duty at this moment."""
    async with stage.db.transaction() as session:
        await tell_ahead(Act(session, stage.now, stage.setting))
    return await stage.settle()


async def away(stage: Stage, user: str, begin: Any = None, end: Any = None) -> None:
    """Somebody is away from a moment on; from now on when none is named."""
    await profile(stage, user, away_from=begin or stage.now, away_until=end)


async def profile(stage: Stage, user: str, **facts: Any) -> None:
    """What somebody has said about how they help."""
    async with stage.db.transaction() as session:
        session.add(
            Technician(
                user_id=user,
                skills=[],
                learning=[],
                languages=[],
                stadsdelen=[],
                quiet_days=[],
                created_at=stage.now,
                changed_at=stage.now,
                **facts,
            )
        )
