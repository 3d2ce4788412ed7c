"""What people said, what their own clients saw of it, and what that adds up to: lost, duplicated, leaked.

Nothing in here asks the bot or its database.
"""

import asyncio
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from benchmarks.chaos.messages import Kind, Said, Seen
from helpdesk_bot.demo.timeline import Event

COMES = re.compile(r"(\w+) helpt je met vraag (\d+)")
_NUMBER = re.compile(r"\d+")
_STARTED = re.compile(r"Noodgeval: vraag \d+ heeft nu spoed")
_FIRST_AID = re.compile(r"Eerste hulp: ")
_NAMES_ONE = re.compile(r"\b(?:vraag|nummer|question|number)\s+\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Emergency:
    """What became of a panic. `came`: the name in small letters of whom the requester was told, if of anybody."""

    number: int
    came: str | None


@dataclass
class Verdict:
    """What was found wrong, each in words with the ids to look for."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)


class Ledger:
    """`team_rooms` are where notes may be; `helpers` are the names that the bot calls the technicians by."""

    def __init__(self, team_rooms: Iterable[str], helpers: Iterable[str]) -> None:
        self._team_rooms = frozenset(team_rooms)
        self._helpers = tuple(helpers)
        self._numbers = count(1)
        self.said: dict[str, Said] = {}
        self.claimed: set[str] = set()  # tokens of questions that somebody said to take
        self.confirmed: set[str] = set()  # tokens of what the requester said to be an emergency
        self.weeks: dict[str, str] = {}  # the rooms by the ids of the messages that asked for the week there
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
        seen = Seen.of(event)
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

    def card_of(self, number: int) -> tuple[str, Seen] | None:
        """The token and the card of an emergency; None as long as nobody has seen it."""
        return next(((token, card) for token, card in self._cards() if _number(card) == number), None)

    def emergencies(self) -> list[Emergency]:
        """Those that were confirmed, and reached the team."""
        return [
            Emergency(_number(card), self._came(token, _number(card)))
            for token, card in self._cards()
            if token in self.confirmed
        ]

    def _cards(self) -> Iterator[tuple[str, Seen]]:
        for seen in self._seen.values():
            if seen.room_id in self._team_rooms and not seen.is_edit:
                yield from ((token, seen) for token in seen.tokens if token[0] == Kind.PANIC[0])

    def _came(self, token: str, number: int) -> str | None:
        room_id = self.asker_room((token,))
        told = (COMES.search(seen.body) for seen in self._seen.values() if seen.room_id == room_id)
        return next((found[1].lower() for found in told if found and int(found[2]) == number), None)

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
        self._judge_weeks(rooms, verdict)
        alarms = {
            room_id: sum(_STARTED.search(one.body) is not None for one in seen)
            for room_id, seen in rooms.items()
        }
        self._judge_first_aid(rooms, alarms, verdict)
        self._judge_copies(alarms, verdict)
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
        if said.kind in (Kind.QUESTION, Kind.PANIC) and arrived:
            self._judge_question(said, arrived[0], told, name, verdict)

    def _judge_question(self, said: Said, card: Seen, told: list[Seen], name: str, verdict: Verdict) -> None:
        """Its number was told, and who helps was told once."""
        number = _number(card)
        # Not any number: a moment such as 'uiterlijk vandaag om 12:00' is about no question 12.
        named = re.compile(rf"\b(?:vraag|nummer|question|number)\s+{number}\b", re.IGNORECASE)
        mine = [seen for seen in told if named.search(seen.body) and not seen.tokens]
        if not mine:
            verdict.lost.append(f"{name} became number {number}, and nobody was told")
        helpers = [seen for seen in mine if any(helper in seen.body for helper in self._helpers)]
        if said.kind is Kind.PANIC:  # who is called is told as well
            helpers = [seen for seen in helpers if COMES.search(seen.body)]
        if said.token in self.claimed and not helpers:
            verdict.lost.append(f"{name} was claimed as number {number}, and the requester was not told")
        if len(helpers) > 1:
            verdict.duplicated.append(f"{name}: who helps was told as {_ids(helpers)}")

    def _judge_weeks(self, rooms: dict[str, list[Seen]], verdict: Verdict) -> None:
        """Each was answered by words, a picture and a table, once."""
        for asked, room_id in self.weeks.items():
            answers = [seen for seen in rooms[room_id] if seen.about == asked]
            if not answers:
                verdict.lost.append(f"the week that {asked} asks for was never told")
        for room_id, asked_here in Counter(self.weeks.values()).items():
            for msgtype in ("m.image", "m.file"):
                shown = [seen for seen in rooms[room_id] if seen.msgtype == msgtype]
                if len(shown) < asked_here:
                    verdict.lost.append(f"{msgtype} of a week: {len(shown)} of {asked_here} in {room_id}")
                if len(shown) > asked_here:
                    verdict.duplicated.append(f"{msgtype} of {asked_here} weeks stand as {_ids(shown)}")

    def _judge_first_aid(
        self, rooms: dict[str, list[Seen]], alarms: dict[str, int], verdict: Verdict
    ) -> None:
        """It is the same for each emergency, names none, and goes with each alarm, once."""
        for room_id, raised in alarms.items():
            given = [seen for seen in rooms[room_id] if _FIRST_AID.search(seen.body)]
            if len(given) < raised:
                verdict.lost.append(f"first aid for {raised - len(given)} of {raised} alarms in {room_id}")
            if len(given) > raised:
                verdict.duplicated.append(f"first aid for {raised} alarms stands as {_ids(given)}")

    def _judge_copies(self, alarms: dict[str, int], verdict: Verdict) -> None:
        """One row sent twice, or two rows for one thing: the same words in the same place. What does not say which question
        it is about, such as that the next one is called, may be said in each of several emergencies."""
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
            for copies in groups.values():
                first = copies[0]
                once = what == "row" or _NAMES_ONE.search(first.body)
                if len(copies) > (1 if once else max(1, alarms.get(first.room_id, 0))):
                    verdict.duplicated.append(
                        f"the same {what} stands in {first.room_id} as {_ids(copies)}: {first.body[:80]!r}"
                    )


def _number(card: Seen) -> int:
    found = _NUMBER.search(card.body)
    return int(found.group()) if found else 0


def _ids(seen: Iterable[Seen]) -> str:
    return ", ".join(each.event_id for each in seen)
