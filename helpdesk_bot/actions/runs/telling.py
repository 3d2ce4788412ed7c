"""The words in which somebody hears that it is their turn: what, why, how long, how to know it worked, and the way back."""

from collections.abc import Iterable
from datetime import timedelta

from helpdesk_bot.actions.runs.card import day_of
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks.format import Step as Written
from helpdesk_bot.playbooks.verify import ByPerson, Dns, Equal, Http, LinkClosed, MatrixMembers, Tls
from helpdesk_bot.playbooks.words import fill, in_language
from helpdesk_bot.texts.render import Link, Rendered


async def step_words(walk: Walk, name: str, language: str, user_id: str, *, yet: bool = True) -> Rendered:
    """All of a step, for whoever does it. Not `yet`: they can't say now that it is done."""
    act, written, row = walk.act, walk.written(name), walk.steps[name]
    head = act.words(
        language,
        "run.turn.head",
        name=await walk.spoken_to(user_id),
        step=row.place,
        total=len(walk.plan),
        title=walk.step_title(name, language),
        number=walk.run.id,
    )
    ends = [how_to_answer(walk, written, language)] if yet else []
    return act.texts.join([head, *await body(walk, name, language), *ends])


async def body(walk: Walk, name: str, language: str) -> list[Rendered]:
    """Why, how long, who helps along, how, how one knows, and the way back."""
    act, written, row = walk.act, walk.written(name), walk.steps[name]
    parts = [act.words(language, "run.turn.why", why=walk.own(written.why, language))]
    minutes = timedelta(minutes=written.minutes)
    if row.due_at is not None:
        parts.append(act.words(language, "run.turn.time_due", time=minutes, due=day_of(walk, row.due_at)))
    else:
        parts.append(act.words(language, "run.turn.time", time=minutes))
    if helpers := await helped_by(walk, written, language):
        parts.append(act.words(language, "run.turn.helped_by", helpers=helpers))
    parts.append(act.words(language, "run.turn.how"))
    parts.append(act.texts.bullets([walk.own(line, language) for line in written.how], numbered=True))
    if written.privacy:
        parts.append(act.words(language, "run.turn.privacy", privacy=walk.own(written.privacy, language)))
    parts.append(act.words(language, "run.turn.known_by", check=known_by(walk, written, language)))
    parts.append(way_back(walk, written, language))
    links = [act.words(language, "run.turn.read_more", link=Link(url)) for url in written.help.kb]
    return [*parts, *links]


async def helped_by(walk: Walk, written: Written, language: str) -> list[Rendered]:
    """Who helps along with a step: by name who has that role; of technicians, how one gets one of them."""
    who = {role: walk.who(role) for role in written.helps if walk.who(role) != walk.who(written.role)}
    return [
        walk.act.words(language, f"run.helps.{role}", name=await walk.name(user))
        if user
        else walk.act.words(language, f"run.helps.{role}_somebody")
        for role, user in who.items()
    ]


def way_back(walk: Walk, written: Written, language: str) -> Rendered:
    if written.irreversible:
        return walk.act.words(language, "run.turn.no_way_back")
    if written.rollback is None:
        return walk.act.words(language, "run.turn.nothing_to_undo")
    how = sentences(walk, written.rollback.how, language)
    if written.rollback.until is None:
        return walk.act.words(language, "run.turn.way_back", how=how)
    phase = _phase_title(walk, written.rollback.until, language)
    return walk.act.words(language, "run.turn.way_back_until", how=how, phase=phase)


def way_back_over(walk: Walk, written: Written, language: str) -> Rendered | None:
    """That the run has come further than the way back of this step goes; None when it has not."""
    if written.rollback is None or written.rollback.until is None:
        return None
    phases = [phase.id for phase in walk.playbook.phases]
    later = walk.playbook.phases[phases.index(written.rollback.until) + 1 :]
    begun = {name for name, row in walk.steps.items() if row.state not in (Step.TODO, Step.SKIPPED)}
    if not any(step.id in begun for phase in later for step in phase.steps):
        return None
    phase = _phase_title(walk, written.rollback.until, language)
    return walk.act.words(language, "run.back.over", phase=phase)


def success(walk: Walk, language: str) -> list[Rendered]:
    """Whether the numbers are what they should be at the end. Of what nobody was asked about, because the step was left out,
    nothing is said."""
    said, values = [], walk.values()
    for goal in walk.playbook.success:
        wanted = goal.equals if isinstance(goal.equals, int) else values.get(goal.equals)
        n = values.get(goal.metric)
        if n is None or wanted is None:
            continue
        key = "run.finished_reached" if n == wanted else "run.finished_not_reached"
        asked = question(walk, goal.metric, language)
        said.append(walk.act.words(language, key, asked=asked, number=str(n), wanted=str(wanted)))
    return said


def _phase_title(walk: Walk, name: str, language: str) -> Rendered:
    return walk.own(next(phase.title for phase in walk.playbook.phases if phase.id == name), language)


def sentences(walk: Walk, lines: Iterable[dict[str, str]], language: str) -> Rendered:
    """Several lines of a playbook as one paragraph."""
    return walk.filled(" ".join(in_language(line, language) for line in lines), language)


def known_by(walk: Walk, written: Written, language: str) -> Rendered:
    """How it is known that the step worked."""
    act, told = walk.act, walk.told(language)
    match written.verify:
        case ByPerson() as look:
            return walk.own(look.check, language)
        case LinkClosed():
            return act.words(language, "run.known.link_closed")
        case Http() as look:
            return act.words(language, "run.known.http", link=Link(fill(look.url, told)))
        case Tls() as look:
            return act.words(language, "run.known.tls", host=fill(look.host, told))
        case Dns() as look:
            return act.words(language, "run.known.dns", name=fill(look.name, told), kind=look.type)
        case MatrixMembers() as look:
            return act.words(language, "run.known.members", room=fill(look.room, told), n=look.min)
        case Equal() as look:
            key = "run.known.nearly_equal" if look.tolerance else "run.known.equal"
            sides = {
                "left": question(walk, look.left, language),
                "right": question(walk, look.right, language),
            }
            return act.words(language, key, most=look.tolerance, **sides)


def question(walk: Walk, key: str, language: str) -> Rendered:
    """What a number answers."""
    asked = {step.evidence.key: step.evidence.ask for step in walk.playbook.steps if step.evidence}
    labels = {one.key: one.label for one in walk.playbook.inputs}
    return walk.own((asked | labels)[key], language)


def how_to_answer(walk: Walk, written: Written, language: str) -> Rendered:
    """How one says that it is done, and asks for help."""
    act, told = walk.act, written.evidence
    if told is None:
        return act.words(language, "run.turn.done_how")
    ask = walk.own(told.ask, language)
    if told.type == "choice":
        choices = [in_language(choice.label, language) for choice in told.choices]
        return act.words(language, "run.turn.done_choice", ask=ask, choices=choices)
    return act.words(language, f"run.turn.done_{told.type}", ask=ask)
