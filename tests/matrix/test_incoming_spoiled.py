"""Syncs with junk in any place: it costs nobody else anything, and what is taken in can be stored."""

import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk_bot.matrix import receive
from helpdesk_bot.matrix.batch import Reader
from helpdesk_bot.matrix.http import MatrixError
from helpdesk_bot.matrix.timeline import Known
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Member, Room
from tests.matrix.syncs import BOT, NOOR, NOW, ROOM, event, read, state, sync

WORDS = ["", "m.room.message", "m.room.encrypted", "m.room.member", "m.room.redaction", "m.reaction", "join", ROOM,
         NOOR, BOT, "é", "\ud83d", "\0", "x" * 300]  # fmt: skip


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


TEMPLATES = [
    event(1),
    event(
        2,
        "m.room.encrypted",
        content={"algorithm": "m.megolm.v1.aes-sha2", "session_id": "S", "ciphertext": "A"},
    ),
    event(3, "m.room.redaction", content={"redacts": "$x"}),
    event(
        4, "m.reaction", content={"m.relates_to": {"rel_type": "m.annotation", "event_id": "$x", "key": "👍"}}
    ),
    state("m.room.member", {"membership": "join", "displayname": "Noor"}, NOOR, 5),
    state("m.room.name", {"name": "Bewoners"}, "", 6),
    event(7, sender=BOT, unsigned={"transaction_id": "t"}),
]


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*here, key))


@st.composite
def spoiled(draw: st.DrawFn, template: Any) -> Any:
    """A good thing with a place or two replaced by junk."""
    value = copy.deepcopy(template)
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(value))))
        if not path:
            return draw(junk)
        outer = value
        for key in path[:-1]:
            outer = outer[key]
        outer[path[-1]] = draw(junk)
    return value


fuzz = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(data=st.data())
async def test_a_spoiled_event_costs_nobody_else_anything(reader: Reader, data: st.DataObject) -> None:
    bad = [data.draw(spoiled(data.draw(st.sampled_from(TEMPLATES)))) for _ in range(2)]
    good = [event(100), event(101)]
    batch = await read(reader, sync(good[0], *bad, good[1]), ROOM)
    ids = [raw.event_id for raw in batch.events]
    assert "$e100" in ids
    assert "$e101" in ids
    assert reader.counts["unreadable"] == 0, "every kind of rubbish is known as such"


WHOLE = {
    "next_batch": "s2",
    "rooms": {
        "join": {
            "!b:x.org": {
                "timeline": {"events": [event(1)], "limited": False, "prev_batch": "p"},
                "state": {"events": [state("m.room.name", {"name": "x"})]},
                "summary": {"m.joined_member_count": 2, "m.invited_member_count": 0},
            }
        },
        "invite": {
            "!c:x.org": {"invite_state": {"events": [state("m.room.member", {"membership": "invite"}, BOT)]}}
        },
        "leave": {
            "!d:x.org": {"timeline": {"events": [state("m.room.member", {"membership": "leave"}, BOT)]}}
        },
    },
}


@fuzz
@given(said=spoiled(WHOLE))
async def test_a_spoiled_sync_is_survived(reader: Reader, said: Any) -> None:
    if not isinstance(said, dict):
        return  # the way to the homeserver takes nothing else
    known = {room: Known("join", members_known=True) for room in ("!b:x.org", "!d:x.org")}
    with suppress(MatrixError):  # where it had to ask for what a gap left out
        await reader.read(said, "s1", "s2", known, (), NOW)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bad=st.lists(st.sampled_from(TEMPLATES).flatmap(spoiled), max_size=4))
async def test_whatever_is_taken_in_can_be_stored(reader: Reader, stored: Database, bad: list[Any]) -> None:
    batch = await read(reader, sync(*bad, event(100)), ROOM)
    async with stored.transaction() as session:
        await receive._save(session, reader, batch, "s2", NOW)
        await session.flush()
        await session.rollback()


@pytest.fixture
async def stored(current_url: str) -> AsyncIterator[Database]:
    db = Database(current_url)
    async with db.transaction() as session:
        session.add(Room(room_id=ROOM, membership="join", members_known=True))
        session.add(Member(room_id=ROOM, user_id=NOOR, membership="join"))
    yield db
    await db.close()
