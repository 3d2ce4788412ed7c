"""`!draaiboek google drive`: which playbooks there are, by what people use and what they want."""

from helpdesk_bot.chat.catalogue import meaning, playbooks
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import RoomKind, plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    act, said = call.act, call.rest.strip("'\"`‘’“”.:? ")
    if not act.shelf.playbooks:
        raise UserError("library.none")
    if not said:
        return call.words("library.overview", n=len(act.shelf.playbooks))
    if plain_key(said) in act.texts.word_list(None, "words.everything"):
        return act.texts.join(playbooks.every(act, call.language))
    found = [hit.playbook for hit in search.playbooks_like(act.shelf, said, meaning.purposes(act, said))]
    if not found:
        raise UserError("library.unknown", words=said[:60])
    if len(found) > 1:
        return act.texts.join(playbooks.several(act, call.language, found))
    # What is not sure about a playbook is for those who work with it, where nobody else reads along.
    staff = (call.who.trainer or call.who.coordinator) and call.room not in (RoomKind.HELP, RoomKind.OWN)
    parts = playbooks.one(act, call.language, found[0], staff=staff)
    if not staff:
        title = act.texts.own(call.language, in_language(found[0].title, call.language))
        parts.append(call.words("library.how_to_begin", title=title))
    return act.texts.join(parts)


COMMAND = Command("playbook", ("draaiboek", "draaiboeken"), ("playbook", "playbooks"), run)
