"""A stage for conversations: the real chat code on a real database, with a sender that only writes down what it sends.

A test reads as a transcript: somebody says something somewhere, and what the bot sent because of it is returned.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import ConnectionPoolEntry

from helpdesk_bot.actions.context import Setting
from helpdesk_bot.chat.dispatch import Worker
from helpdesk_bot.chat.router import explain, handle
from helpdesk_bot.config import Config, Target, Targets
from helpdesk_bot.domain.layout import Layout, Stadsdeel
from helpdesk_bot.matrix.incoming import wholesome
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.schedule.due import run_due
from helpdesk_bot.storage import delivery, inbox, outbox
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.inbox import RawEvent
from helpdesk_bot.storage.models import (
    Base,
    Dialog,
    InboxEvent,
    Member,
    OutboxRow,
    Person,
    Room,
    Run,
    Secret,
    Ticket,
)
from helpdesk_bot.texts.render import Texts

BOT = "@hulp:test"
_NOTHING = Shelf()
TEXTS = Texts.load()
LAYOUT = Layout(
    stadsdelen=(
        Stadsdeel("noord", "Noord", ("Amsterdam-Noord",), "!help-noord:test", "!team-noord:test"),
        Stadsdeel("west", "West", ("De Baarsjes",), "!help-west:test", "!team-west:test"),
        Stadsdeel("nieuw-west", "Nieuw-West", ("Osdorp",), "!help-nw:test", "!team-nw:test"),
    ),
    overflow="!team-stad:test",
    coordination="!coordinatie:test",
    trainers="!trainers:test",
    space="!space:test",
)
CONFIG = Config.model_validate(
    {
        "helpdesk": {"name": "Helpdesk"},
        "homeserver": {"url": "http://127.0.0.1:1", "user_id": BOT},
        "stadsdelen": [
            {
                "id": s.id,
                "name": s.name,
                "aliases": list(s.aliases),
                "help_room": s.help_room,
                "team_room": s.team_room,
            }
            for s in LAYOUT.stadsdelen
        ],
        "rooms": {
            "space": LAYOUT.space,
            "overflow": LAYOUT.overflow,
            "coordination": LAYOUT.coordination,
            "trainers": LAYOUT.trainers,
        },
        "invites": {"servers": ["test"]},
    }
)


def unhurried(config: Config) -> Config:
    """Nothing is promised within months: for what is about other moments."""
    length = timedelta(hours=900)
    target = Target(claim=length, answer=length, solve=length)
    return config.model_copy(
        update={"targets": Targets(urgent=target, high=target, normal=target, low=target)}
    )


def in_a_hurry(db: Database) -> Database:
    """A SQLite database that does not wait for the disk, nor for anybody else: no conversation pulls the plug."""

    def hurry(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.driver_connection.waits_aside = False
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    event.listen(db.engine.sync_engine, "connect", hurry)
    return db


def room_row(
    room_id: str,
    *,
    join_rule: str | None = "invite",
    encrypted: bool = False,
    size: int = 9,
    name: str | None = None,
) -> Room:
    return Room(
        room_id=room_id,
        name=name,
        membership="join",
        encrypted=encrypted,
        join_rule=join_rule,
        members_known=True,
        member_count=size,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that left the bot."""

    event_id: str
    room: str
    kind: str
    type: str
    content: dict[str, Any]
    refs: dict[str, str | None]

    @property
    def body(self) -> str:
        return str(self.content.get("body") or self.content.get("key") or "")

    @property
    def edits(self) -> str | None:
        return self.refs.get("edits")


