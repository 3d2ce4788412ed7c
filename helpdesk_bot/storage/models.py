"""Every table. The rows are the records: there is no second set of classes behind them.

Moments are aware and in UTC. People and rooms carry their Matrix ids. What a person wrote is in `messages` and, until
it has been worked on, in `inbox`; nowhere else.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk_bot.domain.tickets import Priority, Status
from helpdesk_bot.storage.base import Base as Base

# These are tables too, in a file of their own.
from helpdesk_bot.storage.emergencies import Alarm as Alarm
from helpdesk_bot.storage.emergencies import AlarmLink as AlarmLink
from helpdesk_bot.storage.emergencies import DutyNotice as DutyNotice
from helpdesk_bot.storage.emergencies import DutyOverride as DutyOverride
from helpdesk_bot.storage.emergencies import DutySwap as DutySwap
from helpdesk_bot.storage.emergencies import Panic as Panic
from helpdesk_bot.storage.emergencies import PanicCall as PanicCall

# SQLite would otherwise give the number of a deleted row away again, to a row that others then mistake for it.
NEVER_REUSED = {"sqlite_autoincrement": True}


class Bookmark(Base):
    """Where the helpdesk is in something that goes on outside it, such as the homeserver's stream ('sync')."""

    __tablename__ = "bookmarks"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class InboxEvent(Base):
    """One event from a room, once, however often the homeserver sends it.

    `state` is pending, next (a part of the event before, in front of all others), held (can't be decrypted yet), behind
    (a gap in its room is filled first), early (see `early`), offered (its sender was asked whether it is a question),
    done or failed. `content` is emptied when it is done. `thread`: the thread it was written in.
    """

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    room_id: Mapped[str]
    sender: Mapped[str]
    type: Mapped[str]
    state_key: Mapped[str | None]
    content: Mapped[dict[str, Any] | None]
    encrypted: Mapped[bool]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[str | None]
    thread: Mapped[str | None]
    told_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "state",
            "id",
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        Index(
            "ix_inbox_done",
            "received_at",
            sqlite_where=text("content IS NOT NULL"),
            postgresql_where=text("content IS NOT NULL"),
        ),
        NEVER_REUSED,
    )


class Gap(Base):
    """What a room's timeline still misses: everything after `until`, up to `start`, positions of the homeserver's.

    Without `until` it reaches back to our invitation, without `start` it begins at the newest event. `told`: it has been
    said aloud, and what was said in the room since does not wait for it any more.
    """

    __tablename__ = "gaps"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    start: Mapped[str | None]
    until: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    told: Mapped[bool] = mapped_column(default=False)


class Echo(Base):
    """An event that we sent after the backup which was restored, until the row that it belongs to is made again."""

    __tablename__ = "echoes"
    key: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str]


class OutboxRow(Base):
    """One thing that must leave the process, exactly once. Written in the transaction that decided it.

    `kind`: send, redact, join, leave or direct (make a direct chat). `refs` point at other messages: by event id
    ('$…') or by the row that will have one ('row:12'); of a join they say who asked for it. `state` is pending, sent,
    failed, dropped, replaced (by a newer version, though it may have left in that moment) or forgotten (failed or
    dropped, and emptied since).
    """

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    txn_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    room_id: Mapped[str]
    type: Mapped[str]
    content: Mapped[dict[str, Any]]
    refs: Mapped[dict[str, Any]]
    priority: Mapped[int]
    coalesce: Mapped[str | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime | None]
    look_first: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    event_id: Mapped[str | None] = mapped_column(index=True)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "room_id",
            "priority",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_outbox_joins",
            "created_at",
            sqlite_where=text("kind = 'join'"),
            postgresql_where=text("kind = 'join'"),
        ),
        NEVER_REUSED,
    )


class File(Base):
    """A file that the bot made, for the outbox row that carries it; gone once that has left (see `storage/files`).

    `recipe`: what `data` is made from when it has to be sent, for what takes too long inside a transaction. `uploaded`:
    where it is at the homeserver, with its key when it was encrypted.
    """

    __tablename__ = "files"
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    name: Mapped[str]
    mimetype: Mapped[str]
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    recipe: Mapped[dict[str, Any] | None]
    uploaded: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]


class Room(Base):
    """A room the bot is or was in, as its clear-text state says: never as an encrypted message claims."""

    __tablename__ = "rooms"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    membership: Mapped[str]
    name: Mapped[str | None]
    encrypted: Mapped[bool | None]
    join_rule: Mapped[str | None]
    history: Mapped[str | None]
    members_known: Mapped[bool] = mapped_column(default=False)
    member_count: Mapped[int | None]
    successor: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    stadsdeel: Mapped[str | None]
    # The ticket the bot spoke about last in the room's main timeline, while nobody else has written there since.
    talking_about: Mapped[int | None]
    talking_since: Mapped[datetime | None]


class Member(Base):
    """Who is in a room. `membership` is Matrix's own word: join, invite, leave, ban, knock."""

    __tablename__ = "members"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    membership: Mapped[str]
    name: Mapped[str | None]


