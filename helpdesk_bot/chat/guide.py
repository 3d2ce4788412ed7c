"""`!hulp` alone: what this person can do in this room, and nothing they can't."""

from collections.abc import Sequence

from helpdesk_bot.chat.command import Call
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.texts.render import Rendered


def explain(call: Call) -> Rendered:
    """How this kind of room works, then every command that this person may use in it."""
    stadsdeel = call.act.layout.stadsdelen[0].name  # as an example
    lines = [
        call.words(
            f"help.{command.name}",
            command=_name(call, command.dutch, command.english),
            stadsdeel=stadsdeel,
        )
        for command in call.commands
        if command.allowed(call.who, call.room)
        and (not command.plans or call.who.trainer or call.who.coordinator)
    ]
    parts = [call.words(f"help.in_{call.room}", bot=call.act.setting.name), call.act.texts.bullets(lines)]
    if call.room is RoomKind.TEAM:
        parts.append(call.words("help.reactions"))
    return call.act.texts.join(parts)


def _name(call: Call, dutch: Sequence[str], english: Sequence[str]) -> str:
    return (dutch if call.language == "nl" else english)[0]
