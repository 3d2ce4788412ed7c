"""Traps by which what was said is lost: between nio's loop and its callbacks, in gaps, and at the homeserver."""

from typing import Any

import nio
import pytest

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.chat.dispatch import Worker
from helpdesk_bot.chat.router import explain
from helpdesk_bot.storage import outbox
from helpdesk_bot.storage.models import InboxEvent, OutboxRow
from helpdesk_bot.storage.outbox import Outgoing, row_ref
from tests.conftest import NewPerson
from tests.conversation.stage import CONFIG, LAYOUT, TEXTS
from tests.matrix.both import with_both
from tests.matrix.station import Station
from tests.matrix.stock import enters, hears_all

WORDS = {"msgtype": "m.text", "body": "x"}


class Clumsy:
    """Fails at the first thing it hears, as code does."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.failed = False

    def hears(self, text: str) -> None:
        if not self.failed:
            self.failed = True
            raise RuntimeError(text)
        self.heard.append(text)


async def test_an_error_in_a_callback_loses_the_message(
    stock_bot: nio.AsyncClient, station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await with_both(noor, stock_bot, station)
    await hears_all(stock_bot)
    for text in ("een", "twee"):
        await noor.send(room, text)
    stocks, ours = Clumsy(), Clumsy()
    stock_bot.add_event_callback(lambda _, event: stocks.hears(event.body), nio.RoomMessageText)
    with pytest.raises(RuntimeError, match="een"):
        await hears_all(stock_bot)
    await noor.send(room, "drie")
    await hears_all(stock_bot)
    assert stocks.heard == ["drie"]  # nor the one that came with it

    async def handle(_: Act, event: InboxEvent) -> None:
        if event.type == "m.room.message" and event.content:
            ours.hears(event.content["body"])

    await station.hears(room, "drie")
    setting = Setting(CONFIG, LAYOUT, TEXTS)
    worker = Worker(station.db, setting, station.clock, handle, explain, station.sender.wake)
    while await worker.step():
        pass
    assert worker.counts["retried"] == 1
    assert ours.heard == ["een", "twee", "drie"]


async def test_what_a_limited_timeline_leaves_out_is_never_asked_for(
    stock_bot: nio.AsyncClient, station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await with_both(noor, stock_bot, station)
    await hears_all(stock_bot)
    heard: list[str] = []
    stock_bot.add_event_callback(lambda _, event: heard.append(event.body), nio.RoomMessageText)
    said = [f"bericht {number}" for number in range(120)]
    for text in said:
        await noor.send(room, text)
    await stock_bot.sync(sync_filter={"room": {"timeline": {"limit": 100}}})  # as ours asks
    await hears_all(stock_bot)
    assert heard == said[20:]
    for _ in range(2):
        await station.receiver.once()
    assert await station.texts(room) == said


# The homeserver remembers what it was sent by (room, device, transaction id), whatever it was.


async def test_one_transaction_id_for_two_things_swallows_the_second(
    stock_bot: nio.AsyncClient, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[stock_bot.user_id])
    await enters(stock_bot, room)
    await hears_all(stock_bot)
    question = await noor.send(room, "Vraag")
    mark = {"m.relates_to": {"rel_type": "m.annotation", "event_id": question, "key": "👍"}}
    answers = [
        await stock_bot.room_send(room, "m.room.message", WORDS, tx_id="t1"),
        await stock_bot.room_send(room, "m.reaction", mark, tx_id="t1"),
        await stock_bot.room_redact(room, question, tx_id="t1"),
        await stock_bot.room_send(room, "m.room.message", WORDS | {"body": "klaar"}, tx_id="t2"),
    ]
    first, second, third, last = (getattr(answer, "event_id", None) for answer in answers)
    assert first == second == third != last  # each is said to have worked
    await noor.wait_for(room, "klaar")
    assert [message.body for message in noor.read(room)] == ["Vraag", "x", "klaar"]
    assert noor.reactions(room, question) == []


async def test_two_things_of_ours_never_share_a_transaction_id(
    station: Station, new_person: NewPerson
) -> None:
    noor = await new_person("noor", encrypts=False)
    room = await noor.create_room(invite=[station.user_id])
    await station.enters(room)
    question = await noor.send(room, "Vraag")
    async with station.db.transaction() as session:
        outbox.caused_by(session, question)
        said = await outbox.enqueue(session, Outgoing(room, WORDS), station.clock())
        others = (
            Outgoing(room, {"key": "👍"}, type="m.reaction", about=question),
            Outgoing(room, WORDS),
            Outgoing(room, {}, type="m.room.redaction", kind="redact", about=row_ref(said)),
        )
        rows = [said, *[await outbox.enqueue(session, out, station.clock()) for out in others]]
    async with station.running():
        await station.drained()
    sent = [await station.row(row_id) for row_id in rows]
    assert [row.state for row in sent] == ["sent"] * 4
    assert len({row.event_id for row in sent}) == len({row.txn_id for row in sent}) == 4
    types = [(await station.homeserver.event(room, str(row.event_id)))["type"] for row in sent]
    assert types == ["m.room.message", "m.reaction", "m.room.message", "m.room.redaction"]


async def test_nor_with_what_was_sent_before_a_restore(station: Station) -> None:
    """What is worked on again starts from nothing, with a homeserver that remembers."""

    async def id_of(**more: Any) -> str:
        async with station.db.reading() as session:  # and so forgotten
            outbox.caused_by(session, "$1")
            row = await session.get(
                OutboxRow, await outbox.enqueue(session, Outgoing("!a:x.org", {}, **more), station.clock())
            )
            assert row is not None
            return row.txn_id

    kinds = [
        {},
        {"type": "m.reaction"},
        {"type": "m.room.redaction"},
        {"type": "m.room.redaction", "kind": "redact"},
        {"type": "m.room.member", "kind": "join"},
        {"type": "m.room.member", "kind": "leave"},
    ]
    ids = [await id_of(**more) for more in kinds]
    assert len(set(ids)) == len(kinds)
    assert [await id_of(**more) for more in kinds] == ids
