"""`!federatie`: the helpdesks that we lend to and borrow from. Only coordinators decide which those are."""

import re

from helpdesk_bot.actions.federation import trusting
from helpdesk_bot.actions.federation.overview import of_peer, overview
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered

ADD = ("toevoegen", "add")
SAME = ("klopt", "same")
REMOVE = ("weg", "verwijderen", "remove")
BLOCK = ("blokkeren", "blokkeer", "block")
# To its end: what goes on with a letter of another script is another address than the part that can be read.
_ADDRESS = re.compile(
    r"(?<!\S)@[a-z0-9._=/+-]{1,200}:[A-Za-z0-9.:\[\]-]{0,200}[A-Za-z0-9\]](?=[.,;!?)]*(?:\s|$))"
)


async def run(call: Call) -> Rendered:
    if call.room not in (RoomKind.COORDINATION, RoomKind.DIRECT):
        raise UserError("error.federation_where")
    word, _, _ = call.rest.strip().partition(" ")
    word = word.casefold()
    if not word:
        return await overview(call.act, call.language)
    if word in ADD:
        peer = await trusting.add(call.act, _address(call))
        said = call.words("federation.added", peer=peer.user_id, us=call.act.setting.bot)
        return call.act.texts.join([said, await of_peer(call.act, peer, call.language)])
    if word in SAME:
        peer = await trusting.compared(call.act, _address(call))
        return call.words("federation.trusted", helpdesk=name_of(peer))
    if word in REMOVE:
        peer, count = await trusting.remove(call.act, _address(call))
        return call.words("federation.removed", helpdesk=name_of(peer), n=count)
    if word in BLOCK:
        peer, count = await trusting.block(call.act, _address(call))
        return call.words("federation.blocked", helpdesk=name_of(peer), n=count)
    raise UserError("error.federation_how")


def _address(call: Call) -> str:
    """The address that is named, written out in full: one that only looks like it is another one."""
    found = _ADDRESS.search(call.rest)
    if found is not None:
        return found[0]
    named = call.incoming.mentions - {call.act.setting.bot}
    if len(named) == 1:
        return next(iter(named))
    raise UserError("error.federation_how")


COMMAND = Command("federation", ("federatie",), ("federation",), run, For.COORDINATOR, inside=True)
