"""How two helpdesks come to trust each other."""

from helpdesk_bot.protocol.words import (
    EVENT_TYPE,
)
from tests.federation.conformance.conftest import World


async def test_the_room_of_the_two(world: World) -> None:
    for partner in (world.one, world.two):
        met = world.met[partner.address]
        made = await partner.station.homeserver.state(partner.room, "m.room.create")
        assert made["type"] == EVENT_TYPE
        for name in ("m.room.encryption", "m.room.history_visibility"):
            assert await partner.station.homeserver.state(partner.room, name)
        inside = await partner.station.members(partner.room)
        assert {user for user, how in inside.items() if how == "join"} == {partner.address, world.people.bot}
        assert partner.room == (met.ours if partner.address < world.people.bot else met.theirs)


async def test_nothing_but_hello_before_people_compared_the_number(world: World) -> None:
    for met in world.met.values():
        assert met.shown == met.number
        assert (met.too_early.code, met.too_early.about) == ("not_trusted", "offer")
        assert 1 in met.trusting.versions
        assert met.meanwhile == {"hello", "problem"}
