"""`!draaiboek google drive`: which playbooks there are, by what people use and what they want."""

from helpdesk_bot.actions.left_out import left_out
from helpdesk_bot.chat.catalogue import meaning, playbooks
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    act, said = call.act, call.rest.strip("'\"`‘’“”.:? ")
    # What is not in order or not sure is for those who look after playbooks, where nobody else reads along.
    staff = (call.who.trainer or call.who.coordinator) and call.room not in (RoomKind.HELP, RoomKind.OWN)
    broken = left_out(act, call.language) if staff else []
    if not act.shelf.playbooks:
        return act.texts.join([call.words("library.none"), *broken])
    if not said:
        return act.texts.join([call.words("library.overview", n=len(act.shelf.playbooks)), *broken])
    if plain_key(said) in act.texts.word_list(None, "words.everything"):
        return act.texts.join([*playbooks.every(act, call.language), *broken])
    found = [hit.playbook for hit in search.playbooks_like(act.shelf, said, meaning.purposes(act, said))]
    if not found:
        return act.texts.join([call.words("library.unknown", words=said[:60]), *broken])
    if len(found) > 1:
        return act.texts.join(playbooks.several(act, call.language, found))
    parts = playbooks.one(act, call.language, found[0], staff=staff)
    if not staff:
        title = act.texts.own(call.language, in_language(found[0].title, call.language))
        parts.append(call.words("library.how_to_begin", title=title))
    return act.texts.join(parts)


COMMAND = Command("playbook", ("draaiboek", "draaiboeken"), ("playbook", "playbooks"), run)
