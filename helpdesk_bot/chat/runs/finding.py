"""Which run, and which step of it, a command is about. Whether there is one and whether somebody may know are one answer."""

import re

from helpdesk_bot.actions.runs.walk import INITIATIVE, TECHNICIAN, Walk
from helpdesk_bot.chat.command import Call
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import Member, Run, Ticket

_WORD = r"\A\s*(?:(?:stappenplan|plan|stap|step)\b\s*)?#?"
_RUN = re.compile(rf"{_WORD}(\d{{1,9}})(?![\w.]\w)[:,.]?\s*", re.IGNORECASE)
_STEP = re.compile(rf"{_WORD}(?:(\d{{1,9}})\.)?(\d{{1,2}})(?![\w.]\w)(?!\w)[:,.]?\s*", re.IGNORECASE)
_MORE = re.compile(r"(?<![\w.])(?:(\d{1,9})\.)?(\d{1,2})(?![\w.]\w)(?!\w)")
LONGEST = 500  # characters of a reason


def leads(call: Call) -> bool:
    """Trainers and coordinators steer every run."""
    return call.who.trainer or call.who.coordinator


async def runs_here(call: Call) -> list[Run]:
    """Those that are spoken about in this thread, or in this room."""
    session, incoming = call.act.session, call.incoming
    if incoming.thread is not None:
        run = await runs.of_card(session, incoming.room_id, incoming.thread)
        if run is not None:
            return [run]
    going_on = list(await runs.in_room(session, incoming.room_id))
    if not going_on and call.room is RoomKind.DIRECT:  # people have several chats with us
        going_on = list(await runs.in_chats_of(session, call.who.user_id, INITIATIVE))
    latest = await runs.latest_in_room(session, incoming.room_id)
    return going_on or ([latest] if latest is not None else [])


async def run_meant(call: Call) -> Walk:
    """By the number in front, which is taken off, or by the place. Raises UserError when there is none for them."""
    found = _RUN.match(call.rest)
    if found is None:
        return await _of_this_place(call, "trainer.which_plan")
    call.rest = call.rest[found.end() :]
    return await numbered(call, int(found[1]))


async def step_meant(call: Call) -> tuple[Walk, str]:
    """'3.4', or '4' where the run is spoken about."""
    found = _STEP.match(call.rest)
    if found is None:
        raise UserError("trainer.which_step")
    call.rest = call.rest[found.end() :]
    if found[1] is None:
        walk = await _of_this_place(call, "trainer.which_step")
    else:
        walk = await numbered(call, int(found[1]))
    return walk, _at(walk, int(found[2]))


async def steps_meant(call: Call) -> list[tuple[Walk, str]]:
    """The same of one or more: '3.4 en 3.5', '3.4, 5'."""
    found = [await step_meant(call)]
    walks = {found[0][0].run.id: found[0][0]}
    for more in _MORE.finditer(call.rest):
        number = int(more[1]) if more[1] else found[-1][0].run.id
        if number not in walks:
            walks[number] = await numbered(call, number)
        step = walks[number], _at(walks[number], int(more[2]))
        if step not in found:
            found.append(step)
    return found


def _at(walk: Walk, place: int) -> str:
    name = walk.at(place)
    if name is None:
        raise UserError("trainer.no_such_step", number=walk.run.id, step=place)
    return name


async def numbered(call: Call, number: int) -> Walk:
    run = await call.act.session.get(Run, number)
    walk = await Walk.of(call.act, run) if run is not None else None
    if walk is None or call.room is RoomKind.HELP or not await _may_see(call, walk):
        raise UserError("trainer.no_such_plan", number=number)
    if call.room is RoomKind.OWN and walk.run.room_id != call.incoming.room_id:
        raise UserError("trainer.plan_elsewhere", number=number)
    return walk


async def _of_this_place(call: Call, which: str) -> Walk:
    here = await runs_here(call)
    if len(here) != 1 or call.room is RoomKind.HELP:
        raise UserError(which)
    walk = await Walk.of(call.act, here[0])
    if not await _may_see(call, walk):
        raise UserError(which)
    return walk


async def _may_see(call: Call, walk: Walk) -> bool:
    user = call.who.user_id
    if leads(call) or any(walk.holds(user, role) for role in walk.roles):
        return True
    member = await call.act.session.get(Member, (walk.run.room_id, user))
    if member is not None and member.membership == "join":
        return True
    for name in walk.steps:
        theirs = TECHNICIAN in (walk.planned(name).role, walk.steps[name].looks)
        if theirs and await has_question(walk, name, user):
            return True
    return False


async def has_question(walk: Walk, name: str, user: str) -> bool:
    """Whether somebody helps with the question that this step of the technicians is."""
    for number in await runs.tickets_of(walk.act.session, walk.run, name, does=True):
        if (await walk.act.session.get_one(Ticket, number)).assignee == user:
            return True
    return False


async def has_role(call: Call, walk: Walk, name: str, role: str) -> bool:
    """Whether a step is theirs to do or to look at, in this role."""
    if role == TECHNICIAN:
        return await has_question(walk, name, call.who.user_id)
    return walk.holds(call.who.user_id, role)


def only_deciding(call: Call, walk: Walk) -> None:
    """For trainers, coordinators, and who walks for the organisation."""
    if not leads(call) and not walk.holds(call.who.user_id, INITIATIVE):
        raise UserError("trainer.not_yours_to_decide", number=walk.run.id)


async def in_the_place_of(call: Call, walk: Walk) -> str | None:
    """Whether to go back is for whoever decides on the turning point, or their reserve. A coordinator may do it in their place:
    then this is who that is. Raises UserError for anybody else."""
    decides = walk.decides()
    if decides is None:
        only_deciding(call, walk)
    if decides is None or walk.holds(call.who.user_id, decides):
        return None
    theirs = walk.roles[decides].user_id
    if not call.who.coordinator:
        raise UserError("trainer.they_decide", number=walk.run.id, name=await walk.name(theirs))
    return theirs


def reason(call: Call) -> str:
    """What stands behind the numbers. Raises UserError when nothing does."""
    said = call.rest.strip(" ,.:;-")
    if not said:
        raise UserError("trainer.why")
    return said[:LONGEST]
