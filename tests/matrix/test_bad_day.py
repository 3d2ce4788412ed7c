"""Listening to a homeserver on a bad day."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from helpdesk_bot.matrix import receive
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.receive import Receiver, SignedOut
from helpdesk_bot.storage.engine import Database
from tests.matrix.faulty import Answer, cut_off, faulty, hang_up, plain
from tests.matrix.syncs import BOT, NOW


@pytest.fixture
async def empty(sqlite_url: str) -> AsyncIterator[Database]:
    db = Database(sqlite_url)
    yield db
    await db.close()


@pytest.mark.parametrize(
    "answer",
    [
        plain(500, b'{"errcode": "M_UNKNOWN"}'),
        plain(502, b"<html>Bad Gateway</html>"),
        plain(200, b""),
        plain(200, b"{}"),
        plain(200, b"[]"),
        plain(200, b'{"next_batch": 7}'),
        plain(401, b'{"errcode": "M_USER_LOCKED"}'),
        plain(404, b""),
        plain(429, b'{"errcode": "M_LIMIT_EXCEEDED"}'),
        cut_off,
        hang_up,
    ],
    ids=["500", "502", "empty", "{}", "[]", "odd position", "locked", "404", "429", "cut off", "hung up"],
)
async def test_it_backs_off_from_every_error(alone: Crypto, empty: Database, answer: Answer) -> None:
    async with faulty(answer) as (server, homeserver):
        receiver = make_receiver(empty, homeserver, alone)
        running = asyncio.create_task(receiver.run())
        await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert 1 <= len(server.asked) <= 4
        assert receiver.last_sync is None
        assert not receiver.caught_up.is_set()


async def test_it_waits_as_long_as_it_is_asked_to() -> None:
    assert receive._pause(1, 90.0) >= 90
    assert receive._pause(1, None) < 2
    assert 40 < receive._pause(50, None) < 80
    assert receive._pause(1, 1e9) <= 600


async def test_signed_out_is_the_end(alone: Crypto, empty: Database) -> None:
    async with faulty(plain(401, b'{"errcode": "M_UNKNOWN_TOKEN", "error": "x"}')) as (server, homeserver):
        with pytest.raises(SignedOut):
            await asyncio.wait_for(make_receiver(empty, homeserver, alone).run(), 5)
        assert len(server.asked) == 1


def make_receiver(db: Database, homeserver: Homeserver, crypto: Crypto) -> Receiver:
    return Receiver(
        db,
        homeserver,
        crypto,
        user_id=BOT,
        staff_rooms=frozenset,
        clock=lambda: NOW,
        on_work=lambda: None,
    )
