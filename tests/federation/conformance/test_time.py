"""Offers end. The last file: at its end the implementation's clock is ahead."""

from datetime import timedelta

from helpdesk_bot.clock import utc_now
from helpdesk_bot.protocol.words import (
    Accept,
    Decline,
    Offer,
    Withdraw,
)
from tests.federation.conformance.conftest import World
from tests.federation.conformance.lent import Lent
from tests.federation.conformance.scenes import asked, marked


async def test_an_offer_has_a_time(world: World) -> None:
    one = world.one
    past, soon = Lent.new(), Lent.new()
    await one.says(past.offer(expires_at=utc_now() - timedelta(minutes=1)))
    assert (await one.hears_of(Decline, past)).reason == "expired"
    ends = utc_now() + timedelta(seconds=3)
    await one.says(soon.offer(expires_at=ends))
    assert (await one.hears_of(Decline, soon)).reason == "expired"
    assert utc_now() >= ends


async def test_an_offer_that_nobody_answers_is_withdrawn(world: World) -> None:
    """From here on the implementation's clock is ahead."""
    one = world.one
    before = await one.mark()
    await asked(world, marked("Wie kent ons oude programma?"), one)
    offer = await one.hears(Offer, after=before)
    lend = Lent(offer.lend, "helper", heard=[offer])
    hours = (offer.expires_at - utc_now()) / timedelta(hours=1) + 0.1
    await world.people.does("wait", hours=hours)
    assert (await one.hears_of(Withdraw, lend)).reason == "expired"
    mark = await one.mark()
    await one.says(lend.anew(Accept))
    assert [word for word in await one.reaction(after=mark) if not isinstance(word, Withdraw)] == []
