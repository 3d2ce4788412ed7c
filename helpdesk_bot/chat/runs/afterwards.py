"""What people say about a run afterwards, and about a newer version of its playbook."""

from helpdesk_bot.actions.runs import adopting, ending
from helpdesk_bot.actions.runs.asks import Asked
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.chat.runs.reading import is_fresh, is_reply

LONGEST = 2_000  # characters of an answer


async def tells(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """A reply to the question, or what follows it at once. Anything else, weeks later, may be something new: it is one for a
    helper, and so is a question of their own."""
    text = (incoming.text or "").strip()
    question = int(asked.words)
    if not text or "?" in text or not (is_reply(incoming) or (question > 0 and is_fresh(walk.act, asked))):
        return False
    await ending.answered_later(walk, incoming.sender, question, text[:LONGEST])
    return True


async def adopts(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    said = reading.yes_or_no(walk.act, incoming.text or "")
    if said is None:
        return False
    await (adopting.adopt if said else adopting.keep)(walk, incoming.sender)
    return True
