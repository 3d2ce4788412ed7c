"""What every action is given: the open transaction, the moment, the shape of the helpdesk, and a voice.

Actions write rows. They never commit (the caller opened the transaction) and never send (the outbox does).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.config import Config
from helpdesk_bot.domain.layout import Layout
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage import files, outbox, queries
from helpdesk_bot.storage.models import Person, Technician, Ticket, TicketEvent
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from helpdesk_bot.texts.render import Rendered, Somebody, Texts
from helpdesk_bot.texts.topics import Topics, topics_of

# What a requester notices only when they do it themselves: it does not change what they speak about.
UNNOTICED = frozenset(
    {
        "note",
        "priority",
        "subject",
        "stadsdeel",
        "organisation",
        "topic",
        "routed",
        "offered",
        "declined",
        "widened",
        "time",
        "time_taken_back",
        "time_given",
        "voucher_allowed",
        "late",
        "drafted",
    }
)
LONGEST_MARK = 200  # characters; homeservers refuse reactions of more than 500


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same while the helpdesk runs. `layout` has every room by its id, which `config` need not have."""

    config: Config
    layout: Layout
    texts: Texts
    shelf: Shelf = field(default_factory=Shelf)
    topics: Topics = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "topics", topics_of(self.config.topics, self.texts))

    @property
    def bot(self) -> str:
        return self.config.homeserver.user_id

    @property
    def name(self) -> str:
        return self.config.helpdesk.name


