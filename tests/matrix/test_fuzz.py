"""Thousands of malformed messages: none escapes, and none costs what is behind it."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk_bot.matrix import wire
from helpdesk_bot.matrix.crypto import Crypto, Malformed, Undecryptable
from tests.matrix.device import MEGOLM, OLM, Device

Json = dict[str, Any]
ROOM = "!a:x.org"
NOOR = "@noor:x.org"
WORDS = [
    "",
    "m.room_key",
    "m.dummy",
    "m.room.encrypted",
    "m.forwarded_room_key",
    MEGOLM,
    OLM,
    ROOM,
    NOOR,
    "AAAA",
    "é",
    "\ud83d",
    "\0",
]

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
fuzz = settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path into a value, the whole of it included."""
    yield here
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*here, key))


@st.composite
def spoiled(draw: st.DrawFn, templates: list[Any]) -> Any:
    """A good thing with one to three places replaced by junk, or left out."""
    value = copy.deepcopy(draw(st.sampled_from(templates)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(value))))
        if not path:
            return draw(junk)
        outer = value
        for key in path[:-1]:
            outer = outer[key]
        if draw(st.booleans()) and isinstance(outer, dict):
            del outer[path[-1]]
        else:
            outer[path[-1]] = draw(junk)
    return value


class Stranger(Device):
    """A device that the bot has a session with, so that what is spoiled inside gets through."""

    def __init__(self, crypto: Crypto) -> None:
        super().__init__(NOOR, "PHONE")
        self.engine = crypto._engine
        self.engine.account.generate_one_time_keys(1)
        (key,) = self.engine.unpublished_one_time_keys().values()
        self.engine.save_account()
        self.start_session(self.engine.curve25519, key["key"])

    def seal(self, payload: Any) -> Json:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        content = self.sealed(self.sessions[0], self.engine.curve25519, text)
        return {"type": "m.room.encrypted", "sender": NOOR, "content": content}

    def inner(self, type_: str, content: Json) -> Json:
        return self.payload("@hulp:x.org", self.engine.ed25519, type_, content)


def runs(step: Any) -> Any:
    """The result of a coroutine that never waits."""
    try:
        step.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


def receives(crypto: Crypto, sync: Any) -> Any:
    crypto._start_upkeep = lambda: None  # type: ignore[method-assign]  # nobody answers here
    return runs(crypto.receive(wire.storable(sync)))


async def test_to_device_messages(alone: Crypto) -> None:
    stranger = Stranger(alone)
    verification = {"from_device": "PHONE", "transaction_id": "t", "methods": ["m.sas.v1"], "timestamp": 1}
    request = {
        "action": "request",
        "request_id": "1",
        "requesting_device_id": "PHONE",
        "body": {"room_id": ROOM, "session_id": "S"},
    }
    sent = stranger.seal(stranger.inner("m.dummy", {}))
    templates = [
        sent,
        {"type": "m.key.verification.request", "sender": NOOR, "content": verification},
        {"type": "m.key.verification.start", "sender": NOOR, "content": verification},
        {"type": "m.room_key_request", "sender": NOOR, "content": request},
    ]

    @fuzz
    @given(spoiled(templates))
    def check(event: Any) -> None:
        assert receives(alone, {"to_device": {"events": [event]}}) == set()
        alone._to_device.refusals.clear()

    check()
    _still_works(alone, stranger)


async def test_what_is_inside_one_to_one_messages(alone: Crypto) -> None:
    stranger = Stranger(alone)
    key = stranger.room_key(ROOM)
    forwarded = key | {"sender_key": stranger.curve25519, "sender_claimed_ed25519_key": stranger.ed25519}
    templates = [
        stranger.inner("m.room_key", key),
        stranger.inner("m.forwarded_room_key", forwarded),
        stranger.inner("m.dummy", {}),
        stranger.inner("m.key.verification.request", {"from_device": "PHONE", "transaction_id": "t"}),
    ]

    @fuzz
    @given(spoiled(templates))
    def check(payload: Any) -> None:
        arrived = receives(alone, {"to_device": {"events": [stranger.seal(payload)]}})
        assert arrived <= {stranger.megolm.session_id}
        alone._to_device.refusals.clear()

    check()
    _still_works(alone, stranger)


async def test_messages_in_rooms(alone: Crypto) -> None:
    stranger = Stranger(alone)
    receives(
        alone,
        {"to_device": {"events": [stranger.seal(stranger.inner("m.room_key", stranger.room_key(ROOM)))]}},
    )
    inner = {"type": "m.room.message", "content": {"msgtype": "m.text", "body": "hoi"}, "room_id": ROOM}
    outer = stranger.said(inner, "$0")

    @fuzz
    @given(spoiled([outer]))
    def outside(event: Any) -> None:
        if isinstance(event, dict):
            _reads(alone, event)

    @fuzz
    @given(spoiled([inner]) | st.binary(max_size=20), st.integers(1, 10**9))
    def inside(payload: Any, number: int) -> None:
        _reads(alone, stranger.said(payload, f"${number}"))

    outside()
    inside()
    _still_works(alone, stranger)


def _reads(crypto: Crypto, event: Json) -> None:
    try:
        decrypted = crypto.decrypt(ROOM, wire.storable(event))
    except (Malformed, Undecryptable):
        return
    assert isinstance(decrypted.type, str)
    assert isinstance(decrypted.content, dict)
    json.dumps(decrypted.content, allow_nan=False, ensure_ascii=False).encode()


async def test_everything_else_in_a_sync(alone: Crypto) -> None:
    stranger = Stranger(alone)
    template = {
        "next_batch": "s1",
        "to_device": {"events": [stranger.seal(stranger.inner("m.dummy", {}))]},
        "device_lists": {"changed": [NOOR], "left": ["@wim:x.org"]},
        "device_one_time_keys_count": {"signed_curve25519": 50},
        "device_unused_fallback_key_types": ["signed_curve25519"],
    }

    @fuzz
    @given(spoiled([template]))
    def check(sync: Any) -> None:
        if isinstance(sync, dict):
            receives(alone, sync)

    check()
    _still_works(alone, stranger)


def _still_works(crypto: Crypto, stranger: Stranger) -> None:
    stranger.megolm = type(stranger.megolm)()
    event = stranger.seal(stranger.inner("m.room_key", stranger.room_key(ROOM)))
    assert receives(crypto, {"to_device": {"events": [event]}}) == {stranger.megolm.session_id}
    said = {"type": "m.room.message", "content": {"body": "hoi"}, "room_id": ROOM}
    assert crypto.decrypt(ROOM, stranger.said(said, "$last")).content == {"body": "hoi"}
    with pytest.raises(Malformed):
        crypto.decrypt(ROOM, stranger.said(said | {"state_key": ""}, "$spoof"))
