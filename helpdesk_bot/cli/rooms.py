"""The rooms of a configuration: what they should be called and hold, made or found, linked and filled with people."""

from collections.abc import Iterable

from helpdesk_bot.cli.draft import Draft, RoomSlot
from helpdesk_bot.cli.output import Result
from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.matrix.provision import Provisioner, SettledRoom, WantedRoom
from helpdesk_bot.matrix.room_check import Trouble
from helpdesk_bot.texts.render import Texts


async def provide(
    draft: Draft, provisioner: Provisioner, texts: Texts, server: str, people: Iterable[str] = ()
) -> list[Result]:
    """Settles every room of `draft` and writes its id there. Returns what does not fit."""
    results: list[Result] = []
    settled: list[SettledRoom] = []
    space: str | None = None
    for slot in draft.slots():
        wanted = wanted_room(slot, draft, texts, server)
        room = await provisioner.settle(wanted, space)
        results += _results(wanted.alias, room.troubles)
        if room.room_id is None:
            slot.choose(wanted.known or wanted.alias)
            continue
        slot.choose(room.room_id, wanted.alias)
        settled.append(room)
        if slot.kind is RoomKind.SPACE:
            space = room.room_id
    rooms = [room.room_id for room in settled if room.room_id and room.room_id != space]
    if space:
        results += _results("the space", await provisioner.link(space, rooms))
    # Staff rooms first: nobody can walk into those.
    for room in sorted(settled, key=lambda room: room.wanted.kind not in STAFF_KINDS):
        assert room.room_id is not None
        found = await provisioner.invite(room.room_id, room.wanted.kind, people)
        results += _results(room.wanted.alias, found)
    return results


def wanted_room(slot: RoomSlot, draft: Draft, texts: Texts, server: str) -> WantedRoom:
    """Called and explained in the first language of the helpdesk."""
    name = str(draft.get("helpdesk", "name"))
    words = {"bot": name}
    part = draft.names().get(slot.key)
    group = "room." + (slot.kind if part else slot.key)
    if part:
        words["stadsdeel"] = part
    title = name if slot.kind is RoomKind.SPACE else texts.word(None, f"{group}.name", **words)
    return WantedRoom(
        kind=slot.kind,
        key=slot.key,
        alias=slot.alias(server),
        name=title,
        topic=texts.word(None, f"{group}.topic", **words),
        known=slot.reference,
    )


def _results(subject: str, troubles: Iterable[Trouble]) -> list[Result]:
    return [Result(trouble.level, subject, trouble.what, trouble.remedy) for trouble in troubles]