@dataclass(slots=True)
class Act:
    """One piece of work inside one transaction. `now` is aware, in UTC."""

    session: AsyncSession
    now: datetime
    setting: Setting

    @property
    def layout(self) -> Layout:
        return self.setting.layout

    @property
    def config(self) -> Config:
        return self.setting.config

    @property
    def texts(self) -> Texts:
        return self.setting.texts

    @property
    def topics(self) -> Topics:
        return self.setting.topics

    @property
    def shelf(self) -> Shelf:
        return self.setting.shelf

    def words(self, language: str | None, key: str, /, **params: Any) -> Rendered:
        """A text in a language; in the helpdesk's first language when none is known."""
        return self.texts.say(language or self.texts.default, key, now=self.now, **params)

    async def post(
        self,
        room_id: str,
        text: Rendered,
        *,
        thread: str | None = None,
        reply: str | None = None,
        edits: str | None = None,
        notify: bool = False,
        priority: Urgency = Urgency.PERSON,
        ticket: Ticket | None = None,
        coalesce: str | None = None,
        run: str | None = None,
    ) -> int:
        """Queues a message. `notify`: it should make a phone buzz (m.text); other words of the bot are m.notice. `run`: see
        `Outgoing`."""
        content = message_content(text, notify=notify)
        return await outbox.enqueue(
            self.session,
            Outgoing(
                room_id,
                content,
                thread=thread,
                reply=reply,
                edits=edits,
                priority=priority,
                coalesce=coalesce,
                ticket_id=ticket.id if ticket else None,
                run=run,
            ),
            self.now,
        )

    async def post_file(
        self,
        room_id: str,
        text: Rendered,
        made: files.Made,
        *,
        thread: str | None = None,
        reply: str | None = None,
    ) -> int:
        """Queues a file that was made for somebody; `text` says what is in it."""
        kind = "m.image" if made.mimetype.startswith("image/") else "m.file"
        content = {**message_content(text, notify=True), "msgtype": kind}
        return await files.enqueue(
            self.session, Outgoing(room_id, content, thread=thread, reply=reply), made, self.now
        )

    async def tell_requester(self, ticket: Ticket, key: str, *, notify: bool = True, **params: Any) -> int:
        """Says something in the requester's conversation, in the ticket's language."""
        params.setdefault("number", ticket.id)
        text = self.words(ticket.language, key, **params)
        return await self.post(ticket.room_id, text, thread=ticket.thread, notify=notify, ticket=ticket)

    async def tell_team(self, ticket: Ticket, key: str, *, notify: bool = False, **params: Any) -> int | None:
        """Says something in the ticket's thread in the team room; nothing while it has no card."""
        if ticket.card is None or ticket.team_room is None:
            return None
        params.setdefault("number", ticket.id)
        text = self.words(None, key, **params)
        return await self.post(
            ticket.team_room,
            text,
            thread=row_ref(ticket.card),
            notify=notify,
            priority=Urgency.TEAM,
            ticket=ticket,
        )

    async def tell_coordinators(self, key: str, **params: Any) -> int:
        """Says aloud to the coordinators what must not fail in silence."""
        return await self.post(
            self.layout.coordination, self.words(None, key, **params), notify=True, priority=Urgency.TEAM
        )

    async def mark(
        self,
        room_id: str,
        event_id: str,
        key: str,
        ticket: Ticket | None = None,
        *,
        coalesce: str | None = None,
        **params: Any,
    ) -> int:
        """Marks a message with a reaction that says in words what became of it, in the language of that room."""
        theirs = ticket.language if ticket is not None and room_id == ticket.room_id else None
        word = self.words(theirs, key, **params).body[:LONGEST_MARK]
        return await outbox.enqueue(
            self.session,
            Outgoing(
                room_id,
                {"key": word},
                type="m.reaction",
                about=event_id,
                priority=Urgency.MARK,
                coalesce=coalesce,
                ticket_id=ticket.id if ticket else None,
            ),
            self.now,
        )

    async def redact(self, room_id: str, about: str, ticket: Ticket | None) -> None:
        """Queues the deletion of a message of the bot."""
        await outbox.enqueue(
            self.session,
            Outgoing(
                room_id,
                {},
                type="m.room.redaction",
                kind="redact",
                about=about,
                priority=Urgency.TEAM,
                ticket_id=ticket.id if ticket else None,
            ),
            self.now,
        )

    def record(self, ticket: Ticket, actor: str | None, what: str, **detail: Any) -> None:
        """One line of the audit trail: who did what, never what was said."""
        if actor == ticket.requester or what not in UNNOTICED:
            ticket.changed_at = self.now
        self.touch(ticket.id)
        self.session.add(TicketEvent(ticket_id=ticket.id, at=self.now, actor=actor, what=what, detail=detail))

    def touch(self, ticket_id: int) -> None:
        """Something about this ticket changes; see `federation/following`."""
        self.session.info.setdefault("touched", set()).add(ticket_id)

    def touched(self) -> set[int]:
        """The tickets that this piece of work has changed, since this was asked last."""
        tickets: set[int] = self.session.info.pop("touched", set())
        return tickets

    @property
    def today(self) -> date:
        """On the helpdesk's clock."""
        return self.now.astimezone(self.texts.zone).date()

    async def name(self, user_id: str, room_id: str | None = None) -> str:
        return await queries.display_name(self.session, user_id, room_id)

    async def helper_name(
        self, ticket: Ticket, user_id: str | None, *, language: str | None = None, brief: bool = False
    ) -> str | Somebody:
        """How a requester reads who helps: by name, or in words of ours when the helper would rather not be named. In the
        ticket's language unless another is named."""
        if user_id is None:
            return ""
        technician = await self.session.get(Technician, user_id)
        if technician is None or technician.show_name:
            return await self.name(user_id, ticket.team_room)
        key = "name.a_helper" if brief else "name.someone"
        return Somebody(self.texts.word(language or ticket.language, key))

    async def person(self, user_id: str) -> Person:
        """What is remembered of someone; a first, empty memory when there is none."""
        person = await self.session.get(Person, user_id)
        if person is None:
            person = Person(user_id=user_id, created_at=self.now, language_said=False)
            self.session.add(person)
            await self.session.flush()
        return person

    async def language_of(self, user_id: str) -> str:
        person = await self.session.get(Person, user_id)
        return (person.language if person else None) or self.texts.default


def message_content(text: Rendered, *, notify: bool) -> dict[str, Any]:
    """The Matrix content of a rendered text, with the people who should be pinged and nobody else."""
    return {
        "msgtype": "m.text" if notify else "m.notice",
        "body": text.body,
        "format": "org.matrix.custom.html",
        "formatted_body": text.html,
        "m.mentions": {"user_ids": sorted(text.mentions)} if text.mentions else {},
    }
