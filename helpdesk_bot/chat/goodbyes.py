"""What people still say when their question is finished. Politeness is no new question, and opens no old one."""

from helpdesk_bot.actions import asking, finishing
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import dialogs
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning, said_by_the_way, said_to_helper
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import only_signs
from helpdesk_bot.domain.tickets import FINISHED
from helpdesk_bot.storage import access, queries
from helpdesk_bot.storage.models import Ticket


async def answered(act: Act, incoming: Incoming, about: Ticket | None) -> tuple[Ticket | None, bool]:
    """Like `dialogs.answered`, when nothing was asked any more: the finished question that this is about, and whether it
    is only a goodbye. `about`: the question that they reply to; else it is the one they spoke about last.
    """
    last = about or await queries.latest_ticket(act.session, incoming.room_id, incoming.sender)
    if last is None or last.status not in FINISHED or incoming.file is not None:
        return None, False
    text = incoming.text or ""
    reply = await said_to_helper(act, last, text)
    if reply.no and asking.may_reopen(act, last):
        return last, False  # 'het werkt toch niet': it is passed on, which opens the question again
    if reply.thanks or said_by_the_way(act, last, text).thanks:
        if last.assignee is not None:
            await finishing.thank(act, last, await dialogs.kept(act, last, incoming))
        return last, True
    # A plain 'ja' may answer 'do you still need help?'.
    polite = reply.kind or (reply.yes and last.confirmed) or only_signs(text)
    if polite or plain_key(text) in act.texts.word_list(None, "words.all_right"):
        return last, True
    return None, False


async def between_us(act: Act, incoming: Incoming) -> bool:
    """Whether somebody who helps only thanks or greets the bot, about no question at all. Nothing is made of it."""
    who = await access.standing_of(act.session, act.layout, incoming.sender)
    text = incoming.text or ""
    if not who.staff or incoming.file is not None or not text:
        return False
    reply = meaning(act, text)
    all_right = plain_key(text) in act.texts.word_list(None, "words.all_right")
    return reply.thanks or reply.kind or all_right or only_signs(text)
