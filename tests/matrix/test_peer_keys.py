"""What is lent can be read by the devices that people compared a number of, and by no other."""

from collections.abc import AsyncIterator

import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.domain.federation.trust import Trust
from helpdesk_bot.matrix.peer_keys import PeerKeys
from helpdesk_bot.storage.models import OutboxRow, Peer
from helpdesk_bot.storage.outbox import Outgoing, enqueue
from tests.conversation.conftest import furnished
from tests.conversation.stage import Stage
from tests.matrix.bot import Bot
from tests.matrix.conftest import Clock, NewBot
from tests.matrix.device import MEGOLM, Device


@pytest.fixture
async def two(new_bot: NewBot) -> tuple[Bot, Bot, str]:
    """Ours, another helpdesk's, and the room of the two."""
    ours, theirs = await new_bot(), await new_bot()
    room_id = await ours.homeserver.create_room(invite=[theirs.user_id])
    await ours.homeserver.put_state(room_id, "m.room.encryption", {"algorithm": MEGOLM})
    await theirs.step()
    await ours.step()
    return ours, theirs, room_id


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with furnished(sqlite_url) as stage:
        yield stage


@pytest.fixture
async def looks(two: tuple[Bot, Bot, str], stage: Stage, clock: Clock) -> PeerKeys:
    ours, theirs, room_id = two
    async with stage.db.transaction() as session:
        session.add(Peer(user_id=theirs.user_id, trust=Trust.ADDED, room_id=room_id, created_at=stage.now))
    return PeerKeys(stage.db, stage.setting, ours.homeserver, ours.crypto, clock)


async def compare(stage: Stage, user_id: str) -> None:
    """As people do."""
    async with stage.db.transaction() as session:
        peer = await session.get_one(Peer, user_id)
        assert peer.number is not None
        peer.trust, peer.compared = Trust.TRUSTED, peer.number


async def sneaked_in(synapse: Synapse, bot: Bot) -> Device:
    """A device of the account that its master key has not signed."""
    login = await synapse.login(bot.user_id[1:].partition(":")[0])
    device = Device(bot.user_id, login.device_id, bot.homeserver.signed_in(login.token))
    await device.publish(one_time_keys=5)
    return device


async def test_a_device_that_nobody_vouches_for_reads_nothing(
    two: tuple[Bot, Bot, str], looks: PeerKeys, stage: Stage, synapse: Synapse
) -> None:
    ours, theirs, room_id = two
    await looks.begin()
    await looks.once()
    await compare(stage, theirs.user_id)
    await ours.say(room_id, "een")
    await theirs.hears("een")
    strange = await sneaked_in(synapse, theirs)
    await ours.step()
    # It is sent before anybody has looked.
    second = await ours.homeserver.event(room_id, await ours.say(room_id, "twee"))
    async with stage.db.transaction() as session:
        waits = await enqueue(session, Outgoing(room_id, {}, type="nl.helpdesk.federation"), stage.now)
    await looks.once()
    async with stage.db.reading() as session:
        assert (await session.get_one(Peer, theirs.user_id)).trust == Trust.SUSPENDED
        assert (await session.get_one(OutboxRow, waits)).state == "dropped"
    third = await ours.homeserver.event(room_id, await ours.say(room_id, "drie"))
    await ours.crypto.maintain()
    await strange.sync()
    for event in (second, third):
        with pytest.raises(LookupError):
            strange.reads(event)
    await theirs.hears("twee")
    await theirs.hears("drie")


async def test_what_is_said_before_the_first_look_is_read_after_it(
    two: tuple[Bot, Bot, str], looks: PeerKeys, synapse: Synapse
) -> None:
    ours, theirs, room_id = two
    strange = await sneaked_in(synapse, theirs)
    await looks.begin()
    first = await ours.homeserver.event(room_id, await ours.say(room_id, "een"))
    await theirs.step()
    assert theirs.heard == []
    await looks.once()
    await ours.crypto.maintain()
    await theirs.hears("een")
    await strange.sync()
    with pytest.raises(LookupError):
        strange.reads(first)
