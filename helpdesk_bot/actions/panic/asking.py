"""'Is this an emergency?' Asked when words sound like one; until somebody says yes nothing changes."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, dialogs_about
from helpdesk_bot.actions.panic.raising import CONFIRM
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.tickets import OPEN
from helpdesk_bot.domain.urgency import EMERGENCIES, Signs, Urgency, sounds
from helpdesk_bot.storage import panics
from helpdesk_bot.storage.models import Ticket


async def ask_if_alarming(act: Act, ticket: Ticket, text: str | None) -> None:
    """Asks once about a question, unless people are being called for it already."""
    if not text or ticket.status not in OPEN or not sounds_like(act, text).alarming:
        return
    if any(dialog.kind == CONFIRM for dialog in await dialogs_about(act, ticket)):
        return
    if await panics.latest_of_ticket(act.session, ticket.id) is not None:
        return
    said = await invite(act, ticket, "panic.confirm")
    await ask(act, ticket, CONFIRM, said)


def sounds_like(act: Act, text: str) -> Urgency:
    """What this sounds like, by the phrases of all languages."""
    return sounds(text, signs(act))


def signs(act: Act) -> Signs:
    texts = act.texts
    return Signs(
        urgent=texts.word_list(None, "words.urgent"),
        calm=texts.word_list(None, "words.calm"),
        about=texts.word_list(None, "words.about_emergencies"),
        kinds={kind: texts.word_list(None, f"words.emergency_{kind}") for kind in EMERGENCIES},
    )