@dataclass
class Stage:
    """One helpdesk with its rooms. `now` stands still until the test moves it."""

    db: Database
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    sent: list[Said] = field(default_factory=list)
    offline: bool = False  # the homeserver takes nothing for the moment
    heard: int = 0  # events so far
    last: str = ""  # the id of the last event that somebody sent

    def __post_init__(self) -> None:
        self.configure(CONFIG)
        self._began = (self.now, self.setting)

    def is_as_it_began(self) -> bool:
        """At the same moment, with the same setting; what is in the database aside."""
        return (self.now, self.setting) == self._began and not self.offline

    def configure(self, config: Config, shelf: Shelf = _NOTHING) -> None:
        """As if the helpdesk had been started with this configuration, and these playbooks."""
        self.setting = Setting(config, LAYOUT, TEXTS, shelf)
        self.worker = Worker(self.db, self.setting, lambda: self.now, handle, explain, lambda: None)

    @classmethod
    async def open(cls, url: str) -> "Stage":
        """With a database that may be empty."""
        db = Database(url)
        async with db.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        stage = cls(db)
        rooms = [room_row(room, encrypted=True) for room in LAYOUT.staff_rooms]
        rooms += [room_row(s.help_room, join_rule="public") for s in LAYOUT.stadsdelen if s.help_room]
        async with db.transaction() as session:
            for one in (*rooms, Secret(name="keys", value="5ec2e7")):
                await session.merge(one)
        return stage

    async def room(self, room_id: str, **facts: Any) -> str:
        """Makes a room, or changes what is known of it; `facts` as for `room_row`."""
        async with self.db.transaction() as session:
            await session.merge(room_row(room_id, **facts))
        return room_id

    async def join(self, room_id: str, *people: str, membership: str = "join") -> None:
        async with self.db.transaction() as session:
            for user in people:
                name = user[1:].partition(":")[0].capitalize()
                await session.merge(Member(room_id=room_id, user_id=user, membership=membership, name=name))

    async def direct(self, user: str) -> str:
        """A direct chat of this person with the bot."""
        room = f"!dm-{user[1:].partition(':')[0]}:test"
        await self.room(room, size=2)
        await self.join(room, user, BOT)
        return room

    async def says(self, user: str, room: str, body: str, **content: Any) -> list[Said]:
        """Somebody writes; returns what the bot sent because of it."""
        return (
            await self.event(user, room, "m.room.message", {"msgtype": "m.text", "body": body, **content})
        )[1]

    async def sends(self, user: str, room: str, **content: Any) -> list[Said]:
        """Somebody sends a file, with whatever content a client gives it."""
        whole = {"msgtype": "m.image", "body": "foto.jpg", "url": "mxc://test/foto", **content}
        return (await self.event(user, room, "m.room.message", whole))[1]

    async def replies(
        self, user: str, room: str, to: str, body: str, thread: str | None = None
    ) -> list[Said]:
        relates: dict[str, Any] = {"m.in_reply_to": {"event_id": to}}
        if thread:
            relates |= {"rel_type": "m.thread", "event_id": thread, "is_falling_back": False}
        return await self.says(user, room, body, **{"m.relates_to": relates})

    async def in_thread(self, user: str, room: str, root: str, body: str) -> list[Said]:
        relates = {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": root},
        }
        return await self.says(user, room, body, **{"m.relates_to": relates})

    async def reacts(self, user: str, room: str, about: str, key: str) -> list[Said]:
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": about, "key": key}}
        return (await self.event(user, room, "m.reaction", content))[1]

    async def edits(self, user: str, room: str, event_id: str, body: str) -> list[Said]:
        inner = {"msgtype": "m.text", "body": body}
        content = {
            "msgtype": "m.text",
            "body": f"* {body}",
            "m.new_content": inner,
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        return (await self.event(user, room, "m.room.message", content))[1]

    async def deletes(self, user: str, room: str, event_id: str) -> list[Said]:
        return (await self.event(user, room, "m.room.redaction", {"redacts": event_id}))[1]

    async def event(
        self,
        user: str,
        room: str,
        type_: str,
        content: dict[str, Any],
        *,
        state_key: str | None = None,
        event_id: str | None = None,
    ) -> tuple[str, list[Said]]:
        """Any event; returns its id and what the bot sent because of it."""
        if event_id is None:
            self.heard += 1
            event_id = f"$in{self.heard}"
        self.last = event_id
        # As `matrix` hands it over: nothing in it is unfit to be stored.
        raw = RawEvent(event_id, room, user, type_, wholesome(content), self.now, state_key=state_key)
        async with self.db.transaction() as session:
            await inbox.accept(session, [raw], self.now)
        return event_id, await self.settle()

    async def passes(self, time: timedelta) -> list[Said]:
        """Time goes by; returns what the bot sent when it was due."""
        self.now += time
        await run_due(self.db, self.setting, lambda: self.now)
        return await self.settle()

    async def settle(self) -> list[Said]:
        """Lets the bot work until it has nothing left, and sends as the real sender does: in order, room by room."""
        while await self.worker.step():
            pass
        before = len(self.sent)
        if self.offline:
            return []
        async with self.db.transaction() as session:
            while rows := await delivery.heads(session, self.now, [], 100):
                for row in rows:
                    await self._send(session, row)
                await session.flush()
        return self.sent[before:]

    async def _send(self, session: AsyncSession, row: OutboxRow) -> None:
        refs = await delivery.resolve(session, row.refs)
        event_id = f"$out{row.id}"
        self.sent.append(Said(event_id, row.room_id, row.kind, row.type, dict(row.content), refs))
        if row.kind == "direct":
            await self._make_direct_chat(session, row)
        else:
            await delivery.mark_sent(session, row.txn_id, event_id, self.now)

    async def _make_direct_chat(self, session: AsyncSession, row: OutboxRow) -> None:
        """As the real sender does: the placeholder becomes a room, in one transaction."""
        place = row.room_id
        user = place.removeprefix("direct:")
        room = f"!new-dm-{user[1:].partition(':')[0]}:test"
        session.add(
            Room(room_id=room, membership="join", encrypted=True, members_known=False, member_count=2)
        )
        session.add(Member(room_id=room, user_id=user, membership="invite"))
        await session.flush()
        await delivery.settle(session, row.id, self.now)
        await outbox.move_room(session, place, room)
        await session.execute(update(Ticket).where(Ticket.room_id == place).values(room_id=room))
        await session.execute(update(Run).where(Run.room_id == place).values(room_id=room))
        await session.execute(update(Dialog).where(Dialog.room_id == place).values(room_id=room))
        await session.execute(update(Person).where(Person.user_id == user).values(direct_room=room))

    async def ticket(self, number: int = 1) -> Ticket:
        async with self.db.reading() as session:
            return await session.get_one(Ticket, number)

    async def card(self, number: int = 1) -> str:
        """The event id of a ticket's card."""
        return f"$out{(await self.ticket(number)).card}"

    async def failed(self) -> list[InboxEvent]:
        async with self.db.reading() as session:
            return list((await session.scalars(select(InboxEvent).where(InboxEvent.state == "failed"))).all())


def to(room: str, said: list[Said]) -> list[str]:
    """The words that went to one room: messages and marks, but no edits of cards."""
    return [s.body for s in said if s.room == room and not s.edits and s.kind == "send"]


def edits_in(room: str, said: list[Said]) -> list[str]:
    """The corrections in one room, cards included."""
    return [s.body for s in said if s.room == room and s.edits]


def redacted(said: list[Said]) -> list[str | None]:
    """What was taken away."""
    return [s.refs.get("about") for s in said if s.kind == "redact"]
