"""The rules of the product on the same stream: a few are asked by name, and more people as time goes by."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from benchmarks.routing.clockwork import Clockwork
from benchmarks.routing.outcome import Outcome
from benchmarks.routing.town import CLAIM_WITHIN, OFFICE, ZONE, Asked, Helper, Town
from helpdesk_bot.domain.availability import is_away, is_quiet, rests_until, unavailable
from helpdesk_bot.domain.routing import FIRST_ASKED, Candidate, Question, Wave, rank
from helpdesk_bot.domain.targets import Clock, Step, steps
from helpdesk_bot.domain.tickets import Priority

LATELY = timedelta(days=28)
# What somebody does who is asked by name: the rest lets it pass. They answer within an hour or so, when they are up.
SAYS_YES, SAYS_YES_UNKNOWN, SAYS_NO = 0.75, 0.6, 0.12
ANSWERS_AFTER = timedelta(minutes=50)  # on average
# Who was not asked and reads it all the same: while others are, it is theirs; after a word to the whole team it is not.
TAKES_FROM_OTHERS, TAKES_WHEN_CALLED = 0.05, 0.6


class Offered:
    """One run. Nothing in here looks ahead: what it knows of a helper is what the product would know at that moment."""

    def __init__(self, town: Town) -> None:
        self.town, self.clock, self.outcome = town, Clockwork(), Outcome(town.questions)
        self.open_load: dict[str, int] = dict.fromkeys(town.known, 0)
        self.took: dict[str, list[datetime]] = defaultdict(list)
        self.let_pass: dict[str, list[datetime]] = defaultdict(list)
        self.standing: dict[str, set[int]] = defaultdict(set)
        self.offers: dict[int, dict[str, Wave]] = defaultdict(dict)
        self.wave: dict[int, Wave] = defaultdict(lambda: Wave.NOBODY)
        self.helped: dict[str, str] = {}

    def run(self) -> Outcome:
        for asked in self.town.questions:
            self.clock.at(asked.at, lambda asked=asked: self.comes(asked))  # type: ignore[misc]
        self.clock.run()
        return self.outcome

    def comes(self, asked: Asked) -> None:
        whole = CLAIM_WITHIN[asked.priority]
        for step, moment in steps(Clock.CLAIM, OFFICE, asked.at, asked.due(), whole).items():
            self.clock.at(moment, lambda step=step: self.due(asked, step))  # type: ignore[misc]
        for helper in self.town.team(asked.stadsdeel):
            self.looks_later(asked, helper)
        self.widen(asked)

    def due(self, asked: Asked, step: Step) -> None:
        """As `actions/nudging`: each step is a wider wave, and the last one is the city's."""
        if asked.number in self.outcome.taken:
            return
        if step is Step.FULL:
            self.outcome.escalated[asked.number] = self.clock.now
        if step is Step.OVER:
            self.wave[asked.number] = max(self.wave[asked.number], Wave.STADSDEEL)
        self.widen(asked)

    def widen(self, asked: Asked) -> None:
        """The waves of `actions/routing`, with the same pure rules."""
        nobody_yet = self.wave[asked.number] is Wave.TEAM and not self.offers[asked.number]
        if nobody_yet and self.ask(asked, Wave.TEAM, None):
            return
        while self.wave[asked.number] < Wave.CITY:
            for user in self.end(asked):
                self.let_pass[user].append(self.clock.now)
            wave = self.wave[asked.number] = Wave(self.wave[asked.number] + 1)
            limit = None if wave in (Wave.PEOPLE, Wave.CITY) else FIRST_ASKED
            chosen = self.ask(asked, wave, limit)
            for helper in self.those_of(wave, asked) if wave is Wave.CITY else ():
                self.looks_later(asked, helper)
            if chosen or wave is Wave.TEAM:
                break
        self.rests(asked)

    def rests(self, asked: Asked) -> None:
        """As `actions/resting`: when nobody is asked by name, that happens as soon as the first of the team is up again."""
        if self.waiting_for(asked):
            return
        now = self.clock.now
        team = [helper.habits(now) for helper in self.those_of(self.wave[asked.number], asked)]
        ends = [
            rests_until(each, now, ZONE)
            for each in team
            if not is_away(each, now) and is_quiet(each, now, ZONE)
        ]
        if found := [end for end in ends if end is not None]:
            self.clock.at(min(found), lambda: self.rested(asked))

    def rested(self, asked: Asked) -> None:
        if asked.number in self.outcome.taken or self.waiting_for(asked):
            return
        if not self.ask(asked, self.wave[asked.number], None):
            self.rests(asked)

    def ask(self, asked: Asked, wave: Wave, limit: int | None) -> list[str]:
        people = [self.seen(helper, asked) for helper in self.those_of(wave, asked)]
        question = Question(
            asked.stadsdeel,
            asked.language,
            helped_before=self.helped.get(asked.requester),
            topic=asked.topic,
            urgent=asked.priority is Priority.URGENT,
            voucher=asked.voucher,
        )
        chosen = [s.user_id for s in rank(question, people, limit, without=self.offers[asked.number])]
        if chosen:
            # Who helps from other teams is no team.
            members = len(self.town.helpers) if wave is Wave.STADSDEEL else len(people)
            self.outcome.asked.append((self.clock.now, tuple(chosen), members))
        for user in chosen:
            self.offers[asked.number][user] = wave
            self.standing[user].add(asked.number)
            self.answers_later(asked, self.town.known[user])
        return chosen

    def those_of(self, wave: Wave, asked: Asked) -> Iterable[Helper]:
        for helper in self.town.helpers:
            mine = helper.team == asked.stadsdeel
            elsewhere = wave is Wave.STADSDEEL and asked.stadsdeel in helper.also and not mine
            if elsewhere or (helper.city if wave is Wave.CITY else mine and wave is not Wave.STADSDEEL):
                yield helper

    def seen(self, helper: Helper, asked: Asked) -> Candidate:
        user, now = helper.user_id, self.clock.now
        busy = self.open_load[user] + len(self.standing[user] - {asked.number})
        return Candidate(
            user,
            stadsdelen=helper.also or frozenset({helper.team}),
            languages=helper.languages,
            skills=helper.skills,
            open_load=self.open_load[user],
            recent_load=_lately(self.took[user], now),
            unanswered=_lately(self.let_pass[user], now),
            paid=helper.paid,
            unavailable=unavailable(helper.habits(now), busy, now, ZONE),
        )

    def answers_later(self, asked: Asked, helper: Helper) -> None:
        chance = self.town.chance("answers", asked.number, helper.user_id)
        yes = SAYS_YES if asked.topic in helper.skills else SAYS_YES_UNKNOWN
        falls = chance.random()
        moment = self.clock.now + ANSWERS_AFTER * chance.expovariate(1.0)
        while helper.rests(moment):
            moment += timedelta(minutes=30)
        if falls < yes:
            self.clock.at(moment, lambda: self.takes(asked, helper))
        elif falls < yes + SAYS_NO:
            self.clock.at(moment, lambda: self.declines(asked, helper))

    def takes(self, asked: Asked, helper: Helper) -> None:
        """Whoever has as many as they want by then says no."""
        user = helper.user_id
        if asked.number in self.outcome.taken:
            return
        if self.open_load[user] >= helper.most_open:
            self.declines(asked, helper)
            return
        self.end(asked)
        self.open_load[user] += 1
        self.took[user].append(self.clock.now)
        self.helped[asked.requester] = user
        wave = self.offers[asked.number].get(user, Wave.NOBODY)
        self.clock.at(self.outcome.take(asked, helper, self.clock.now, wave), lambda: self.done(user))

    def done(self, user: str) -> None:
        self.open_load[user] -= 1

    def declines(self, asked: Asked, helper: Helper) -> None:
        """The next one is asked at once; when nobody is left who could answer, it is offered wider."""
        if asked.number in self.outcome.taken or asked.number not in self.standing[helper.user_id]:
            return
        self.standing[helper.user_id].discard(asked.number)
        asked_next = self.ask(asked, self.offers[asked.number][helper.user_id], 1)
        if not asked_next and not self.waiting_for(asked):
            self.widen(asked)

    def waiting_for(self, asked: Asked) -> list[str]:
        return [user for user in self.offers[asked.number] if asked.number in self.standing[user]]

    def end(self, asked: Asked) -> list[str]:
        waited_for = self.waiting_for(asked)
        for user in waited_for:
            self.standing[user].discard(asked.number)
        return waited_for

    def looks_later(self, asked: Asked, helper: Helper) -> None:
        moment = helper.next_look(self.clock.now)
        if moment is not None:
            self.clock.at(moment, lambda: self.looks(asked, helper))

    def looks(self, asked: Asked, helper: Helper) -> None:
        """Somebody reads it of their own accord, asked or not."""
        gone = self.wave[asked.number] is Wave.CITY and not helper.city
        if asked.number in self.outcome.taken or gone:
            return
        called = self.wave[asked.number] >= Wave.TEAM
        chance = self.town.chance("looks", asked.number, helper.user_id, self.clock.now).random()
        wants = chance < (TAKES_WHEN_CALLED if called else TAKES_FROM_OTHERS)
        if wants and self.open_load[helper.user_id] < helper.most_open:
            self.takes(asked, helper)
        else:
            self.looks_later(asked, helper)


def _lately(moments: list[datetime], now: datetime) -> int:
    while moments and moments[0] < now - LATELY:
        moments.pop(0)
    return len(moments)


def offered(town: Town) -> Outcome:
    return Offered(town).run()
