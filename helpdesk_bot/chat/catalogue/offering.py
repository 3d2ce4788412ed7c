"""Before people look at it: a question that the catalogue has an answer to gets it at once. The question goes on to people
all the same, until whoever asked says that this was enough."""

from helpdesk_bot.actions import finishing
from helpdesk_bot.actions.card import LOOKED_UP, refresh_card
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.chat.catalogue import meaning, tools
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning as said
from helpdesk_bot.domain.phrases import says
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Rendered

ENOUGH = "enough"  # the dialog


async def offer(act: Act, ticket: Ticket, text: str) -> None:
    parts = _answer(act, ticket.language, text)
    if not parts:
        return
    first, last = (
        act.words(ticket.language, f"tools.{key}", number=ticket.id) for key in ("looked_up", "enough")
    )
    asked = await act.post(
        ticket.room_id,
        act.texts.join([first, *parts, last]),
        thread=ticket.thread,
        notify=True,
        ticket=ticket,
    )
    await ask(act, ticket, ENOUGH, asked)
    act.record(ticket, act.setting.bot, LOOKED_UP)
    await refresh_card(act, ticket)


def _answer(act: Act, language: str, text: str) -> list[Rendered]:
    left = meaning.wants_instead(act, text)
    if left is not None:
        return tools.instead(act, language, left)
    purposes = meaning.wants_tool_for(act, text)
    return tools.suited(act, language, purposes) if purposes else []


async def answered(act: Act, ticket: Ticket, incoming: Incoming) -> bool | None:
    """True for 'dat helpt' and for 'nee'. Anything else is more about the question."""
    text = incoming.text or ""
    if ticket.status != Status.NEW or incoming.file is not None:
        return None
    reply = said(act, text)
    texts = act.texts
    beside = texts.word_list(None, "words.thanks_around") | texts.word_list(None, "words.thanks")
    if reply.yes or says(text, texts.word_list(None, "words.enough"), beside):
        await finishing.confirm(act, ticket, incoming.sender)
        return True
    if reply.no:
        await forget(act, ticket, ENOUGH)
        await act.tell_requester(ticket, "tools.not_enough", notify=False)
        return True
    return None
