"""A city of helpdesks that all trust each other, each with as many questions a day that it offers to the others."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations

from benchmarks.routing.clockwork import Clockwork
from benchmarks.traffic import wording
from helpdesk_bot.actions.federation.comparing import EVERY, KEPT
from helpdesk_bot.actions.federation.greeting import NOT_AGAIN
from helpdesk_bot.config.federation import Federation
from helpdesk_bot.domain.federation.choosing import Able, whom
from helpdesk_bot.domain.topics import TOPICS

BEGIN = datetime(2026, 9, 7, tzinfo=UTC)
DAY = timedelta(days=1)
COUNTED = BEGIN + KEPT + DAY  # from then on as much that ended is compared as ever is
END = COUNTED + DAY
SPEAK = (
    COUNTED - DAY / 2
)  # before that everybody knows by itself how much room the others have, which is faster
SEED = 20261127
RULES = Federation()
# What people do with an offer, and how long they take; made up. The rest says nothing.
SAYS_YES, SAYS_NO = 0.6, 0.2
ANSWERS_AFTER, WORKS_FOR = timedelta(minutes=50), timedelta(hours=5)  # on average
SAID_BY_EACH = 3  # messages in a conversation
HELLOS, COMPARING, LENDS = "hellos", "comparing", "of what is lent"


@dataclass(eq=False)
class Desk:
    """One helpdesk. By peer: when it said hello last, and whether it named any room; and what that peer named last, and when."""

    address: str
    languages: frozenset[str]
    topics: frozenset[str]
    borrowed: int = 0
    telling: bool = False
    said: dict["Desk", datetime] = field(default_factory=dict)
    told: dict["Desk", bool] = field(default_factory=dict)
    heard: dict["Desk", tuple[int, datetime]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    greetings: dict[int, int] = field(default_factory=dict)  # bytes of a hello, by the room that it names

    @property
    def room(self) -> int:
        return max(0, RULES.most_borrowed - self.borrowed)

    def greeting(self) -> int:
        if self.room not in self.greetings:
            self.greetings[self.room] = wording.hello(self.address, self.languages, self.topics, self.room)
        return self.greetings[self.room]

    def able(self, peer: "Desk", now: datetime) -> Able:
        """As `actions/federation/lending`: by what that peer said of itself last."""
        room, at = self.heard.get(peer, (peer.room, now))
        address = peer.address
        asked, answered = self.asked[address], self.answered[address]
        return Able(address, peer.languages, peer.topics, room, at, asked, answered)


@dataclass(eq=False)
class Question:
    origin: Desk
    language: str
    topic: str
    open_with: list[Desk] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    taken: bool = False


class City:
    """`own`: questions that each helpdesk offers to others in a day."""

    def __init__(self, helpdesks: int, own: float) -> None:
        self.chance = random.Random(f"{SEED} {helpdesks} {own}")
        self.clock = Clockwork()
        self.desks = [self._desk(number) for number in range(helpdesks)]
        self.known = {desk.address: desk for desk in self.desks}
        self.own = own
        # What two helpdesks have lent each other: not over, over since they last compared, and over but still compared.
        self.going_on: Counter[frozenset[Desk]] = Counter()
        self.just_ended: Counter[frozenset[Desk]] = Counter()
        self.kept: Counter[frozenset[Desk]] = Counter()
        self.hour = 0
        self.counts: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()

    def _desk(self, number: int) -> Desk:
        languages = frozenset({"nl", "en"} if self.chance.random() < 0.6 else {"nl"})
        topics = frozenset(self.chance.sample(TOPICS, k=self.chance.randint(3, len(TOPICS))))
        return Desk(f"@helpdesk:stadsdeel-{number:03}.example.org", languages, topics)

    def words(self, kind: str) -> float:
        """That one helpdesk says in a day."""
        return self.counts[kind] / len(self.desks)

    def kilobytes(self, kind: str) -> float:
        return self.bytes[kind] / len(self.desks) / 1000

    def lived(self) -> "City":
        """Lives until as much is compared as ever is, and counts the day after."""
        self.clock.at(SPEAK, self.meets)
        for desk in self.desks:
            for _ in range(round(self.own * (END - BEGIN) / DAY)):
                self.clock.at(BEGIN + self.chance.random() * (END - BEGIN), partial(self.comes, desk))
        for hour in range(DAY // EVERY):
            self.clock.at(COUNTED + hour * EVERY, self.compare)
        self.clock.run()
        return self

    def say(self, kind: str, size: int, words: int = 1) -> None:
        if COUNTED <= self.clock.now < END:
            self.counts[kind] += words
            self.bytes[kind] += size

    # Hellos, as `actions/federation/greeting`

    def meets(self) -> None:
        """All of them, at moments of the first hours that chance gives."""
        for one, other in permutations(self.desks, 2):
            self.greets(one, other)
            one.said[other] -= self.chance.random() * RULES.hello_every
        for desk in self.desks:
            self.keeps_in_touch(desk)

    def greets(self, desk: Desk, peer: Desk) -> None:
        now, room = self.clock.now, desk.room
        self.say(HELLOS, desk.greeting())
        desk.said[peer], desk.told[peer], peer.heard[desk] = now, room > 0, (room, now)

    def keeps_in_touch(self, desk: Desk) -> None:
        """A sign of life to each that heard nothing for so long, who says hello back."""
        now = self.clock.now
        for peer, last in list(desk.said.items()):
            if now - last >= RULES.hello_every:
                self.greets(desk, peer)
                self.greets(peer, desk)
        if now < END:
            again = min(desk.said.values()) + RULES.hello_every
            self.clock.at(max(again, now + timedelta(seconds=20)), lambda: self.keeps_in_touch(desk))

    def borrows(self, desk: Desk, more: int) -> None:
        """Everybody hears when there is room again, or none any more, at most once in a while."""
        desk.borrowed += more
        if SPEAK <= self.clock.now < END and not desk.telling:
            desk.telling = True
            self.clock.at(self.clock.now + timedelta(seconds=20), lambda: self.tells(desk))

    def tells(self, desk: Desk) -> None:
        now, desk.telling = self.clock.now, False
        any_room = desk.room > 0
        waits = [peer for peer, told in desk.told.items() if told != any_room]
        for peer in waits:
            if now - desk.said[peer] >= NOT_AGAIN:
                self.greets(desk, peer)
        later = [desk.said[peer] for peer in waits if desk.told[peer] != any_room]
        if later:
            desk.telling = True
            self.clock.at(min(later) + NOT_AGAIN, lambda: self.tells(desk))

    # Comparing, as `actions/federation/comparing`: one asks, the other answers

    def compare(self) -> None:
        """Each hour what goes on, or has ended since; once a day all that ended lately as well."""
        self.hour = (self.hour + 1) % 24
        ended = self.kept if self.hour == 0 else self.just_ended
        for pair in self.going_on.keys() | self.kept.keys():
            lends = self.going_on[pair] + ended[pair]
            if lends:
                words, size = wording.syncs(lends)
                self.say(COMPARING, 2 * size, 2 * words)
        self.just_ended.clear()

    # Lending, as `actions/federation/lending` and `borrowing`

    def comes(self, desk: Desk) -> None:
        language = "en" if self.chance.random() < 0.15 else "nl"
        self.offer(Question(desk, language, self.chance.choice(TOPICS)))

    def offer(self, question: Question) -> None:
        origin, now = question.origin, self.clock.now
        chosen = whom(
            (origin.able(peer, now) for peer in self.desks if peer is not origin),
            language=question.language,
            topic=question.topic,
            now=now,
            without=question.asked,
        )
        question.asked |= set(chosen)
        for address in chosen:
            self.asks(question, self.known[address])
        if question.open_with:
            self.clock.at(now + RULES.answer_within, lambda: self.over(question, set(chosen)))
        elif chosen:
            self.offer(question)

    def asks(self, question: Question, peer: Desk) -> None:
        self.say(LENDS, wording.OFFER)
        question.origin.asked[peer.address] += 1
        self.going_on[frozenset({question.origin, peer})] += 1
        if not peer.room:
            self.say(LENDS, wording.DECLINE)
            self.ends(question, peer)
            return
        question.open_with.append(peer)
        self.borrows(peer, 1)
        moment = self.clock.now + ANSWERS_AFTER * self.chance.expovariate(1.0)
        falls = self.chance.random()
        if falls < SAYS_YES:
            self.clock.at(moment, lambda: self.accepts(question, peer))
        elif falls < SAYS_YES + SAYS_NO:
            self.clock.at(moment, lambda: self.declines(question, peer))

    def accepts(self, question: Question, peer: Desk) -> None:
        if peer not in question.open_with:
            return
        question.taken = True
        question.origin.answered[peer.address] += 1
        self.say(LENDS, wording.ACCEPT)
        self.say(LENDS, wording.CONFIRM)
        question.open_with.remove(peer)
        self.withdraw(question, list(question.open_with))
        self.say(LENDS, 2 * SAID_BY_EACH * wording.MESSAGE, 2 * SAID_BY_EACH)
        self.say(LENDS, 2 * wording.STATUS, 2)
        self.clock.at(
            self.clock.now + WORKS_FOR * self.chance.expovariate(1.0), lambda: self.closes(question, peer)
        )

    def closes(self, question: Question, peer: Desk) -> None:
        self.say(LENDS, wording.CLOSE)
        self.borrows(peer, -1)
        self.ends(question, peer)

    def declines(self, question: Question, peer: Desk) -> None:
        if peer in question.open_with:
            self.say(LENDS, wording.DECLINE)
            question.open_with.remove(peer)
            self.borrows(peer, -1)
            self.ends(question, peer)
            self.next_ones(question)

    def over(self, question: Question, asked: set[str]) -> None:
        """Those who said nothing in time."""
        silent = [peer for peer in question.open_with if peer.address in asked]
        if silent:
            self.withdraw(question, silent)
            self.next_ones(question)

    def next_ones(self, question: Question) -> None:
        if not question.taken and not question.open_with:
            self.offer(question)

    def withdraw(self, question: Question, peers: list[Desk]) -> None:
        for peer in peers:
            self.say(LENDS, wording.WITHDRAW)
            question.open_with.remove(peer)
            self.borrows(peer, -1)
            self.ends(question, peer)

    def ends(self, question: Question, peer: Desk) -> None:
        pair = frozenset({question.origin, peer})
        self.going_on.subtract([pair])
        self.just_ended[pair] += 1
        self.kept[pair] += 1
        self.clock.at(self.clock.now + KEPT, lambda: self.kept.subtract([pair]))
