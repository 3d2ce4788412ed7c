"""The status card of a run: one message in the organisation's room that always shows how far they are, because it is edited."""

from datetime import date, datetime, timedelta
from hashlib import sha256

from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.rules import progress
from helpdesk_bot.domain.runs.states import OPEN, SETTLED, UNDECIDED, Run, Step
from helpdesk_bot.playbooks.format import Phase
from helpdesk_bot.storage.outbox import Urgency, row_ref
from helpdesk_bot.texts.render import Rendered

BAR = 10  # signs
FULL, HALF, EMPTY = "■", "▪", "□"
_SIGNS = {
    Step.TODO: "☐",
    Step.DOING: "▶",
    Step.WAITING: "⏳",
    Step.DONE: "☑",
    Step.VERIFIED: "✅",
    Step.SKIPPED: "⏭",
    Step.FAILED: "⚠",
    Step.ROLLED_BACK: "↩",
}


async def post_card(walk: Walk) -> None:
    text = await card_text(walk, walk.run.language)
    walk.run.card = await walk.act.post(walk.run.room_id, text, notify=True, run=walk.about())
    walk.run.card_said = _fingerprint(text)


async def refresh_card(walk: Walk) -> None:
    """Brings the card up to date, if it is not. Several changes at once become one edit."""
    await walk.act.session.flush()
    if walk.run.card is None:  # the room was upgraded
        await post_card(walk)
        return
    text = await card_text(walk, walk.run.language)
    if walk.run.card_said == _fingerprint(text):
        return
    walk.run.card_said = _fingerprint(text)
    await walk.act.post(
        walk.run.room_id,
        text,
        edits=row_ref(walk.run.card),
        notify=True,  # the same kind of message as before; clients don't buzz for edits
        priority=Urgency.CARD,
        coalesce=f"run:{walk.run.id}",
    )


async def follow(walk: Walk, room_id: str) -> None:
    """They speak with us in another chat of their own now: the card is there from now on."""
    if not walk.run.threaded and walk.run.room_id != room_id:
        walk.run.room_id = room_id
        await post_card(walk)


def thread_of(walk: Walk) -> str | None:
    """Where in its room a run is spoken about."""
    return row_ref(walk.run.card) if walk.run.threaded and walk.run.card is not None else None


def _fingerprint(text: Rendered) -> str:
    return sha256(text.html.encode()).hexdigest()


async def card_text(walk: Walk, language: str) -> Rendered:
    act = walk.act
    lines = [
        act.words(language, "run.card.head", number=walk.run.id, title=walk.title(language)),
        bar(walk, language),
        await now_line(walk, language),
    ]
    for number, phase in enumerate(walk.playbook.phases, 1):
        lines += _phase(walk, language, number, phase)
    if walk.run.state in (Run.RUNNING, Run.RETURNING):
        lines.append(act.words(language, "run.card.help"))
    return act.texts.join(lines)


def bar(walk: Walk, language: str) -> Rendered:
    """How far it is, in words first; the signs only repeat them."""
    found = progress(walk.plan, walk.states)
    # Rounded down: full means that all is verified.
    full = BAR * found.verified // max(1, found.total)
    half = BAR * (found.verified + found.done) // max(1, found.total) - full
    signs = FULL * full + HALF * half + EMPTY * (BAR - full - half)
    key = "run.card.progress_done" if found.done else "run.card.progress"
    return walk.act.words(
        language, key, signs=signs, verified=found.verified, n=found.done, total=found.total
    )


async def now_line(walk: Walk, language: str) -> Rendered:
    """What is going on at this moment, and whose turn it is."""
    act, run = walk.act, walk.run
    if run.state is Run.RUNNING:
        lines = [await _turn(walk, language, name) for name in open_steps(walk)]
        lines += [_rest(walk, language, name) for name in walk.steps if walk.states[name] is Step.WAITING]
        if not lines:
            lines = [act.words(language, "run.card.looking")]
        return lines[0] if len(lines) == 1 else act.texts.bullets(lines)
    if run.state in UNDECIDED:
        who = walk.who("initiative")
        return act.words(language, f"run.card.{run.state}", name=await walk.name(who) if who else "")
    key = f"run.card.{run.state}"
    return act.words(language, f"{key}_because" if run.reason else key, reason=run.reason or "")


def open_steps(walk: Walk) -> list[str]:
    """Those that somebody is busy with."""
    return [name for name, state in walk.states.items() if state in OPEN]


async def _turn(walk: Walk, language: str, name: str) -> Rendered:
    row = walk.steps[name]
    key = "run.card.turn"
    if await walk.undecided(name) is not None:
        key = "run.card.undecided"
    elif await walk.unsigned(name):
        key = "run.card.unsigned"
    elif row.due_at is not None:
        key = "run.card.turn_due"
    return walk.act.words(
        language,
        key,
        step=row.place,
        title=walk.step_title(name, language),
        names=await walk.whose_turn(name, language),
        due=day_of(walk, row.due_at) if row.due_at else "",
    )


def day_of(walk: Walk, moment: datetime) -> date:
    """On the helpdesk's clock: nobody is told the hour at which a step should be done."""
    return moment.astimezone(walk.act.texts.zone).date()


def _rest(walk: Walk, language: str, name: str) -> Rendered:
    waiting = walk.written(name).wait
    assert waiting is not None
    until = day_of(walk, walk.steps[name].since + timedelta(days=waiting.days))
    return walk.act.words(
        language,
        "run.card.rest",
        step=walk.steps[name].place,
        what=walk.own(waiting.for_, language),
        until=until,
    )


def _phase(walk: Walk, language: str, number: int, phase: Phase) -> list[Rendered]:
    """The phase that is going on step by step; the others in one line."""
    there = [step.id for step in phase.steps if step.id in walk.steps]
    if not there:
        return []
    states = [walk.states[name] for name in there]
    left = sum(state not in SETTLED for state in states)
    title = walk.own(phase.title, language)
    counts = {"part": number, "title": title, "n": len(there), "left": left}
    if all(state is Step.TODO for state in states):
        return [walk.act.words(language, "run.card.phase_to_come", **counts)]
    if not left:
        skipped = states.count(Step.SKIPPED)
        if skipped == len(there):
            return [walk.act.words(language, "run.card.phase_skipped", **counts)]
        return [walk.act.words(language, "run.card.phase_done", **counts | {"n": len(there) - skipped})]
    lines = [_step(walk, language, name) for name in there]
    return [walk.act.words(language, "run.card.phase", **counts), walk.act.texts.bullets(lines)]


def _step(walk: Walk, language: str, name: str) -> Rendered:
    row = walk.steps[name]
    return walk.act.words(
        language,
        "run.card.step",
        sign=_SIGNS[row.state],
        step=row.place,
        title=walk.step_title(name, language),
        state=walk.act.words(language, f"run.step.{row.state}"),
    )
