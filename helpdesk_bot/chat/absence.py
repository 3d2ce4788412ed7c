"""What somebody answers about being away: until when, what they keep, whether they are back."""

import re

from helpdesk_bot.actions import being_away, technicians
from helpdesk_bot.actions.being_away import OFFERED, UNTIL
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_personally, forget_personally
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.runs.leading import led_by
from helpdesk_bot.chat.command import Call
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.away import Away, period
from helpdesk_bot.domain.choosing import Words, chosen
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import people
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Dialog
from helpdesk_bot.texts.render import Rendered

MOST_WORDS = 12  # a longer message is a story, and may well be a question
_NUMBER = re.compile(r"[0-9]{1,9}")


async def leave(act: Act, incoming: Incoming, away: Away, language: str) -> None:
    """They are away from now on, or will be: says so where they wrote it, and asks what they keep. Raises UserError when
    nobody knows until when."""
    technician = await technicians.technician_of(act, incoming.sender)
    if away.until is None:
        raise UserError("error.away_until_when")
    await forget_personally(act, technician.user_id, OFFERED, UNTIL)
    await being_away.go(act, technician, away.start, away.until)
    key = "away.noted" if away.start is None else "away.noted_later"
    start = away.start and being_away.in_words(act, away.start)
    words = act.words(language, key, start=start, until=being_away.in_words(act, away.until))
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
    await being_away.ask_what_to_keep(act, technician)


async def whose(call: Call) -> str:
    """Whose absence it is: one's own or, for coordinators, a colleague's. Raises UserError for anybody else's."""
    user = await call.somebody_else()
    if user is None:
        return call.who.user_id
    if not call.who.coordinator:
        raise UserError("error.away_of_another", name=await call.act.name(user, call.incoming.room_id))
    who = await standing_of(call.act.session, call.act.layout, user)
    if user == call.act.setting.bot or not who.staff:
        raise UserError("error.no_technician", name=await call.act.name(user))
    return user


async def put_away(call: Call, user: str, away: Away) -> Rendered:
    """A coordinator says that a colleague is away, who hears it and can say otherwise. Raises UserError as `leave`."""
    act = call.act
    technician = await technicians.technician_of(act, user)
    if away.until is None:
        raise UserError("error.away_until_when")
    await forget_personally(act, user, OFFERED, UNTIL)
    await being_away.go(act, technician, away.start, away.until)
    until, start = being_away.in_words(act, away.until), away.start and being_away.in_words(act, away.start)
    key = "away.said" if start is None else "away.said_later"
    by = await act.name(call.who.user_id)
    told = act.words(await act.language_of(user), key, by=by, start=start, until=until)
    await being_away.ask_what_to_keep(act, technician, told)
    name, held = await act.name(user), await people.held_by(act.session, user)
    noted = "away.noted_for" if start is None else "away.noted_for_later"
    parts = [call.words(noted, name=name, start=start, until=until)]
    if held:
        kept = "goes_back" if being_away.is_long(act, technician) else "stays"
        numbers = [str(ticket.id) for ticket in held]
        when = start or being_away.decides_at(act)
        key = f"away.what_they_hold_{kept}"
        parts.append(call.words(key, name=name, numbers=numbers, number=held[0].id, when=when))
    if led := await led_by(act, user):
        numbers = [str(walk.run.id) for walk in led]
        key = (
            "away.plans_they_have_go" if being_away.is_long(act, technician) else "away.plans_they_have_stay"
        )
        when = start or being_away.decides_at(act)
        parts.append(call.words(key, name=name, n=len(led), numbers=numbers, number=led[0].run.id, when=when))
    return act.texts.join(parts)


async def tell(call: Call, user: str, key: str) -> None:
    """A coordinator has said something about them, which they should know."""
    act = call.act
    words = act.words(await act.language_of(user), key, by=await act.name(call.who.user_id))
    await act.post(await chat_with(act, await act.person(user)), words, notify=True)


