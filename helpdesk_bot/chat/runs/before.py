"""Before something begins that can't simply be undone: the losses, and the word that two people type."""

from helpdesk_bot.actions.runs import accepting, asks, deciding, going_on, reconsidering, signing
from helpdesk_bot.actions.runs.asks import Asked
from helpdesk_bot.actions.runs.card import refresh_card
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.runs import reading
from helpdesk_bot.domain.runs.states import Run
from helpdesk_bot.errors import UserError


async def accepts(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    text = incoming.text or ""
    if reading.says_agreed(walk.act, text):
        more = walk.run.state is Run.RECONSIDERING
        await (reconsidering.accepted if more else accepting.accepted)(walk, incoming.sender)
        return True
    if reading.yes_or_no(walk.act, text) is False:
        await accepting.declined(walk, incoming.sender)
        return True
    return False


async def signs(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """Only the word itself counts; a thumb, a 'gedaan' or a slip of the finger gets to hear so."""
    act, name, text = walk.act, str(asked.step), incoming.text or ""
    if not signing.is_word(act, text):
        mistyped = "?" not in text and signing.is_word_mistyped(act, text)
        if mistyped or reading.says_done(act, text) or reading.yes_or_no(act, text):
            language = await act.language_of(incoming.sender)
            raise UserError("run.sign.type_it", word=act.texts.word(language, "run.sign.word"))
        return False
    role = next((role for role in walk.planned(name).signers if walk.holds(incoming.sender, role)), None)
    if role is None:
        return False
    everybody = await signing.sign(walk, name, incoming.sender, role)
    await act.session.delete(asked.dialog)
    if everybody:
        await going_on.tell_turn(walk, walk.planned(name))
    else:
        language = await act.language_of(incoming.sender)
        text_back = act.words(language, "run.sign.thanks", step=walk.steps[name].place, number=walk.run.id)
        await asks.tell(walk, incoming.sender, role, text_back)
    return True


async def decides(walk: Walk, asked: Asked, incoming: Incoming) -> bool:
    """Whether the turning point may begin: a plain yes, or no with or without a reason."""
    name, text = str(asked.step), incoming.text or ""
    role = await walk.undecided(name)
    reason = reading.no_with_reason(walk.act, text)
    said = False if reason is not None else reading.yes_or_no(walk.act, text)
    if role is None or said is None:
        return False
    if not said:
        await deciding.not_yet(walk, name, incoming.sender, role, reason)
        return True
    await deciding.decide(walk, name, incoming.sender, role)
    await going_on.tell_turn(walk, walk.planned(name))
    await refresh_card(walk)
    return True
