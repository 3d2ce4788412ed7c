"""`!profiel`: how I help. `!profiel talen Nederlands, Turks` changes one line of it."""

from helpdesk_bot.actions import getting_to_know, technicians
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.profile_lines import LISTS, NotUnderstood, changed, named
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.domain.profile import ASKED, Line
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Technician
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    act, user = call.act, call.who.user_id
    technician = await technicians.technician_of(act, user)
    technician.met_at = technician.met_at or act.now  # who finds this need not be asked
    word, _, rest = call.rest.strip().partition(" ")
    if not word:
        return await _shown(call)
    if plain_key(call.rest) in act.texts.word_list(None, "words.go_on"):
        technician.asking = technician.asking or ASKED[0]
        await getting_to_know.ask(act, technician)
        return None if call.room is RoomKind.DIRECT else call.words("profile.in_direct_chat")
    line = named(act, word.rstrip(":"))
    if line is None:
        raise UserError("error.which_profile_line", word=word)
    how = call.words(f"profile.how_{line}", choices=technicians.topic_choices(act, call.language))
    if not rest.strip():
        now = technicians.said(act, technician, line, call.language)
        one = call.words("profile.one_of_them", value=now, word=word.rstrip(":"))
        return act.texts.join([how, one]) if line in LISTS else how
    try:
        value = changed(act, line, rest, _standing(call, technician, line))
    except NotUnderstood:
        raise UserError("error.profile_unclear", how=how) from None
    technicians.set_line(act, technician, line, value)
    return call.words(f"profile.noted_{line}", value=technicians.said(act, technician, line, call.language))


def _standing(call: Call, technician: Technician, line: Line) -> list[str]:
    """What a list holds. Who has named no stadsdeel helps in those of their teams."""
    if line is Line.STADSDELEN and not technician.stadsdelen:
        return sorted(filter(None, map(call.act.layout.stadsdeel_of, call.who.teams)))
    return list(getattr(technician, line.value)) if line in LISTS else []


async def _shown(call: Call) -> Rendered | None:
    """Where colleagues read along it is put into the direct chat: when I sleep is nobody's business."""
    act = call.act
    technician = await technicians.technician_of(act, call.who.user_id)
    parts = [
        call.words("profile.yours"),
        getting_to_know.in_words(act, technician, call.language),
        call.words("profile.how_to_change"),
    ]
    if technician.asking is not None:
        parts.append(call.words("profile.unfinished"))
    words = act.texts.join(parts)
    if call.room is RoomKind.DIRECT:
        return words
    await act.post(await chat_with(act, await act.person(call.who.user_id)), words, notify=True)
    return call.words("profile.in_direct_chat")


COMMAND = Command("profile", ("profiel",), ("profile",), run, For.TECHNICIAN, inside=True)
