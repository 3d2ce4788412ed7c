"""Who takes over from whom."""

from datetime import datetime

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.duty.rotas import is_away, may_serve, where
from helpdesk_bot.domain.rota import Duty
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import DutyOverride

MOST_AHEAD_DAYS = 366


async def put_in(act: Act, duty: Duty, user: str, begin: datetime, end: datetime, by: str) -> None:
    """A coordinator decides who is on duty for a while. Whoever gets it or is relieved hears so."""
    if not await may_serve(act, duty.rota.id, user):
        raise UserError("duty.does_not_help", name=await act.name(user), where=where(act, duty.rota.id))
    if end <= begin or (end - begin).days > MOST_AHEAD_DAYS:
        raise UserError("duty.which_period")
    if await is_away(act, user, begin, end):
        raise UserError("duty.is_away", name=await act.name(user))
    relieved = {shift.user_id for shift in duty.shifts(begin, end)} - {None, user}
    await agree(act, duty.rota.id, user, begin, end, by)
    for other, key in (
        (user, "duty.put_in"),
        *((r, "duty.relieved") for r in sorted(filter(None, relieved))),
    ):
        language = await act.language_of(other)
        words = act.words(
            language,
            key,
            where=where(act, duty.rota.id, language),
            begin=begin,
            end=end,
            name=await act.name(user),
            by=await act.name(by),
        )
        await act.post(await chat_with(act, await act.person(other)), words, notify=True)


async def agree(act: Act, rota: str, user: str, begin: datetime, end: datetime, by: str) -> None:
    """From now on that is how it is; whatever was agreed about that time before counts no more."""
    act.session.add(
        DutyOverride(rota=rota, user_id=user, begins_at=begin, ends_at=end, made_by=by, made_at=act.now)
    )
    await act.session.flush()
