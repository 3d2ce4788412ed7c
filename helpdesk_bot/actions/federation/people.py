"""What whoever is at another helpdesk is called here."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.federation.speaking import name_of
from helpdesk_bot.domain.federation.addresses import address_of
from helpdesk_bot.storage.models import Lend, Peer


async def called(act: Act, lend: Lend, name: str | None) -> str:
    """Notes the name of whoever asks, or helps, at the other helpdesk; without one it is somebody there. Returns how they are
    called from now on."""
    peer = await act.session.get_one(Peer, lend.peer)
    key = "federation.name_at" if name else "federation.somebody_at"
    person = await act.person(address_of(lend.ref))
    person.name = act.words(None, key, name=name or "", helpdesk=name_of(peer)).body
    await act.session.flush()
    return person.name
