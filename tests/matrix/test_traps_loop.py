"""Traps of matrix-nio that stop its loop, make it spin, or let it hang."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import vodozemac

from helpdesk_bot.matrix.crypto import Crypto, Malformed
from helpdesk_bot.matrix.http import Json, MatrixError
from tests.matrix.device import OLM, Device
from tests.matrix.faulty import Answer, cut_off, faulty, hang_up, plain
from tests.matrix.stock import stock, sync, takes
from tests.matrix.traps import NOOR, ROOM, known_to


def one_to_one(curve25519: str, body: str, kind: int = 0) -> Json:
    content = {
        "algorithm": OLM,
        "sender_key": Device(NOOR, "PHONE").curve25519,
        "ciphertext": {curve25519: {"type": kind, "body": body}},
    }
    return {"type": "m.room.encrypted", "sender": NOOR, "content": content}


def no_message(curve25519: str) -> Json:
    return one_to_one(curve25519, "AAAA")


def no_base64(curve25519: str) -> Json:
    return one_to_one(curve25519, "A", kind=1)


def lost_one_time_key(curve25519: str) -> Json:
    """Well-formed, but begun with a one-time key that is not there (any more)."""
    noor, somebody = Device(NOOR, "PHONE"), vodozemac.Account()
    somebody.generate_one_time_keys(1)
    (key,) = somebody.one_time_keys.values()
    session = noor.start_session(curve25519, key.to_base64())
    content = noor.sealed(session, curve25519, {"type": "m.dummy"})
    return {"type": "m.room.encrypted", "sender": NOOR, "content": content}


@pytest.mark.parametrize("message", [no_message, no_base64, lost_one_time_key])
async def test_a_strangers_to_device_message_stops_the_loop(
    message: Callable[[str], Json], alone: Crypto, tmp_path: Path
) -> None:
    async with stock(tmp_path / "stock") as client:
        assert client.olm
        event = message(client.olm.account.identity_keys["curve25519"])
        with pytest.raises(ValueError, match=r"base64|version|one-time"):
            await takes(client, sync([event]))
    device = Device(NOOR, "PHONE")
    good = await known_to(alone, device)
    arrived = await alone.receive(sync([message(alone._engine.curve25519), good]))
    assert arrived == {device.megolm.session_id}  # the one behind it was not lost
    assert sum(alone.skipped.values()) == 1


async def test_an_encrypted_message_without_a_key_name_stops_the_loop(alone: Crypto, tmp_path: Path) -> None:
    event = Device(NOOR, "PHONE").said({}, "$1")
    event["content"]["session_id"] = ""
    async with stock(tmp_path / "stock") as client:
        with pytest.raises(AssertionError):
            await takes(client, sync(timeline={ROOM: [event]}))
    with pytest.raises(Malformed):
        alone.decrypt(ROOM, event)


# HTTP


@pytest.mark.parametrize(
    "answer", [plain(500), plain(401, '{"errcode": "M_UNKNOWN_TOKEN"}'), plain(200, "{}")]
)
async def test_a_bad_answer_to_sync_makes_a_hot_loop(answer: Answer, tmp_path: Path) -> None:
    async with faulty(answer) as (server, homeserver), stock(tmp_path / "stock", server.url) as client:
        with pytest.raises(MatrixError):
            await homeserver.sync("s1")
        assert len(server.asked) == 1
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await client.sync_forever(timeout=30_000)
        assert len(server.asked) > 10  # one was asked for, with half a minute to answer


async def test_a_cut_off_answer_escapes(tmp_path: Path) -> None:
    async with faulty(cut_off) as (server, homeserver), stock(tmp_path / "stock", server.url) as client:
        with pytest.raises(Exception, match="payload") as caught:
            await client.sync_forever(timeout=30_000)
        assert not isinstance(caught.value, MatrixError)
        with pytest.raises(MatrixError):
            await homeserver.sync("s1")


@pytest.mark.parametrize(
    "answer", [plain(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10}'), hang_up]
)
async def test_a_send_that_never_comes_back(answer: Answer, tmp_path: Path) -> None:
    async with faulty(answer) as (server, homeserver), stock(tmp_path / "stock", server.url) as client:
        client.olm = None
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await client.room_send(ROOM, "m.room.message", {"body": "x"})
        server.asked.clear()
        async with asyncio.timeout(1):
            with pytest.raises(MatrixError) as caught:
                await homeserver.send_event(ROOM, "m.room.message", "t1", {"body": "x"})
        assert caught.value.temporary
