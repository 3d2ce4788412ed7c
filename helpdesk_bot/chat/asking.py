"""Somebody writes where questions are asked: a direct chat, a help room, or a room of their own organisation."""

from helpdesk_bot.actions.asking import may_reopen
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.helping import answer_openly
from helpdesk_bot.actions.talking import heard_from, spoken_about
from helpdesk_bot.chat import (
    addressing,
    called,
    dialogs,
    emergencies,
    goodbyes,
    greetings,
    offering,
    personal,
    saying_away,
)
from helpdesk_bot.chat.command import find, split, suggestion
from helpdesk_bot.chat.command_list import COMMANDS
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.obey import obey
from helpdesk_bot.chat.questions import going_on, how_to_ask, known, more, new_question, ticket_here
from helpdesk_bot.chat.runs import already, hearing
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import Person, Room, Ticket


async def heard(act: Act, incoming: Incoming, kind: RoomKind) -> None:
    """Decides whether a message is for the helpdesk, and what it belongs to."""
    incoming, addressed = await addressing.read(act, incoming, kind)
    if incoming.thread is None:
        await heard_from(act, incoming.room_id, incoming.sender)
    about = await ticket_here(act, incoming)
    command = split(incoming.text or "")
    room = await act.session.get(Room, incoming.room_id)
    if kind is RoomKind.DIRECT and room is not None and room.name is None:
        (await act.person(incoming.sender)).direct_room = incoming.room_id
    if kind is RoomKind.HELP and await offering.answered(act, incoming, kind, command, addressed=addressed):
        return
    if command is not None and await _is_ours(act, incoming, kind, command[0], addressed=addressed):
        await obey(act, incoming, kind, about, *command)
    elif not await hearing.answered(act, incoming, kind, addressed=addressed):
        await _said(act, incoming, kind, about, addressed=addressed)


async def _said(
    act: Act, incoming: Incoming, kind: RoomKind, about: Ticket | None, *, addressed: bool
) -> None:
    """Their own words, to us or to others."""
    if kind is RoomKind.DIRECT or await _has_a_direct_chat_here(act, incoming):
        mine = about if about is not None and about.requester == incoming.sender else None
        await _to_us(act, incoming, RoomKind.DIRECT, mine)
    elif about is not None and about.requester != incoming.sender:
        await _about_another(act, incoming, kind, about, addressed=addressed)
    elif about is not None or addressed:
        await _to_us(act, incoming, kind, about)
    elif await _goes_on_talking(act, incoming):
        await _to_us(act, incoming, kind, await spoken_about(act, incoming.room_id))
    elif kind is RoomKind.HELP:
        await offering.offer(act, incoming)


async def _to_us(act: Act, incoming: Incoming, kind: RoomKind, about: Ticket | None) -> None:
    """A message to the helpdesk: an answer to what it asked, more about a question, or a new question."""
    await known(act, incoming)
    if incoming.text is None and incoming.file is None:
        raise how_to_ask(kind)
    alone = about is None and kind is RoomKind.DIRECT
    if alone and (await called.answered(act, incoming) or await personal.answered(act, incoming)):
        return
    if await emergencies.called_off(act, incoming, about):
        return
    if about is None and await dialogs.begins_another(act, incoming):
        await new_question(act, incoming, kind)
        return
    ticket, nothing_else = await dialogs.answered(act, incoming, about)
    if ticket is None:
        ticket, nothing_else = await goodbyes.answered(act, incoming, about)
    if nothing_else:
        return
    ticket = ticket or about or await going_on(act, incoming, kind)
    if ticket is not None:
        await more(act, incoming, kind, ticket)
    elif alone:
        await _to_us_alone(act, incoming)
    elif not await _asks_nothing(act, incoming, kind):
        await new_question(act, incoming, kind)


async def _to_us_alone(act: Act, incoming: Incoming) -> None:
    """Between the two of us, and about no question yet: a word or two that answers nothing, or a new question."""
    if await saying_away.offered(act, incoming):
        return
    if await personal.explained(act, incoming) or await goodbyes.between_us(act, incoming):
        return
    if await _asks_nothing(act, incoming, RoomKind.DIRECT):
        return
    interrupted = await personal.waiting(act, incoming)
    await new_question(act, incoming, RoomKind.DIRECT)
    if interrupted is not None:
        await personal.put_off(act, interrupted, incoming)


async def _asks_nothing(act: Act, incoming: Incoming, kind: RoomKind) -> bool:
    """Whether it was only a greeting, or a 'gedaan' for which nothing waits; they have an answer then."""
    return await greetings.answered(act, incoming, kind) or await already.nothing_waits(act, incoming, kind)


async def _about_another(
    act: Act, incoming: Incoming, kind: RoomKind, about: Ticket, *, addressed: bool
) -> None:
    """Somebody writes at the question of somebody else: a helper or a stranger in a help room, or a colleague."""
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    if kind is RoomKind.HELP and who.helps_in(about.team_room):
        if about.status in OPEN:
            await answer_openly(
                act,
                about,
                who,
                event_id=incoming.event_id,
                room_id=incoming.room_id,
                text=incoming.text,
                file=incoming.file,
            )
    elif addressed and (kind is RoomKind.HELP or incoming.text is None):
        await _to_us(act, incoming, kind, None)
    elif about.status in OPEN:
        await more(act, incoming, kind, about, bystander=kind is RoomKind.HELP)
    elif kind is RoomKind.OWN and may_reopen(act, about):
        await more(act, incoming, kind, about, bystander=True)  # only the requester opens it again
    elif addressed:
        await _to_us(act, incoming, kind, None)


async def _is_ours(act: Act, incoming: Incoming, kind: RoomKind, name: str, *, addressed: bool) -> bool:
    """'! dringend' in somebody's own words is no command; and in a room of their own other bots have commands too."""
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    command = find(COMMANDS, name)
    if command is None:
        language = await act.language_of(incoming.sender)
        return suggestion(COMMANDS, name, who, kind, language) is not None
    return kind is not RoomKind.OWN or addressed or who.staff or command.allowed(who, kind)


async def _has_a_direct_chat_here(act: Act, incoming: Incoming) -> bool:
    """Somebody else joined a direct chat: for whom it was one, it stays the place where they just write.

    A room with a name is a group, even while it was made and only the bot had been invited yet.
    """
    room = await act.session.get(Room, incoming.room_id)
    person = await act.session.get(Person, incoming.sender)
    return (
        room is not None
        and room.name is None
        and person is not None
        and person.direct_room == incoming.room_id
    )


async def _goes_on_talking(act: Act, incoming: Incoming) -> bool:
    """A plain message of the requester, right after the bot, to nobody else in particular."""
    if incoming.thread is not None or incoming.reply_to is not None or incoming.mentions:
        return False
    ticket = await spoken_about(act, incoming.room_id)
    return ticket is not None and ticket.requester == incoming.sender
