"""The runs that hang on somebody: as they read of them, and as a colleague takes them over."""

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import asks, roles
from helpdesk_bot.actions.runs.card import bar, now_line
from helpdesk_bot.actions.runs.looking import to_look_at
from helpdesk_bot.actions.runs.showing import FILE
from helpdesk_bot.actions.runs.walk import TRAINER, Walk
from helpdesk_bot.domain.runs.states import ENDED
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import OutboxRow, RunEvent
from helpdesk_bot.storage.outbox import row_ref
from helpdesk_bot.texts.render import Quote, Rendered

WORDS = "words"  # in the timeline: somebody wrote to who took over from them


async def led_by(act: Act, user_id: str) -> list[Walk]:
    """Those that are going on in which they have a role."""
    return [await Walk.of(act, run) for run in await runs.of_person(act.session, user_id)]


def roles_of(walk: Walk, user_id: str) -> list[str]:
    """What somebody is in a run."""
    return [role for role, row in walk.roles.items() if row.user_id == user_id]


async def as_listed(walk: Walk, user_id: str, language: str) -> Rendered:
    """One line: whose run it is, and who goes on with it when they can't."""
    deputy = walk.roles[roles_of(walk, user_id)[0]].deputy
    return walk.act.words(
        language,
        "away.plan" if deputy else "away.plan_alone",
        number=walk.run.id,
        organisation=await walk.organisation(),
        name=await walk.name(deputy) if deputy else "",
    )


async def summary(walk: Walk, user_id: str, language: str) -> Rendered:
    """What somebody needs to know who goes on with it in the place of this person: from the tables, nothing made up."""
    act = walk.act
    head = act.words(
        language,
        "handover.plan_head",
        number=walk.run.id,
        title=walk.title(language),
        organisation=await walk.organisation(),
        roles=[act.words(language, f"run.role.{role}").body for role in roles_of(walk, user_id)],
    )
    waiting = [f"{walk.run.id}.{walk.steps[name].place}" for name in to_look_at(walk, TRAINER)]
    looks = [act.words(language, "cohort.to_look_at", steps=waiting)] if waiting else []
    return act.texts.join([head, bar(walk, language), await now_line(walk, language), *looks])


async def may_lead(walk: Walk, giver: str, to: str) -> bool:
    """Whether a colleague can go on with all that somebody is in a run, and it is going on."""
    theirs = roles_of(walk, giver)
    going_on = bool(theirs) and walk.run.state not in ENDED
    return going_on and all([await roles.belongs(walk, role, to) for role in theirs])


async def hand_over(walk: Walk, giver: str, to: str) -> None:
    """They are now what the giver was."""
    for role in roles_of(walk, giver):
        await roles.give(walk, role, to, giver)


async def pass_on_words(walk: Walk, giver: str, to: str, text: str, event_id: str) -> None:
    """The giver's own words, for the receiver alone. Where they stand is kept, so that a correction or deletion can follow."""
    language = await walk.act.language_of(to)
    words = await _words(walk, giver, text, language)
    _, row = await asks.tell(walk, to, TRAINER, words)
    walk.record(giver, WORDS, event=event_id, row=row, to=to)


async def correct_words(act: Act, giver: str, event_id: str, text: str) -> bool:
    """Whether this was a message with which somebody handed over a run; then the words follow."""
    found = await _passed_on(act, giver, event_id, WORDS)
    if not found:
        return False
    first = found[0]
    walk = await Walk.numbered(act, first.run_id)
    words = await _words(walk, giver, text, await act.language_of(first.detail["to"]))
    row = await act.session.get_one(OutboxRow, first.detail["row"])
    edit = await act.post(row.room_id, words, edits=row_ref(row.id), notify=True)
    walk.record(giver, WORDS, **{**first.detail, "row": edit})
    return True


async def take_back_words(act: Act, giver: str, event_id: str) -> bool:
    """The same of a deletion, also of a file that was passed on. Corrections are messages of their own: they would still show
    what was said."""
    found = await _passed_on(act, giver, event_id, WORDS, FILE)
    for event in found:
        row = await act.session.get_one(OutboxRow, event.detail["row"])
        await act.redact(row.room_id, row_ref(row.id), None)
    return bool(found)


async def _passed_on(act: Act, giver: str, event_id: str, *kinds: str) -> list[RunEvent]:
    query = select(RunEvent).where(
        RunEvent.actor == giver, RunEvent.what.in_(kinds), RunEvent.detail["event"].as_string() == event_id
    )
    return list((await act.session.scalars(query.order_by(RunEvent.id))).all())


async def _words(walk: Walk, giver: str, text: str, language: str) -> Rendered:
    name = await walk.act.name(giver)
    return walk.act.words(language, "handover.plan_words", name=name, number=walk.run.id, text=Quote(text))
