"""'gedaan' where nothing waits for it: no question for a helper, but they hear how it stands, and how to ask one."""

from collections.abc import Sequence

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.card import day_of, now_line
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.runs.states import ENDED, OPEN, Run, Step
from helpdesk_bot.storage import runs
from helpdesk_bot.texts.render import Rendered


async def told(walk: Walk, name: str | None, incoming: Incoming) -> None:
    """How the step is that they point at, if they do; how far the run is; and what they may answer to what they were asked last
    about it."""
    act, language = walk.act, await walk.act.language_of(incoming.sender)
    lines = [await _of_step(walk, name, language)] if name is not None else []
    lines.append(await _of_run(walk, language))
    asked = [one.what for one in await asks.open_anywhere(act, incoming.sender) if one.run_id == walk.run.id]
    if asked and walk.run.state is not Run.PAUSED:
        word = act.texts.word(language, "run.sign.word")
        lines.append(act.words(language, f"run.already.how_{asked[0]}", word=word))
    await _say(act, incoming, [*lines, act.words(language, "run.already.else")])


async def nothing_waits(act: Act, incoming: Incoming, kind: RoomKind) -> bool:
    """Whether it was no more than 'gedaan', about nothing that they were asked, of somebody who walks through something."""
    if incoming.file is not None or not reading.says_done(act, incoming.text or ""):
        return False
    found = list(await runs.with_person(act.session, incoming.sender))
    if not found and kind is RoomKind.OWN:
        found = list(await runs.in_room(act.session, incoming.room_id))
    if not found:
        found = [run for run in [await runs.last_of(act.session, incoming.sender)] if run is not None]
    if len(found) == 1 and kind is not RoomKind.HELP:
        walk = await Walk.of(act, found[0])
        await told(walk, None, incoming)
    elif found:
        language = await act.language_of(incoming.sender)
        keys = ("run.already.which", "run.already.else")
        await _say(act, incoming, [act.words(language, key) for key in keys])
    return bool(found)


async def _say(act: Act, incoming: Incoming, lines: Sequence[Rendered]) -> None:
    await act.post(
        incoming.room_id, act.texts.join(lines), thread=incoming.thread, reply=incoming.event_id, notify=True
    )


async def _of_step(walk: Walk, name: str, language: str) -> Rendered:
    act, row = walk.act, walk.steps.get(name)
    if row is None:
        return act.words(language, "run.already.gone")
    if row.state in OPEN and walk.run.state is Run.RUNNING:
        named = await walk.named(walk.planned(name).role, language)
        return act.words(language, "run.not_your_turn", step=row.place, name=named)
    state = Step.TODO if row.state in (*OPEN, Step.WAITING) else row.state
    return act.words(language, f"run.already.step_{state}", step=row.place)


async def _of_run(walk: Walk, language: str) -> Rendered:
    act, run = walk.act, walk.run
    known = {"number": run.id, "title": walk.title(language)}
    if run.state in ENDED:
        ended = day_of(walk, run.ended_at or act.now)
        return act.words(language, f"run.already.{run.state}", day=ended, **known)
    if run.state is Run.PAUSED:
        return act.words(language, "run.already.paused", reason=run.reason or "", **known)
    return await now_line(walk, language)
