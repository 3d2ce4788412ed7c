"""Whether a message in a shared room is for the bot, and what is left of it without the bot's name in front."""

import dataclasses
import re

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import Member

# Where everybody comes to ask, these words in front are meant for the helpdesk.
_ASKING = r"(?:vraag|hulp|help|question)\s*(?::\s*|!\s*(?=\S))"


async def read(act: Act, incoming: Incoming, kind: RoomKind) -> tuple[Incoming, bool]:
    """The message without an address in front, and whether it is addressed to the bot."""
    member = await act.session.get(Member, (incoming.room_id, act.setting.bot))
    names = {act.setting.name, member.name if member and member.name else act.setting.name}
    text = incoming.text or ""
    mentioned = act.setting.bot in incoming.mentions
    asking = kind in (RoomKind.HELP, RoomKind.DIRECT)
    bare = mentioned or kind is RoomKind.HELP
    front = _front(act.setting.bot, names, bare=bare, asking=asking).match(text)
    addressed = (
        mentioned
        or front is not None
        or _called(act.setting.bot, names).search(text) is not None
        or await _answers_us(act, incoming)
    )
    if front is None:
        return incoming, addressed
    return dataclasses.replace(incoming, text=text[front.end() :].strip() or None), addressed


def _front(bot: str, names: set[str], *, bare: bool, asking: bool) -> re.Pattern[str]:
    """'@Helpdesk …' and 'Helpdesk: …'; with `bare` also 'Helpdesk …', with `asking` also 'Vraag: …'.

    Elsewhere a bare name in front is what people say about the helpdesk to each other.
    """
    name = rf"(?:{_any(names)})" + (r"(?!\w)" if bare else r"(?=\s*[:,])")
    called = rf"{re.escape(bot)}|@(?:{_any(names | {_local(bot)})})(?!\w)|{name}"
    words = rf"|{_ASKING}" if asking else ""
    return re.compile(rf"\A\s*(?:(?:{called})\s*[:,]?\s*{words})", re.IGNORECASE)


def _called(bot: str, names: set[str]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{re.escape(bot)}|@(?:{_any(names | {_local(bot)})})(?![\w:]))", re.IGNORECASE
    )


def _any(names: set[str]) -> str:
    """Longest first: 'Helpdesk Noord' before 'Helpdesk'."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _local(bot: str) -> str:
    return bot.removeprefix("@").partition(":")[0]


async def _answers_us(act: Act, incoming: Incoming) -> bool:
    """A reply to words of the bot that belong to no question, such as its greeting."""
    if incoming.reply_to is None:
        return False
    row = await outbox.row_of(act.session, incoming.reply_to)
    return row is not None and row.room_id == incoming.room_id and row.ticket_id is None
