"""Reading syncs of which anything may be missing, wrong or enormous. No homeserver lets all of this through."""

import asyncio
import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk_bot.matrix import receive
from helpdesk_bot.matrix.backfill import Beginning
from helpdesk_bot.matrix.batch import Batch, Reader, in_order
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.incoming import Incoming, Rubbish, incoming, moment, wholesome
from helpdesk_bot.matrix.receive import Receiver, SignedOut
from helpdesk_bot.matrix.timeline import Known
from helpdesk_bot.matrix.wire import clean_text
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.models import Member, Room
from tests.matrix.faulty import Answer, cut_off, faulty, hang_up, plain

Json = dict[str, Any]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROOM, NOOR, BOT = "!a:x.org", "@noor:x.org", "@hulp:x.org"


def event(number: int = 1, type_: str = "m.room.message", sender: str = NOOR, **more: Any) -> Json:
    return {
        "event_id": f"$e{number}",
        "sender": sender,
        "type": type_,
        "content": {"msgtype": "m.text", "body": f"bericht {number}"},
        "origin_server_ts": int(NOW.timestamp() * 1000) - 1000 + number,
        **more,
    }


def state(type_: str, content: Json, key: str = "", number: int = 1, **more: Any) -> Json:
    return event(number, type_, content=content, state_key=key, **more)


def sync(*events: Any, room: str = ROOM, **section: Any) -> Json:
    timeline = {"events": list(events), "limited": False, "prev_batch": "p1"}
    return {"next_batch": "s2", "rooms": {"join": {room: {"timeline": timeline, **section}}}}


@pytest.fixture
async def reader(alone: Crypto) -> AsyncIterator[Reader]:
    async with aiohttp.ClientSession() as session:
        yield Reader(Homeserver("http://127.0.0.1:9", "token", session=session), alone, BOT)


async def read(reader: Reader, said: Json, *staff: str) -> Batch:
    known = {ROOM: Known("join", members_known=True)}
    return await reader.read(said, "s1", "s2", known, staff, NOW)


def texts(batch: Batch) -> list[Any]:
    return [raw.content.get("body") for raw in batch.events]


# What is taken for what


async def test_state_is_state_only_with_a_state_key(reader: Reader) -> None:
    names = [
        event(1, "m.room.name", content={"name": "Nep"}),
        event(2, "m.room.encryption", content={}),
        event(3, "m.room.member", content={"membership": "join"}),
        event(4, "m.room.tombstone", content={"replacement_room": "!nep:x.org"}),
        event(5, "m.room.join_rules", content={"join_rule": "public"}),
    ]
    batch = await read(reader, sync(*names), ROOM)
    assert not [told for news in batch.rooms for told in news.state]
    assert batch.events == []


async def test_a_message_with_a_state_key_is_no_message(reader: Reader) -> None:
    assert (await read(reader, sync(event(1, state_key=""), event(2)))).events[0].event_id == "$e2"


@pytest.mark.parametrize("place", ["beside", "inside"])
async def test_what_a_deletion_deletes(reader: Reader, place: str) -> None:
    inside = {"redacts": "$target"} if place == "inside" else {}
    beside = {"redacts": "$target"} if place == "beside" else {}
    batch = await read(reader, sync(event(1, "m.room.redaction", content=inside, **beside)))
    assert batch.events[0].content == {"redacts": "$target"}
    assert batch.redacted == {ROOM: ["$target"]}


async def test_deleted_before_it_was_seen(reader: Reader) -> None:
    gone = event(1, content={}, unsigned={"redacted_because": {}})
    secret = event(2, "m.room.encrypted", content={}, unsigned={"redacted_because": {}})
    assert texts(await read(reader, sync(gone, secret, event(3)))) == ["bericht 3"]
    assert reader.counts["malformed"] == 0


async def test_who_comes_and_goes_counts_in_staff_rooms_only(reader: Reader) -> None:
    comings = [
        state("m.room.member", {"membership": "join"}, NOOR, 1),
        state(
            "m.room.member",
            {"membership": "join"},
            NOOR,
            2,
            unsigned={"prev_content": {"membership": "join"}},
        ),
        state("m.room.member", {"membership": "leave"}, NOOR, 3),
        state("m.room.member", {"membership": "nonsense"}, NOOR, 4),
        state("m.room.join_rules", {"join_rule": "public"}, "", 5),
    ]
    assert (await read(reader, sync(*comings))).events == []
    staff = await read(reader, sync(*comings), ROOM)
    assert [raw.event_id for raw in staff.events] == ["$e1", "$e3", "$e5"]