class Organisation(Base):
    """A community organisation (an 'initiative')."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    stadsdeel: Mapped[str | None]
    # Who knows this organisation (`helper_said`: chosen, not counted), and who takes over when they can't.
    helper: Mapped[str | None]
    helper_said: Mapped[bool] = mapped_column(default=False)
    backup: Mapped[str | None]
    created_at: Mapped[datetime]


class Person(Base):
    """What is remembered of someone, so that nothing is asked twice. `language_said`: chosen, not guessed. `offered_at`:
    when they were told, unasked, that a helper can look at what they wrote.
    """

    __tablename__ = "people"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    language: Mapped[str | None]
    language_said: Mapped[bool] = mapped_column(default=False)
    stadsdeel: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    direct_room: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Technician(Base):
    """How somebody wants to help, in their own words. Whether they may is decided by the rooms they are in, not here.

    `skills` and `learning` (what they want to learn beside somebody who knows it) are topics. Without `stadsdelen` they
    help where their team rooms are, without `most_open` as many tickets at once as the configuration says. `paid` is None
    as long as they have not said it. Quiet hours are 'HH:MM' on the helpdesk's clock and may reach over midnight; `quiet_days`
    are whole days, Monday is 0. `quiet_said`: whether they said at which hours, or that any hour is fine; else they rest when
    everybody does who says nothing. Away from `away_from` until `away_until`, or until they say so when only the first is
    known. `met_at`: when they were asked how they help. `asking`: the step of that first chat that waits for an answer;
    None when it is over. `left_at`: since when they are in no team room any more.
    """

    __tablename__ = "technicians"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    skills: Mapped[list[str]]
    learning: Mapped[list[str]]
    languages: Mapped[list[str]]
    stadsdelen: Mapped[list[str]]
    paid: Mapped[bool | None]
    most_open: Mapped[int | None]
    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
    quiet_days: Mapped[list[int]]
    quiet_said: Mapped[bool] = mapped_column(default=False)
    show_name: Mapped[bool] = mapped_column(default=True)
    mentor: Mapped[str | None]
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    asking: Mapped[str | None]
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Ticket(Base):
    """A question and all that came of it. Its id is the number people see. `changed_at`: the last step that the requester
    could notice.

    `topic` is guessed from the question until somebody says it (`topic_said`). `lent_to`: the team room of another
    stadsdeel, or of the city, that took it over. `wave`: how widely it has been offered, see `domain/routing.Wave`.
    `*_due`: when it should be claimed, answered and solved, as promised; they move while it `rests` (the clocks stand still since
    then, because the requester is waited for). `rested`: seconds of working time in which they stood still before.
    `told_due`: the moment that the requester was told last. `snoozed_until`: whoever helps goes on then.
    `learner`: who looks along with whoever helps, to learn it; or as their mentor, when they do it for the first times.
    """

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    requester: Mapped[str] = mapped_column(index=True)
    opened_by: Mapped[str]
    room_id: Mapped[str]
    root_event: Mapped[str | None]
    # Where the bot answers: the question's thread in a shared room, the thread the person uses in a direct chat, or none.
    thread: Mapped[str | None]
    language: Mapped[str]
    subject: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    stadsdeel: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    status: Mapped[Status] = mapped_column(String(16))
    priority: Mapped[Priority] = mapped_column(String(16))
    assignee: Mapped[str | None]
    team_room: Mapped[str | None]
    card: Mapped[int | None]
    card_said: Mapped[str | None]  # a hash of the card's words as they were queued last
    suggested: Mapped[list[str]]
    suggested_why: Mapped[str | None]
    topic: Mapped[str | None]
    topic_said: Mapped[bool] = mapped_column(default=False)
    lent_to: Mapped[str | None]
    wave: Mapped[int] = mapped_column(default=0)
    learner: Mapped[str | None]
    claim_due: Mapped[datetime | None]
    answer_due: Mapped[datetime | None]
    solve_due: Mapped[datetime | None]
    rests: Mapped[datetime | None]
    rested: Mapped[int] = mapped_column(default=0)
    told_due: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    rating: Mapped[int | None]

    __table_args__ = (
        Index("ix_tickets_team", "team_room", "status"),
        Index("ix_tickets_assignee", "assignee", "status"),
        Index("ix_tickets_taken", "assignee", "claimed_at"),
        Index(
            "ix_tickets_learner",
            "learner",
            "topic",
            sqlite_where=text("learner IS NOT NULL"),
            postgresql_where=text("learner IS NOT NULL"),
        ),
        Index("ix_tickets_room", "room_id", "status"),
        Index("ix_tickets_status", "status"),
        Index("ix_tickets_organisation", "organisation_id", "status"),
        Index("ix_tickets_changed", "changed_at"),
        NEVER_REUSED,
    )


class TicketOffer(Base):
    """Somebody was asked whether they can take a ticket, and why them. `outcome`: claimed, taken (by somebody else),
    declined, widened (nobody answered in time) or gone (the ticket went elsewhere); None while it stands."""

    __tablename__ = "ticket_offers"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    user_id: Mapped[str]
    wave: Mapped[int]
    reason: Mapped[str]
    offered_at: Mapped[datetime]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    asked: Mapped[int | None]  # the outbox row that told them

    __table_args__ = (
        Index("ix_ticket_offers_person", "user_id", "offered_at", "outcome"),
        Index(
            "ix_ticket_offers_standing",
            "user_id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )


class Voucher(Base):
    """Hours of paid help that somebody funds for one organisation. The last day on which it counts is `expires_on`.

    `overdrawn_by`: the coordinator who allows more than there is.
    """

    __tablename__ = "vouchers"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    funder: Mapped[str]
    minutes: Mapped[int]
    expires_on: Mapped[date]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    overdrawn_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Work(Base):
    """Time that somebody gave to a ticket. `voucher_id`: what it was paid from; `paid` work need not have one.

    `event_id`: the message that told it, in `room_id` (empty: in none), so that it counts once. When one voucher had too little left it is
    in several parts. `undecided`: paid work that no voucher has room for, until its helper gives it or a coordinator
    allows it. `worked_on` is a day on the helpdesk's clock.
    """

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    user_id: Mapped[str]
    minutes: Mapped[int]
    paid: Mapped[bool]
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"), index=True)
    undecided: Mapped[bool] = mapped_column(default=False)
    worked_on: Mapped[date] = mapped_column(index=True)
    event_id: Mapped[str]
    room_id: Mapped[str] = mapped_column(default="")
    part: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "part"),)


class TicketEvent(Base):
    """The audit trail: who did what to a ticket, without what was said."""

    __tablename__ = "ticket_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]
    what: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Message(Base):
    """One message that belongs to a ticket. `direction`: question (from the requester), answer (to them),
    note (inside), thanks or a remark with a mark (from the requester, to the helper)."""

    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    room_id: Mapped[str]
    sender: Mapped[str]
    direction: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    media: Mapped[dict[str, Any] | None]
    sent_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Copy(Base):
    """A message as it stands in another room: the outbox row that carried it there. `part`: text, file or earlier."""

    __tablename__ = "copies"
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    part: Mapped[str] = mapped_column(default="text")


class Reaction(Base):
    """A reaction that was passed on or obeyed, so that taking it back can be passed on too. The same `key` of several
    people about one message is passed on once.
    """

    __tablename__ = "reactions"
    event_id: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    key: Mapped[str | None]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))


class Dialog(Base):
    """A question the bot has put to a person and still waits for; `asked` is the row that put it.

    The same may have been asked twice: then either can be answered. Without a `ticket_id` it is about themselves: what
    they want to ask ('new'), or how they help. `detail`: what the answer is needed for; of tickets that are handed over
    also what the giver wrote about them, until it is done.
    """

    __tablename__ = "dialogs"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[str]
    user_id: Mapped[str]
    kind: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    asked: Mapped[int | None]
    asked_at: Mapped[datetime]
    detail: Mapped[dict[str, Any] | None]

    __table_args__ = (Index("ix_dialogs_place", "room_id", "user_id"),)


class WeekPost(Base):
    """A week's figures as they were told to the coordinators, and whether somebody has read them. `scope` is a stadsdeel
    or 'city', `week` is '2026-W46', `outbox_id` the message whose thread it is spoken about in.
    """

    __tablename__ = "week_posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]
    week: Mapped[str]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    posted_at: Mapped[datetime]
    read_by: Mapped[str | None]
    read_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("scope", "week"),)


class WeekNote(Base):
    """What a coordinator wrote about a week in its thread."""

    __tablename__ = "week_notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("week_posts.id"), index=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]


class Timer(Base):
    """Something that is due at a moment. Gone when it has been done: the row and its effect are one transaction.

    `about` names what it is for: 'ticket:12', 'technician:@joris:example.org'. One of a kind about each thing.
    """

    __tablename__ = "timers"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    about: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("about", "kind"),)


class Nudge(Base):
    """Something to be said at a place (a room, or the Matrix id of a requester), or done about a ticket there. It is
    gathered until everything that is due has been looked at, so that many at once become one message. `person`: who is
    addressed; None for all of the room."""

    __tablename__ = "nudges"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    person: Mapped[str | None]
    created_at: Mapped[datetime]


class Reminder(Base):
    """Somebody wants to be reminded in this room, with their own `words`. Gone when they were."""

    __tablename__ = "reminders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(index=True)
    room_id: Mapped[str]
    thread: Mapped[str | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    event_id: Mapped[str] = mapped_column(unique=True)


class Promise(Base):
    """A helper wrote to a requester that they come back to it by `due_at`. Gone when they did, or took it back.

    `event_id`: the answer in which it stands. `nudged`: they have been reminded of it.
    """

    __tablename__ = "promises"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    helper: Mapped[str]
    event_id: Mapped[str] = mapped_column(unique=True)
    due_at: Mapped[datetime]
    nudged: Mapped[bool] = mapped_column(default=False)
