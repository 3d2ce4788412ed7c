"""A file that was told about a step goes to whoever has to look at it: to them alone, where they are spoken to anyway."""

from typing import Any

from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Room
from helpdesk_bot.storage.outbox import Outgoing

FILE = "file"  # in the timeline: a file was passed on


async def show(walk: Walk, name: str, event_id: str, room_id: str, file: dict[str, Any]) -> None:
    """At once, because what was sent is not kept. A team room is read by more people than this is for: whoever takes the look
    there asks for it. What was encrypted is not said in the open. Where it stands is kept, so that a deletion can follow."""
    act, row = walk.act, walk.steps[name]
    role, sender = row.looks, row.who
    who = walk.who(role) if role is not None and role != TECHNICIAN else None
    if role is None or who is None or sender is None or who == sender:
        return
    place, thread = await asks.place_of(walk, who, role)
    if place == room_id:
        return  # they have seen it there
    language = await act.language_of(who)
    closed = "file" in file or await _is_encrypted(walk, room_id)
    goes = not closed or await _is_encrypted(walk, place)
    text = act.words(
        language,
        "run.look.file" if goes else "run.look.file_not_here",
        name=await walk.name(sender),
        place=f"{walk.run.id}.{row.place}",
        title=walk.step_title(name, language),
        organisation=await walk.organisation(),
    )
    about = walk.about(name)
    await act.post(place, text, thread=thread, notify=True, run=about)
    if goes:
        sent = await outbox.enqueue(act.session, Outgoing(place, file, thread=thread, run=about), act.now)
        walk.record(sender, FILE, name, event=event_id, row=sent, to=who)


async def _is_encrypted(walk: Walk, room_id: str) -> bool:
    """A chat that has still to be made will be, as every chat that the helpdesk makes."""
    room = await walk.act.session.get(Room, room_id)
    return bool(room.encrypted) if room is not None else room_id.startswith("direct:")