async def ask_until_when(act: Act, user_id: str) -> None:
    language = await act.language_of(user_id)
    room = await chat_with(act, await act.person(user_id))
    asked = await act.post(room, act.words(language, "away.until_when"), notify=True)
    await ask_personally(act, room, user_id, UNTIL, asked)


async def until_when(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    text = incoming.text or ""
    if incoming.file is not None or "?" in text or len(text.split()) > MOST_WORDS:
        return False
    language = await act.language_of(dialog.user_id)
    if meaning(act, text).no or plain_key(text) in act.texts.word_list(None, "words.never_mind"):
        await forget_personally(act, dialog.user_id, UNTIL)
        await act.post(incoming.room_id, act.words(language, "away.not_gone"), thread=incoming.thread)
        return True
    away = period(_whole(text), act.now, act.texts.zone)
    if away is None:
        return False
    await leave(act, incoming, away, language)
    return True


def _whole(text: str) -> str:
    """'vrijdag' answers 'until when?'."""
    begins = re.match(r"\s*(?:tot|t/m|until|till|van|vanaf|from|through|to)\b", text, re.IGNORECASE)
    return text if begins or re.search(r"\b(?:tot|until|till)\b", text, re.IGNORECASE) else f"tot {text}"


async def which_to_keep(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    """'alles houden', 'teruggeven', 'houd 3', 'geef 5 en 7 terug': only when every word of it is understood."""
    text = incoming.text or ""
    if incoming.file is not None:
        return False
    numbers = _NUMBER.findall(text)
    ways = {kind: act.texts.word_list(None, f"words.{kind}") for kind in ("keeping", "giving_back")}
    lists = ("words.around_a_choice", "words.everything", "words.around_giving_back")
    around = frozenset[str]().union(*(act.texts.word_list(None, words) for words in lists))
    said = chosen(text, {**ways, **{number: {number} for number in numbers}}, Words(around))
    if said is None or not {"keeping", "giving_back"} & set(said):
        return False
    if {"keeping", "giving_back"} <= set(said):
        await explain_keep(act, dialog, incoming)
        return True
    held = {ticket.id for ticket in await people.held_by(act.session, dialog.user_id)}
    named = {int(number) for number in numbers}
    if not named <= held:
        raise UserError("error.away_not_held", numbers=[str(number) for number in sorted(named - held)])
    meant = named or held
    keep = meant if "keeping" in said else held - meant
    technician = await technicians.technician_of(act, dialog.user_id)
    plans = None if named else "keeping" in said
    words = await being_away.choose(act, technician, dialog, keep, plans)
    await act.post(incoming.room_id, words, thread=incoming.thread)
    return True


async def whether_back(act: Act, dialog: Dialog, incoming: Incoming) -> bool:
    said = meaning(act, incoming.text or "")
    if incoming.file is not None or not (said.yes or said.no):
        return False
    if said.no:
        await forget_personally(act, dialog.user_id, being_away.BACK)
        await ask_until_when(act, dialog.user_id)
        return True
    language = await act.language_of(dialog.user_id)
    technician = await technicians.technician_of(act, dialog.user_id)
    await being_away.back(act, technician)
    await act.post(incoming.room_id, act.words(language, "away.welcome_back"), thread=incoming.thread)
    return True


async def explain_until(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    await _explain(act, dialog, incoming, "away.how_until")


async def explain_keep(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    await _explain(act, dialog, incoming, "away.how_keep")


async def explain_back(act: Act, dialog: Dialog, incoming: Incoming) -> None:
    await _explain(act, dialog, incoming, "away.how_back")


async def _explain(act: Act, dialog: Dialog, incoming: Incoming, key: str) -> None:
    words = act.words(await act.language_of(dialog.user_id), key)
    await act.post(incoming.room_id, words, thread=incoming.thread, reply=incoming.event_id)
