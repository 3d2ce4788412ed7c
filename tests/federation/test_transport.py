"""What bots of two homeservers say to each other goes through our own code on both sides."""

import asyncio

import pytest

from helpdesk_bot.protocol.words import EVENT_TYPE
from tests.federation.conftest import Pair, Stations
from tests.federation.talk import heard, hears, meet, offer
from tests.matrix.station import Station


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
async def test_both_ways(stations: Stations, encrypted: bool) -> None:
    noord, west = stations
    room = await meet(noord, west, encrypted=encrypted)
    async with noord.running(), west.running():
        for speaker, other in ((noord, west), (west, noord)):
            said = {"offer": {"id": "7", "languages": ["nl", "ti"]}, "text": "Wie kan helpen? ✋"}
            await speaker.put(offer(room, **said))

            async def arrived(other: Station = other) -> bool:
                return bool(await heard(other, room))

            await other.until(arrived)
            [row] = await heard(other, room)
            assert (row.sender, row.encrypted, row.state_key) == (speaker.user_id, encrypted, None)
            assert row.content is not None
            assert {key: row.content[key] for key in said} == said
            [in_room] = [
                event
                for event in (await other.homeserver.messages(room, None))["chunk"]
                if event["event_id"] == row.event_id
            ]
            assert in_room["type"] == ("m.room.encrypted" if encrypted else EVENT_TYPE)


async def test_what_an_invitation_says_of_the_room(stations: Stations) -> None:
    noord, west = stations
    room = await meet(noord, west)
    [invite] = [row for row in await west.heard(room) if row.type == "helpdesk.invite"]
    assert invite.sender == noord.user_id
    assert invite.content == {"is_direct": False, "room_name": "Noord en West", "room_type": EVENT_TYPE}


@pytest.mark.parametrize("away", [0, 1], ids=["host", "guest"])
async def test_what_was_said_while_a_homeserver_was_down(
    homeservers: Pair, stations: Stations, away: int
) -> None:
    room = await meet(*stations)
    server, there, here = homeservers[away], stations[away], stations[1 - away]
    async with here.running(), there.running():
        await here.put(offer(room, number=1))
        await hears(there, room, 1)
        await server.kill()
        await here.put(offer(room, number=2), offer(room, number=3))
        await here.drained()
        await there.put(offer(room, number=1))  # waits in the outbox of the bot whose homeserver is down
        await server.start()
        await asyncio.gather(hears(there, room, 1, 2, 3), hears(here, room, 1))
