"""Reading syncs of which anything may be missing, wrong or enormous. No homeserver lets all of this through."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.matrix.backfill import Beginning
from helpdesk_bot.matrix.batch import Batch, Reader, in_order
from helpdesk_bot.matrix.incoming import Incoming, Rubbish, incoming, moment, wholesome
from helpdesk_bot.matrix.wire import clean_text
from helpdesk_bot.storage.inbox import RawEvent
from tests.matrix.syncs import BOT, NOOR, NOW, ROOM, Json, event, read, state, sync


def texts(batch: Batch) -> list[Any]:
    return [raw.content.get("body") for raw in batch.events]


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


async def test_who_comes_and_goes_counts_in_watched_rooms_only(reader: Reader) -> None:
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
