"""`!start google-drive @noor`: an organisation begins with a playbook; several people begin together."""

import re

from helpdesk_bot.actions.runs import proposing, starting
from helpdesk_bot.actions.runs.proposing import Proposal
from helpdesk_bot.actions.runs.starting import Party
from helpdesk_bot.actions.runs.walk import INITIATIVE
from helpdesk_bot.chat.catalogue import meaning
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.shelf import Shelved
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.storage import runs
from helpdesk_bot.texts.render import Rendered

MOST_LISTED = 10
_PLACES = (RoomKind.TRAINERS, RoomKind.COORDINATION, RoomKind.DIRECT, RoomKind.OWN)
_AT = re.compile(r"(?<!\S)@[^\s,;]+")


async def run(call: Call) -> Rendered | None:
    if call.room not in _PLACES:
        raise UserError("start.not_here")
    people = await _people(call)
    shelved = _playbook(call)
    if not people:
        raise UserError("start.for_whom")
    if call.room is RoomKind.OWN and len(people) > 1:
        raise UserError("start.one_here")
    room_id = call.incoming.room_id if call.room is RoomKind.OWN else None
    parties = [await _party(call, shelved, user, room_id) for user in people]
    known = [party.organisation_id for party in parties if party.organisation_id is not None]
    if len(known) > len(set(known)):
        raise UserError("start.same_organisation")
    await proposing.go_on(call.act, call.who.user_id, Proposal.to(shelved, parties))
    return None if call.room is RoomKind.DIRECT else call.words("start.in_direct_chat")


async def _party(call: Call, shelved: Shelved, user: str, room_id: str | None) -> Party:
    if user == call.act.setting.bot:
        raise UserError("claim.not_the_bot")
    for one in await runs.with_person(call.act.session, user):
        theirs = (await runs.roles_of(call.act.session, one)).get(INITIATIVE)
        if one.playbook == shelved.id and theirs is not None and theirs.user_id == user:
            raise UserError("start.already", number=one.id, name=await call.act.name(user))
    return await starting.party_of(call.act, user, room_id)


async def _people(call: Call) -> list[str]:
    """Everybody who is named, in their order; what is left in `rest` says which playbook."""
    found: dict[str, int] = {}
    whole = call.rest
    for user in call.incoming.mentions - {call.act.setting.bot}:
        name = await call.act.name(user, call.incoming.room_id)
        words = next((said for said in (user, name) if said.casefold() in whole.casefold()), None)
        found[user] = whole.casefold().find(words.casefold()) if words else len(whole)
        if words:
            call.rest = re.sub(rf"@?{re.escape(words)}:?", " ", call.rest, flags=re.IGNORECASE)
    written = _AT.findall(call.rest)
    query = " ".join(_AT.sub(" ", call.rest).replace(",", " ").split())
    for words in written:
        call.rest = words
        found.setdefault(words if ":" in words else await call.user(), whole.find(words))
    call.rest = query
    return sorted(found, key=lambda user: (found[user], user))


def _playbook(call: Call) -> Shelved:
    """The one that fits better than any other."""
    if not call.rest.strip():
        raise UserError("start.which_playbook")
    said = call.rest.strip("'\"`‘’“”.: ")
    found = search.playbooks_like(call.act.shelf, said, meaning.purposes(call.act, said))
    if not found:
        raise UserError("start.no_such_playbook", words=call.rest)
    if len(search.best(found)) > 1:
        fit = [one.playbook for one in found[:MOST_LISTED]]
        names = [f"{one.id} ({in_language(one.title, call.language)})" for one in fit]
        raise UserError("start.several_playbooks", names=names, n=len(found))
    return found[0].playbook


COMMAND = Command("start", ("start",), ("begin",), run, For.TRAINER, plans=True)
