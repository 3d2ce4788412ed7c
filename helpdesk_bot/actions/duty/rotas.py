"""The rotas as they stand at this moment."""

from collections.abc import Collection
from datetime import datetime, timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.config import Rota as Setting
from helpdesk_bot.config.panic import WEEKDAYS
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.rota import CITY, Absence, Duty, Override, Rota
from helpdesk_bot.storage import duty as agreed
from helpdesk_bot.storage.access import standing_of

# A turn that is going on may have begun so long ago; the configuration allows none that is longer.
LONGEST_TURN = timedelta(days=366)


async def all_duties(act: Act) -> list[Duty]:
    """Every rota, as in the configuration."""
    return [await _duty(act, setting) for setting in act.config.panic.rotas]


async def duties_for(act: Act, stadsdeel: str | None) -> list[Duty]:
    """The rotas by which somebody is called: the stadsdeel's, then the city's; fewer when there are not so many."""
    wanted = [stadsdeel, CITY]
    found = [setting for setting in act.config.panic.rotas if setting.id in wanted]
    return [await _duty(act, setting) for setting in sorted(found, key=lambda rota: wanted.index(rota.id))]


async def duty_of(act: Act, rota: str) -> Duty | None:
    """The rota with this id; None when it is not in the configuration (any more)."""
    setting = next((setting for setting in act.config.panic.rotas if setting.id == rota), None)
    return await _duty(act, setting) if setting is not None else None


async def may_serve(act: Act, rota: str, user_id: str) -> bool:
    """Whether somebody helps there at this moment. That they stand in a rota gives them nothing."""
    return _serves(act, rota, await standing_of(act.session, act.layout, user_id))


def _serves(act: Act, rota: str, who: Standing) -> bool:
    if rota == CITY:
        return who.technician or who.coordinator
    return who.helps_in(act.layout.team_room(rota))


def where(act: Act, rota: str, language: str | None = None) -> str:
    """The name of the stadsdeel, or 'de hele stad'."""
    return act.layout.name_of(rota) or act.words(language, "duty.whole_city").body


async def _duty(act: Act, setting: Setting) -> Duty:
    rows = await agreed.overrides(act.session, setting.id, act.now - LONGEST_TURN)
    overrides = [Override(row.user_id, row.begins_at, row.ends_at) for row in rows]
    people = {*setting.people, *(override.user_id for override in overrides)}
    members = frozenset([user for user in people if await may_serve(act, setting.id, user)])
    return Duty(_rota(act, setting), members, overrides, await _absences(act, people))


async def is_away(act: Act, user_id: str, begin: datetime, end: datetime) -> bool:
    """Whether somebody is away in a part of that time, as they have said."""
    return any(absence.overlaps(begin, end) for absence in await _absences(act, {user_id}))


async def _absences(act: Act, people: Collection[str]) -> list[Absence]:
    away = await agreed.away(act.session, people)
    return [Absence(t.user_id, t.away_from, t.away_until) for t in away if t.away_from is not None]


def _rota(act: Act, setting: Setting) -> Rota:
    return Rota(
        setting.id,
        tuple(setting.people),
        setting.days,
        WEEKDAYS.index(setting.handover_day),
        setting.handover_time,
        setting.first_day,
        act.texts.zone,
    )
