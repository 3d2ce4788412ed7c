"""What people say about a run afterwards, and about a newer version of its playbook."""

from helpdesk_bot.actions.runs import adopting, ending
from helpdesk_bot.actions.runs.asks import Asked
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading

LONGEST = 2_000  # characters of an answer


async def tells(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """Any words are an answer; a question of their own is one for a helper."""
    text = (incoming.text or "").strip()
    if not text or "?" in text:
        return False
    await ending.answered_later(walk, incoming.sender, int(asked.words or 0), text[:LONGEST])
    return True


async def adopts(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    text = incoming.text or ""
    if reading.says_yes(walk.act, text):
        await adopting.adopt(walk, incoming.sender)
        return True
    if reading.says_no(walk.act, text):
        await adopting.keep(walk, incoming.sender)
        return True
    return False
