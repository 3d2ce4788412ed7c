"""Everything at once: people write, the bot answers, and is broken off again and again at any moment."""

import asyncio
import random
from pathlib import Path

import pytest

from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.storage import inbox, outbox
from helpdesk_bot.storage.outbox import Outgoing
from tests.conftest import NewAccount, NewPerson
from tests.matrix.reading import spoken
from tests.matrix.station import Station

LIVES = 12
MESSAGES = 40


async def answering(station: Station) -> None:
    """Answers everything, one event in one transaction, as the helpdesk does."""
    while True:
        async with station.db.transaction() as session:
            event = await inbox.next_pending(session)
            if event is not None:
                content = event.content or {}
                if event.type == "helpdesk.invite":
                    out = Outgoing(event.room_id, {"via": []}, type="m.room.member", kind="join")
                    await outbox.enqueue(session, out, station.clock())
                elif event.type == "m.room.message":
                    words = {"msgtype": "m.notice", "body": f"gehoord: {content['body']}"}
                    await outbox.enqueue(session, Outgoing(event.room_id, words), station.clock())
                await inbox.finish(session, event.id)
        station.sender.wake()
        if event is None:
            await asyncio.sleep(0.02)


async def talking(person: Person, room: str, name: str) -> None:
    for number in range(MESSAGES):
        await person.send(room, f"{name} {number}")
        await asyncio.sleep(random.uniform(0, 0.15))


@pytest.mark.parametrize("seed", [1])
async def test_nothing_is_lost_and_nothing_is_said_twice(
    synapse: Synapse,
    new_account: NewAccount,
    current_url: str,
    tmp_path: Path,
    new_person: NewPerson,
    seed: int,
) -> None:
    dice = random.Random(seed)
    account = await new_account("hulp")
    folder = tmp_path / "bot"
    noor, tim = await new_person("noor"), await new_person("tim", encrypts=False)
    async with Station.at(synapse, folder, current_url, account.localpart) as station:
        await station.receiver.once()
    rooms = {
        "noor": (noor, await noor.create_dm(account.user_id)),
        "tim": (tim, await tim.create_dm(account.user_id, encrypted=False)),
    }
    talk = asyncio.gather(*(talking(person, room, name) for name, (person, room) in rooms.items()))
    for _ in range(LIVES):
        async with Station.at(synapse, folder, current_url) as station, station.running():
            work = asyncio.create_task(answering(station))
            await asyncio.sleep(dice.uniform(0.05, 1.0))
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    await talk
    async with Station.at(synapse, folder, current_url) as station, station.running():
        work = asyncio.create_task(answering(station))
        for name, (person, room) in rooms.items():
            await person.wait_for(room, f"^gehoord: {name} {MESSAGES - 1}$", 60)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await station.drained()
    for name, (person, room) in rooms.items():
        assert spoken(person, room) == [f"gehoord: {name} {number}" for number in range(MESSAGES)]
