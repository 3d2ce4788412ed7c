"""Steps of technicians are questions in their queue: offered, taken and handed over like any other."""

from helpdesk_bot.actions import asking, relay
from helpdesk_bot.actions.card import refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import route
from helpdesk_bot.actions.runs import skill
from helpdesk_bot.actions.runs.card import thread_of
from helpdesk_bot.actions.runs.telling import known_by
from helpdesk_bot.actions.runs.walk import INITIATIVE, Walk
from helpdesk_bot.actions.status import move
from helpdesk_bot.domain.runs.plan import Planned
from helpdesk_bot.domain.tickets import FINISHED, OPEN, Move, Status, subject_of
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.storage.models import Organisation, RunTicket, Ticket
from helpdesk_bot.texts.render import Rendered


async def bring(walk: Walk, step: Planned, *, looks: bool = False) -> None:
    """Puts a step into the queue, as one to do or one to look at; once."""
    act, row = walk.act, walk.steps[step.id]
    latest = await _latest(walk, step.id)
    if latest is not None and latest.status in OPEN:
        return
    language = act.texts.default  # a team reads it together
    words = act.words(
        language,
        "run.queue.look" if looks else "run.queue.do",
        number=walk.run.id,
        step=row.place,
        title=walk.step_title(step.id, language),
        organisation=await walk.organisation(),
    )
    said = _all_words(walk, step.id, words.body, looks=looks)
    ticket = await opened(walk, said, walk.run.started_by, skill.topic(walk, step.id))
    ticket.subject = subject_of(words.body)
    act.session.add(RunTicket(ticket_id=ticket.id, run_id=walk.run.id, step=step.id, does=True))
    await act.session.flush()
    await route(act, ticket)


async def opened(walk: Walk, words: str, opened_by: str, topic: str | None = None) -> Ticket:
    """A question about the run, in the name of whoever walks through it."""
    act = walk.act
    requester = await act.person(walk.who(INITIATIVE) or walk.run.started_by)
    organisation = (
        await act.session.get(Organisation, walk.run.organisation_id) if walk.run.organisation_id else None
    )
    return await asking.open_ticket(
        act,
        requester=requester,
        room_id=walk.run.room_id,
        words=words,
        language=requester.language or act.texts.default,
        stadsdeel=requester.stadsdeel or (organisation.stadsdeel if organisation else None),
        organisation_id=walk.run.organisation_id,
        root_event=None,
        thread=thread_of(walk),
        opened_by=opened_by,
        topic=topic,
    )


async def bring_back(walk: Walk, step: Planned, who: str | None, why: Rendered | str) -> None:
    """It was done and is not as it should be, as `who` saw, or the helpdesk itself: the same question is open again, and whoever
    did it reads why."""
    act, ticket = walk.act, await _latest(walk, step.id)
    if ticket is None or ticket.status not in FINISHED:
        await bring(walk, step)  # it went on as part of another question
        return
    await asking.open_again(act, ticket, who)
    key = "run.queue.not_right" if ticket.assignee is not None else "run.queue.not_right_nobody"
    await _tell(walk, ticket, step.id, key, who, why=why)
    if ticket.assignee is None:
        await asking.bring_again(act, ticket)
    await refresh_card(act, ticket)


async def tell_right(walk: Walk, name: str, who: str | None) -> None:
    """Whoever did it hears that it is as it should be."""
    ticket = await _latest(walk, name)
    if ticket is not None and ticket.assignee is not None:
        await _tell(walk, ticket, name, "run.queue.right", who)


async def _tell(
    walk: Walk, ticket: Ticket, name: str, key: str, who: str | None, **params: Rendered | str
) -> None:
    """What `who` saw, or the helpdesk itself, in the thread of the question."""
    act = walk.act
    await act.tell_team(
        ticket,
        key,
        notify=True,
        helper=await relay.helper_of(act, ticket),
        who=await act.name(who, ticket.team_room) if who else act.setting.name,
        place=f"{walk.run.id}.{walk.steps[name].place}",
        **params,
    )


async def _latest(walk: Walk, name: str) -> Ticket | None:
    """The question that this step is, or was last."""
    numbers = await runs.tickets_of(walk.act.session, walk.run, name, does=True)
    return await walk.act.session.get_one(Ticket, numbers[0]) if numbers else None


def _all_words(walk: Walk, name: str, head: str, *, looks: bool) -> str:
    """What a technician has to know of it, as the words of a question."""
    written, act, language = walk.written(name), walk.act, walk.act.texts.default
    lines = [head]
    if not looks:
        lines += [f"{n}. {walk.own(line, language).body}" for n, line in enumerate(written.how, 1)]
    if written.privacy:
        lines.append(
            act.words(language, "run.turn.privacy", privacy=walk.own(written.privacy, language)).body
        )
    if tool := skill.tool(walk, name):
        lines.append(act.words(language, "run.queue.tool", tool=tool).body)
    lines.append(act.words(language, "run.queue.known_by", check=known_by(walk, written, language)).body)
    if looks and written.evidence and written.evidence.type == "file":
        lines.append(act.words(language, "run.queue.file").body)
    if written.evidence and not looks:
        ask, place = walk.own(written.evidence.ask, language), f"{walk.run.id}.{walk.steps[name].place}"
        lines.append(act.words(language, "run.queue.tell", ask=ask, place=place).body)
    return "\n".join(lines)


async def settle(walk: Walk, *names: str) -> None:
    """The questions that were these steps are over; nobody is asked whether they are solved, for that is looked at."""
    for ticket in await runs.open_tickets_of(walk.act.session, walk.run, names):
        await close(walk.act, ticket)


async def close(act: Act, ticket: Ticket) -> None:
    """Ends a question without asking whoever walks through the step."""
    if ticket.status != Status.SOLVED:
        await move(act, ticket, Move.SOLVE, ticket.assignee)
        ticket.solved_at = act.now
    await move(act, ticket, Move.EXPIRE, None)
    ticket.closed_at = act.now
    await timers.cancel(act.session, ticket.id)
    await refresh_card(act, ticket)
