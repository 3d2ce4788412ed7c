"""What people said, what their own clients saw of it, and what that adds up to: lost, duplicated, leaked.

Every message carries a token that occurs nowhere else. Nothing in here asks the bot or its database.
"""

import asyncio
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from helpdesk_bot.demo.timeline import Event
from helpdesk_bot.storage.outbox import REF_KEY

_TOKEN = re.compile(r"\b[qfan]\d+x[0-9a-f]{8}\b")
_NUMBER = re.compile(r"\d+")


class Kind(StrEnum):
    QUESTION = "question"
    FOLLOW_UP = "follow-up"
    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Said:
    """One message by a person. `asker_room` is where the requester is, whoever wrote it."""

    token: str
    kind: Kind
    room_id: str
    asker_room: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of the bot as a person's client read it."""

    room_id: str
    event_id: str
    body: str
    tokens: frozenset[str]
    thread: str | None
    about: str | None  # what a reaction is for, or a reply answers; else the thread
    is_edit: bool
    is_reaction: bool
    ref: str | None


@dataclass
class Verdict:
    """What was found wrong, each in words with the ids to look for."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.leaked)


class Ledger:
    """`team_rooms` are where notes may be; `helpers` are the names that the bot calls the technicians by."""

    def __init__(self, team_rooms: Iterable[str], helpers: Iterable[str]) -> None:
        self._team_rooms = frozenset(team_rooms)
        self._helpers = tuple(helpers)
        self._numbers = count(1)
        self.said: dict[str, Said] = {}
        self.claimed: set[str] = set()  # tokens of questions that somebody said to take
        self._seen: dict[str, Seen] = {}
        self._arrived: set[str] = set()  # tokens that reached the other side
        self._under_way: set[str] = set()  # tokens that have not; notes go nowhere
        self._moved = asyncio.Event()

    def token(self, kind: Kind) -> str:
        return f"{kind[0]}{next(self._numbers)}x{secrets.token_hex(4)}"

    def say(self, said: Said) -> None:
        """Notes what is on the homeserver: call it when that has accepted the message."""
        self.said[said.token] = said
        if said.kind is not Kind.NOTE and said.token not in self._arrived:
            self._under_way.add(said.token)

    def see(self, event: Event) -> Seen:
        """Notes an event of the bot that somebody can read."""
        seen = _seen(event)
        self._seen[seen.event_id] = seen
        to_team = seen.room_id in self._team_rooms
        here = {token for token in seen.tokens if to_team == (token[0] != Kind.ANSWER[0])}
        self._arrived |= here
        if here & self._under_way:
            self._under_way -= here
            self._moved.set()
        return seen

    def asker_room(self, tokens: Iterable[str]) -> str | None:
        """Where the requester is whose words these tokens are of."""
        return next((self.said[token].asker_room for token in tokens if token in self.said), None)

    @property
    def under_way(self) -> int:
        """How many messages have not arrived yet."""
        return len(self._under_way)

    async def calm(self, most: int) -> None:
        """Waits until no more than so many messages are under way."""
        while len(self._under_way) > most:
            self._moved.clear()
            await self._moved.wait()

    def messages(self) -> Counter[str]:
        return Counter(said.kind for said in self.said.values())

    def judge(self) -> Verdict:
        """Adds everything up, as if now were the end."""
        verdict = Verdict()
        places: dict[str, list[Seen]] = defaultdict(list)
        rooms: dict[str, list[Seen]] = defaultdict(list)
        marked = {seen.about for seen in self._seen.values() if seen.is_reaction}
        for seen in self._seen.values():
            if seen.room_id not in self._team_rooms:
                verdict.leaked += [
                    f"note {token} was seen in {seen.room_id} as {seen.event_id}"
                    for token in seen.tokens
                    if token[0] == Kind.NOTE[0]
                ]
            if seen.is_edit or seen.is_reaction:
                continue
            rooms[seen.room_id].append(seen)
            for token in seen.tokens:
                places[token].append(seen)
        for said in self.said.values():
            self._judge(said, places[said.token], marked, rooms[said.asker_room], verdict)
        self._judge_copies(verdict)
        return verdict

    def _judge(
        self, said: Said, places: list[Seen], marked: set[str | None], told: list[Seen], verdict: Verdict
    ) -> None:
        inside = [seen for seen in places if seen.room_id in self._team_rooms]
        outside = [seen for seen in places if seen.room_id not in self._team_rooms]
        name = f"{said.kind} {said.token} ({said.event_id} in {said.room_id})"
        if said.kind is Kind.NOTE:
            if said.event_id not in marked:
                verdict.lost.append(f"{name} has no mark")
            return
        arrived = outside if said.kind is Kind.ANSWER else inside
        if not arrived:
            verdict.lost.append(f"{name} never arrived")
        elif len(arrived) > 1:
            verdict.duplicated.append(f"{name} arrived as {_ids(arrived)}")
        if said.kind is Kind.ANSWER and said.event_id not in marked:
            verdict.lost.append(f"{name} has no mark")
        if said.kind is Kind.QUESTION and arrived:
            self._judge_question(said, arrived[0], told, name, verdict)

    def _judge_question(self, said: Said, card: Seen, told: list[Seen], name: str, verdict: Verdict) -> None:
        """Its number was told, and who helps was told once."""
        found = _NUMBER.search(card.body)
        number = found.group() if found else ""
        # Not any number: a moment such as 'uiterlijk vandaag om 12:00' is about no question 12.
        named = re.compile(rf"\b(?:vraag|nummer|question|number)\s+{number}\b", re.IGNORECASE)
        mine = [seen for seen in told if named.search(seen.body) and not seen.tokens]
        if not mine:
            verdict.lost.append(f"{name} became number {number}, and nobody was told")
        helpers = [seen for seen in mine if any(helper in seen.body for helper in self._helpers)]
        if said.token in self.claimed and not helpers:
            verdict.lost.append(f"{name} was claimed as number {number}, and the requester was not told")
        if len(helpers) > 1:
            verdict.duplicated.append(f"{name}: who helps was told as {_ids(helpers)}")

    def _judge_copies(self, verdict: Verdict) -> None:
        """One row sent twice, or two rows for one thing: the same words in the same place."""
        by_ref: dict[object, list[Seen]] = defaultdict(list)
        by_words: dict[object, list[Seen]] = defaultdict(list)
        for seen in self._seen.values():
            if seen.ref is not None:
                by_ref[seen.room_id, seen.ref].append(seen)
            # In a team room two people may well be told the same: that somebody was faster.
            outside = seen.room_id not in self._team_rooms
            if outside and not seen.is_edit and not seen.is_reaction and _NUMBER.search(seen.body):
                by_words[seen.room_id, seen.about, seen.body].append(seen)
        for what, groups in (("row", by_ref), ("text", by_words)):
            verdict.duplicated += [
                f"the same {what} stands in {copies[0].room_id} as {_ids(copies)}: {copies[0].body[:80]!r}"
                for copies in groups.values()
                if len(copies) > 1
            ]


def _seen(event: Event) -> Seen:
    body = event.content.get("body")
    words = body if isinstance(body, str) else ""
    answered = event.relation.get("m.in_reply_to")
    reply_to = answered.get("event_id") if isinstance(answered, dict) else None
    ref = event.content.get(REF_KEY)
    return Seen(
        room_id=event.room_id,
        event_id=event.id,
        body=words,
        tokens=frozenset(_TOKEN.findall(words)),
        thread=event.relates("m.thread"),
        about=event.relates("m.annotation") or reply_to or event.relates("m.thread"),
        is_edit=event.relates("m.replace") is not None,
        is_reaction=event.type == "m.reaction",
        ref=ref if isinstance(ref, str) else None,
    )


def _ids(seen: Iterable[Seen]) -> str:
    return ", ".join(each.event_id for each in seen)
