"""Where an event goes. One table for what kind of event it is, one decision for what kind of room it is in."""

import dataclasses
from collections.abc import Awaitable, Callable

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.routing import ROUTE, route_now
from helpdesk_bot.chat import asking, changes, helping, housekeeping, reactions, verification
from helpdesk_bot.chat.incoming import Incoming, message, reaction
from helpdesk_bot.chat.peers import hearing
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.protocol.words import EVENT_TYPE
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import InboxEvent
from helpdesk_bot.texts.render import Person

Handler = Callable[[Act, InboxEvent], Awaitable[None]]


async def handle(act: Act, event: InboxEvent) -> None:
    """Does everything that one event asks for. Types that are not listed mean nothing to us."""
    handler = HANDLERS.get(event.type)
    # What has no event in the room, such as a gap, is told by ourselves.
    if handler is not None and (event.sender != act.setting.bot or event.type.startswith("helpdesk.")):
        await handler(act, event)


async def _message(act: Act, event: InboxEvent) -> None:
    if verification.asked(event):
        await verification.decline(act, event)
        return
    incoming = message(event)
    if incoming is None:
        return
    room = await access.room_kind(act.session, act.layout, event.room_id)
    if room is RoomKind.PEER:
        return
    if incoming.replaces is not None:
        await changes.edited(act, incoming, room)
        return
    await ROOMS[room](act, incoming, room)


async def explain(act: Act, event: InboxEvent, error: UserError) -> None:
    """Answers what could not be done, to the person who tried, in their language, where they tried."""
    language = await act.language_of(event.sender)
    params = dict(error.params)
    status_key = params.pop("status_key", None)
    if status_key is not None:
        params["status"] = act.words(language, status_key)
    text = act.words(language, error.key, **params)
    inside = event.room_id in act.layout.staff_rooms
    incoming = message(event)
    if incoming is not None:
        if inside:
            text = dataclasses.replace(text, mentions=text.mentions | {event.sender})
        await act.post(event.room_id, text, thread=incoming.thread, reply=event.event_id)
        return
    # To a reaction nobody can reply, so whom it is for is said in words.
    if await access.room_kind(act.session, act.layout, event.room_id) is not RoomKind.DIRECT:
        who = Person(event.sender, await act.name(event.sender, event.room_id), ping=True)
        text = act.words(language, "error.to_somebody", name=who, text=text)
    reacted = reaction(event)
    await act.post(event.room_id, text, thread=reacted[0] if reacted and inside else None)


async def _nothing(act: Act, incoming: Incoming, room: RoomKind) -> None:
    """The space is no place to talk."""


HANDLERS: dict[str, Handler] = {
    "m.room.message": _message,
    "m.sticker": _message,
    "m.reaction": reactions.reacted,
    "m.room.redaction": changes.deleted,
    "m.room.member": housekeeping.member_changed,
    "m.room.join_rules": housekeeping.rules_changed,
    "m.room.tombstone": housekeeping.upgraded,
    "helpdesk.arrived": housekeeping.arrived,
    EVENT_TYPE: hearing.heard,
    ROUTE: route_now,
    "helpdesk.invite": housekeeping.invited,
    "helpdesk.removed": housekeeping.removed,
    "helpdesk.gap": housekeeping.gap,
}

ROOMS: dict[RoomKind, Callable[[Act, Incoming, RoomKind], Awaitable[None]]] = {
    RoomKind.TEAM: helping.heard,
    RoomKind.COORDINATION: helping.heard,
    RoomKind.TRAINERS: helping.heard,
    RoomKind.HELP: asking.heard,
    RoomKind.OWN: asking.heard,
    RoomKind.DIRECT: asking.heard,
    RoomKind.SPACE: _nothing,
}