async def test_our_own_words_are_an_echo_and_no_question(reader: Reader) -> None:
    ours = [
        event(1, sender=BOT, unsigned={"transaction_id": "t1"}),
        event(2, sender=BOT, content={"nl.helpdesk.ref": "t2"}),
        event(
            3, "m.room.redaction", sender=BOT, content={"redacts": "$x"}, unsigned={"transaction_id": "t3"}
        ),
        state("m.room.create", {"nl.helpdesk.ref": "t4"}, sender=BOT),
        event(5, sender=BOT),
    ]
    batch = await read(reader, sync(*ours))
    assert batch.events == []
    assert batch.echoes == {"t1": "$e1", "t2": "$e2", "t3": "$e3"}


async def test_nobody_else_can_send_our_echo(reader: Reader) -> None:
    batch = await read(reader, sync(event(1, content={"body": "x", "nl.helpdesk.ref": "t1"})))
    assert batch.echoes == {}


def test_times_that_make_no_sense() -> None:
    for nonsense in (None, "1", -5, 0, 10**30, 1.5, int(NOW.timestamp() * 1000) + 60_000):
        assert moment(nonsense, NOW) == NOW
    assert moment(int((NOW - timedelta(days=1)).timestamp() * 1000), NOW) == NOW - timedelta(days=1)


def test_in_the_order_of_time_but_never_out_of_the_order_of_the_room() -> None:
    def raw(name: str, seconds: int) -> RawEvent:
        return RawEvent(name, name[0], NOOR, "m.room.message", {}, NOW + timedelta(seconds=seconds))

    first = [raw("a1", 0), raw("a2", 9), raw("a3", 1)]
    second = [raw("b1", 5), raw("b2", 6)]
    assert [e.event_id for e in in_order([first, second])] == ["a1", "b1", "b2", "a2", "a3"]


def test_where_a_room_begins() -> None:
    def at(number: int, key: str, membership: str, before: str | None = None) -> Incoming:
        unsigned = {"prev_content": {"membership": before}} if before else {}
        return incoming(
            state("m.room.member", {"membership": membership}, key, number, unsigned=unsigned), NOW
        )

    said = [incoming(event(number), NOW) for number in range(10)]
    invited, joined, again = at(20, BOT, "invite"), at(21, BOT, "join", "invite"), at(22, BOT, "join", "join")
    away, back = at(23, BOT, "leave", "join"), at(24, BOT, "join", "leave")

    def ids(*timeline: Incoming) -> list[str]:
        return [e.event_id for e in Beginning(BOT, timeline).events]

    assert ids(said[0], invited, said[1], joined, said[2], again, said[3]) == [
        "$e1", "$e21", "$e2", "$e22", "$e3",
    ]  # fmt: skip
    assert ids(said[0], joined, said[1]) == ["$e1"]
    assert ids(invited, said[0], joined, away, said[1], back, said[2]) == ["$e2"]
    assert ids(said[0], said[1]) == ["$e0", "$e1"]
    assert ids(at(1, NOOR, "invite"), said[3]) == ["$e1", "$e3"]


# Rubbish


def test_content_is_made_fit_to_be_stored() -> None:
    dirty = {
        "a\0": "b\0c",
        "d": "\ud83d\ude00 \ud83d",
        "e": [float("nan"), float("inf"), 10**400, 1.5, True, None],
    }
    assert wholesome(dirty) == {
        "a\ufffd": "b\ufffdc",
        "d": "😀 \ufffd",
        "e": [None, None, None, 1.5, True, None],
    }
    assert clean_text("\ufeffé") == "\ufeffé"


def test_content_that_is_nested_beyond_reason() -> None:
    deep: Json = {}
    for _ in range(5_000):
        deep = {"a": [deep]}
    with pytest.raises(Rubbish):
        wholesome(deep)


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
async def empty(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'helpdesk.db'}"
    await upgrade(url)
    db = Database(url)
    yield db
    await db.close()


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url)
    db = Database(database_url)
    async with db.transaction() as session:
        session.add(Room(room_id=ROOM, membership="join", members_known=True))
        session.add(Member(room_id=ROOM, user_id=NOOR, membership="join"))
    yield db
    await db.close()


# A homeserver on a bad day


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
