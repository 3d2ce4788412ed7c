"""The week in words: short enough for a phone, and nothing in the picture or the table that is not here too."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction

from helpdesk_bot.domain.bus_factor import Kind, Risk
from helpdesk_bot.domain.promises import Promise
from helpdesk_bot.reports.scope import Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import COMPARED_WITH, WeekFigures
from helpdesk_bot.reports.week_details import Details, scope_name, team_name
from helpdesk_bot.texts.render import Hours, Rendered

MOST_PEOPLE = 10  # in words; all of them are in the table
MOST_TOPICS = 6
MOST_RISKS = 6


class View(Enum):
    """Who reads it. Only the coordinators read about people one by one."""

    INSIDE = auto()  # the coordinators
    TEAM = auto()  # a team, about its own stadsdeel


@dataclass(frozen=True, slots=True)
class WeekText:
    figures: WeekFigures
    details: Details
    place: Place
    voice: Voice
    view: View

    def whole(self, *closing: Rendered) -> Rendered:
        """The message; `closing` are paragraphs that come last."""
        join, bullets = self.voice.texts.join, self.voice.texts.bullets
        parts = [self.head(), bullets(self._flow())]
        if self.figures.longest:
            parts += [self.voice.say("week.longest"), bullets(self._longest(), numbered=True)]
        sections = [
            ("week.targets", list(self._targets())),
            ("week.work", list(self._work())),
            ("week.runs", list(self._runs())),
            ("week.lending", list(self._lending())),
        ]
        if self.view is View.INSIDE:
            sections += [("week.risks", self._risks()), ("week.people", list(self._people()))]
        for title, lines in sections:
            if lines:
                parts += [self.voice.say(title), bullets(lines)]
        return join([*parts, *closing])

    def head(self) -> Rendered:
        week = self.figures.week
        return self.voice.say(
            "week.head",
            week=week.number,
            scope=scope_name(self.figures.scope, self.place, self.voice),
            first=week.monday,
            last=week.sunday,
        )

    def _flow(self) -> Iterator[Rendered]:
        now, say = self.figures.now, self.voice.say
        yield say("week.new", count=now.new, average=self._average("new"), weeks=COMPARED_WITH)
        yield say("week.solved", count=now.solved, average=self._average("solved"))
        if now.solved:
            yield say(
                "week.solved_how",
                confirmed=now.confirmed,
                expired=now.expired,
                unanswered=now.unanswered,
            )
        if now.reopened:
            yield say("week.reopened", n=now.reopened)
        if now.merged:
            yield say("week.merged", n=now.merged)
        yield say("week.open", count=now.open, average=self._average("open"))
        topics = [f"{self.voice.topic(topic)} ({n})" for topic, n in list(now.topics.items())[:MOST_TOPICS]]
        if topics:
            yield say("week.topics", topics=topics)

    def _longest(self) -> Iterator[Rendered]:
        zone = self.place.zone
        for waiting in self.figures.longest:
            yield self.voice.say(
                "week.waits",
                ticket=self.details.links[waiting.ticket],
                subject=self.details.subjects[waiting.ticket],
                since=waiting.since.astimezone(zone).date(),
            )

    def _targets(self) -> Iterator[Rendered]:
        for promise in Promise:
            now, before = self._kept(promise), self._kept_before(promise)
            running = getattr(self.figures.now, f"{promise}_running")
            if now is not None:
                key = "week.target" if before is not None else "week.target_first"
                yield self.voice.say(
                    key,
                    promise=self.voice.word(f"week.promise.{promise}"),
                    met=getattr(self.figures.now, f"{promise}_met"),
                    all=sum(getattr(self.figures.now, f"{promise}_{end}") for end in ("met", "missed")),
                    before=percent(before or Fraction(0)),
                    running=running,
                )
            elif running:
                yield self.voice.say(
                    "week.target_running", promise=self.voice.word(f"week.promise.{promise}"), n=running
                )

    def _kept(self, promise: Promise) -> Fraction | None:
        return self._share([self.figures.now], promise)

    def _kept_before(self, promise: Promise) -> Fraction | None:
        return self._share(list(self.figures.before), promise)

    def _share(self, weeks: list[object], promise: Promise) -> Fraction | None:
        met = sum(getattr(counts, f"{promise}_met") for counts in weeks)
        missed = sum(getattr(counts, f"{promise}_missed") for counts in weeks)
        return Fraction(met, met + missed) if met + missed else None

    def _work(self) -> Iterator[Rendered]:
        now, say = self.figures.now, self.voice.say
        for name in ("volunteer", "paid"):
            average = self.figures.average(f"{name}_minutes")
            minutes = getattr(now, f"{name}_minutes")
            if minutes or average:
                yield say(f"week.{name}", time=Hours(minutes), average=Hours(round(average)))
        if now.undecided_minutes and self.view is View.INSIDE:
            yield say("week.undecided", time=Hours(now.undecided_minutes))
        if now.drawn_minutes or self.figures.left_minutes:
            yield say("week.vouchers", drawn=Hours(now.drawn_minutes), left=Hours(self.figures.left_minutes))
        if now.ratings:
            mark = one_decimal(Fraction(now.stars, now.ratings))
            yield say("week.ratings", n=now.ratings, mark=mark)
            if given := sum(counts.ratings for counts in self.figures.before):
                stars = sum(counts.stars for counts in self.figures.before)
                yield say("week.ratings_before", n=given, mark=one_decimal(Fraction(stars, given)))
        if now.thanks:
            yield say("week.thanks", n=now.thanks)

    def _runs(self) -> Iterator[Rendered]:
        now, say = self.figures.now, self.voice.say
        if not any((now.begun_runs, now.running_runs, now.finished_runs, now.stopped_runs)):
            return
        yield say("week.runs_begun", begun=now.begun_runs, running=now.running_runs)
        yield say("week.runs_finished", count=now.finished_runs, average=self._average("finished_runs"))
        if now.stopped_runs:
            yield say("week.runs_stopped", n=now.stopped_runs)
        if now.left_tools:
            yield say("week.runs_left", tools=[f"{tool} ({n})" for tool, n in now.left_tools.items()])
        if now.moved_people:
            yield say("week.runs_moved", n=now.moved_people)
        if now.saved_euros:
            yield say("week.runs_saved", euros=now.saved_euros)

    def _lending(self) -> Iterator[Rendered]:
        for lent in self.figures.lending:
            yield self.voice.say(
                "week.lent",
                n=lent.tickets,
                by=team_name(lent.by, self.place, self.voice),
                of=scope_name(lent.of, self.place, self.voice),
            )

    def _risks(self) -> list[Rendered]:
        lines = [risk_text(risk, self.details, self.place, self.voice) for risk in self.figures.risks]
        more = len(lines) - MOST_RISKS
        return lines if more <= 0 else [*lines[:MOST_RISKS], self.voice.say("week.more_risks", n=more)]

    def _people(self) -> Iterator[Rendered]:
        shown = self.figures.people[:MOST_PEOPLE]
        for person in shown:
            yield self.voice.say(
                "week.person",
                name=self.details.people[person.user_id],
                in_hand=person.in_hand,
                solved=person.solved,
                time=Hours(person.volunteer_minutes + person.paid_minutes),
            )
        if more := len(self.figures.people) - len(shown):
            yield self.voice.say("week.more_people", n=more)

    def _average(self, name: str) -> float:
        return one_decimal(self.figures.average(name))


def one_decimal(value: Fraction) -> float:
    """Half goes up, as people round."""
    return int(value * 10 + Fraction(1, 2)) / 10


def percent(share: Fraction) -> int:
    return int(share * 100 + Fraction(1, 2))


def risk_text(risk: Risk, details: Details, place: Place, voice: Voice) -> Rendered:
    """What hangs on whom, and what to do about it."""
    match risk.kind:
        case Kind.INITIATIVE:
            what = details.organisations.get(risk.key, risk.key)
        case Kind.TOPIC:
            what = voice.topic(risk.key)
        case Kind.ROOM:
            what = team_name(place.side(risk.key), place, voice)
    return voice.say(
        f"week.risk.{risk.kind}_{risk.reason}",
        what=what,
        person=details.people.get(risk.person or "", ""),
        tickets=risk.tickets,
        of=risk.of,
    )
