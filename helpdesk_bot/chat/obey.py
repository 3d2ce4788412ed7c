"""Runs a command, for whoever may give it, and answers where it was given."""

import dataclasses

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import questions
from helpdesk_bot.chat.command import Call, Command, For, find, suggestion
from helpdesk_bot.chat.command_list import COMMANDS
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.language import guess
from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access
from helpdesk_bot.storage.models import Ticket

SAYS_SOMETHING = 3  # words; fewer are '!mijn vragen' or '!status graag'


async def obey(
    act: Act, incoming: Incoming, kind: RoomKind, about: Ticket | None, name: str, rest: str
) -> None:
    """Obeys `!name rest`. Raises UserError when there is no such command, or it is not for them, or not here."""
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    person = await act.person(incoming.sender)
    command = find(COMMANDS, name)
    language = person.language or guess(rest, act.texts.languages) or _spoken_in(act, command, name)
    if command is None:
        meant = suggestion(COMMANDS, name, who, kind, language)
        if meant is None:
            raise UserError("error.unknown_command", name=name)
        raise UserError("error.unknown_command_meant", name=name, meant=meant)
    if command.outside and kind in STAFF_KINDS:
        raise UserError("ask.not_here")
    if not command.allowed(who, kind):
        raise UserError(_why_not(command, who), name=name)
    call = Call(act, incoming, who, kind, language, rest, COMMANDS, command, about)
    text = await command.run(call)
    if text is not None:
        await act.post(incoming.room_id, text, thread=incoming.thread, reply=incoming.event_id)
    if not command.takes_words and len(call.rest.split()) >= SAYS_SOMETHING:
        await _bring_the_rest(call)


def _why_not(command: Command, who: Standing) -> str:
    """Not here, or not for them wherever they are."""
    if command.allowed(who, RoomKind.DIRECT):
        return "error.only_inside"
    if command.who is For.TRAINER:
        return "error.for_trainers"
    return "error.for_coordinators" if who.staff and command.who is For.COORDINATOR else "error.not_for_you"


async def _bring_the_rest(call: Call) -> None:
    """'!status Ik wacht al drie dagen' says more than it asks. What a helper says so stays inside."""
    incoming = dataclasses.replace(call.incoming, text=call.rest)
    if call.room in STAFF_KINDS or call.command.who is not For.ANYONE:
        await call.act.mark(incoming.room_id, incoming.event_id, "relay.mark_inside")
    elif call.meant is not None and call.meant.requester == call.who.user_id and call.meant.status in OPEN:
        await questions.more(call.act, incoming, call.room, call.meant)
    else:
        await questions.ask(call)


def _spoken_in(act: Act, command: Command | None, name: str) -> str:
    """Whoever writes `!help` and not `!hulp` reads English, as far as we know."""
    if command is not None and name in command.english and name not in command.dutch:
        return "en" if "en" in act.texts.languages else act.texts.default
    return act.texts.default
