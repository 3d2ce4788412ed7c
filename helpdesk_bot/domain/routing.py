"""Who is asked first, and why. Pure: the same values in, the same order out.

Each rule is one function that looks at a question and a candidate and returns points and a reason, or None when it
has nothing to say. A new rule is one function and one line in RULES; its reason is a text key `why.<reason>`, which goes
on after a name, and `why.you.<reason>`, which is said to the person themselves.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from helpdesk_bot.domain.availability import Unavailable

FIRST_ASKED = 3  # never everyone at once
TICKETS_TO_LEAD = 3  # that a learner has seen done, before they do one themselves


class Wave(IntEnum):
    """How widely a question has been offered. Each wave reaches more people than the one before."""

    NOBODY = 0
    PEOPLE = 1  # the best one to three of the team
    TEAM = 2  # the next three, and a word to the whole team room, which makes nobody's phone buzz
    STADSDEEL = 3  # also those who help in this stadsdeel and sit in another team
    CITY = 4  # the city's team room has it


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a question when it is routed.

    `helped_before`: who helped this requester last time. `helper` and `backup`: who knows their organisation, and who
    takes over. `voucher`: paid help has been funded for that organisation.
    """

    stadsdeel: str | None
    language: str
    helped_before: str | None = None
    topic: str | None = None
    urgent: bool = False
    voucher: bool = False
    helper: str | None = None
    backup: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A technician as routing sees them.

    `open_load`: tickets they have in hand. `recent_load`: tickets they took in the last 28 days. `unanswered`: offers in
    that time that they let pass. `paid` is None as long as they have not said it. `learning`: topics that they learn
    beside their `mentor`, who did `joined` tickets about this question's topic with them. `coordinator`: a technician only
    because coordinators sit in team rooms too. `unavailable`: why they can't be asked now.
    """

    user_id: str
    stadsdelen: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    open_load: int = 0
    recent_load: int = 0
    unanswered: int = 0
    paid: bool | None = None
    learning: frozenset[str] = frozenset()
    mentor: str | None = None
    joined: int = 0
    coordinator: bool = False
    unavailable: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """The others, as far as a rule needs them. `usual_load`: tickets that each of them took in the last 28 days, on
    average. `present`: who can be asked now or has full hands, and so can stand beside a learner."""

    usual_load: float
    present: frozenset[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One person to ask. `reason` names the rule that counted most."""

    user_id: str
    points: float
    reason: str


Rule = Callable[[Question, Candidate, Team], tuple[float, str] | None]


def same_helper(question: Question, candidate: Candidate, _: Team) -> tuple[float, str] | None:
    """People come back to a face they know."""
    return (40.0, "same_helper") if question.helped_before == candidate.user_id else None


def knows_organisation(question: Question, candidate: Candidate, _: Team) -> tuple[float, str] | None:
    """The backup counts almost as much, so that they come first as soon as the helper can't be asked."""
    if question.helper == candidate.user_id:
        return (36.0, "organisation")
    return (34.0, "backup") if question.backup == candidate.user_id else None


def skilled(question: Question, candidate: Candidate, _: Team) -> tuple[float, str] | None:
    """Counts for someone, never against: a person may well know more than they have told us."""
    return (30.0, "skill") if question.topic in candidate.skills else None


def leads(question: Question, candidate: Candidate, team: Team) -> tuple[float, str] | None:
    """Whoever has seen it done often enough does it now, with their mentor beside them. A little more than a skill,
    because nobody learns from what others are asked for first."""
    ready = learns(question, candidate) and candidate.joined >= TICKETS_TO_LEAD
    return (32.0, "leads") if ready and candidate.mentor in team.present else None


def speaks(question: Question, candidate: Candidate, _: Team) -> tuple[float, str] | None:
    """Counts for someone, never against: a person may well speak more languages than we have seen them write."""
    return (20.0, "language") if question.language in candidate.languages else None


def nearby(question: Question, candidate: Candidate, _: Team) -> tuple[float, str] | None:
    return (10.0, "stadsdeel") if question.stadsdeel in candidate.stadsdelen else None


def volunteer_first(question: Question, candidate: Candidate, _: Team) -> tuple[float, str] | None:
    """What volunteers can do is done by volunteers; paid hours are for what can't wait or has been funded."""
    if question.urgent or question.voucher:
        return (12.0, "voucher" if question.voucher else "urgent") if candidate.paid else None
    return (12.0, "volunteer") if candidate.paid is False else None


def has_room(_: Question, candidate: Candidate, __: Team) -> tuple[float, str] | None:
    """Each ticket in hand weighs less than the one before, so that load never outweighs everything else."""
    return (15.0 / (1 + candidate.open_load), "load")


def fair_share(_: Question, candidate: Candidate, team: Team) -> tuple[float, str] | None:
    """Whoever did less than the others lately goes first.

    Two points a ticket: what somebody did more adds up until others go before them, whoever they are. In `make simulate`
    the load is spread at a Gini of 0.156 without this rule, 0.117 with one point, 0.107 with two and 0.100 with four;
    but with four those who know the subject help with 61 % of the questions instead of 63 %. Whoever comes back after
    weeks is far behind: that counts for no more than nine tickets, or they would get everything at once.
    """
    behind = team.usual_load - candidate.recent_load
    return (max(-60.0, min(18.0, 2.0 * behind)), "fair") if behind else None


def answers(_: Question, candidate: Candidate, __: Team) -> tuple[float, str] | None:
    """Whoever lets offers pass is busy with something else, and is asked a little less until they take one."""
    return (-3.0 * min(candidate.unanswered, 4), "load") if candidate.unanswered else None


RULES: tuple[Rule, ...] = (
    same_helper,
    knows_organisation,
    skilled,
    leads,
    speaks,
    nearby,
    volunteer_first,
    has_room,
    fair_share,
    answers,
)


def rank(
    question: Question,
    candidates: Iterable[Candidate],
    limit: int | None = None,
    without: Collection[str] = (),
) -> list[Suggestion]:
    """The best candidates first, at most `limit` of those who can be asked now. Equal points: the smaller load, then the
    name, so it is stable.

    Without a `limit` it is one to three, and never more than half of those who can be asked, rounded up. Coordinators
    are asked when nobody else can be, or when they helped before. `without`: who was asked already. Nothing makes up for not being available: urgent is
    not panic, which has people on call.
    """
    everybody = list(candidates)
    people = [candidate for candidate in everybody if candidate.unavailable is None]
    people = [candidate for candidate in people if candidate.user_id not in without]
    helpers = [c for c in people if not c.coordinator or c.user_id == question.helped_before] or people
    team = _team(everybody)
    scored = [(_judged(question, candidate, team), candidate.open_load) for candidate in helpers]
    scored.sort(key=lambda pair: (-pair[0].points, pair[1], pair[0].user_id))
    most = min(FIRST_ASKED, (len(helpers) + 1) // 2) if limit is None else limit
    return [suggestion for suggestion, _ in scored[:most]]


def _judged(question: Question, candidate: Candidate, team: Team) -> Suggestion:
    said = [found for rule in RULES if (found := rule(question, candidate, team)) is not None]
    _, reason = max(said, key=lambda found: found[0])
    return Suggestion(candidate.user_id, sum(points for points, _ in said), reason)


def _team(everybody: Sequence[Candidate]) -> Team:
    """What is usual is counted over whoever helps here, asked now or not: who is away for weeks has not done less than
    their share."""
    working = [
        c.recent_load for c in everybody if not c.coordinator and c.unavailable is not Unavailable.AWAY
    ]
    present = (None, Unavailable.FULL)
    return Team(
        usual_load=sum(working) / len(working) if working else 0.0,
        present=frozenset(c.user_id for c in everybody if c.unavailable in present),
    )


def learns(question: Question, candidate: Candidate) -> bool:
    """Whether this question is about something that they want to learn."""
    return (
        question.topic in candidate.learning
        and question.topic not in candidate.skills
        and candidate.mentor is not None
    )


def companion(question: Question, helper: str, candidates: Collection[Candidate]) -> str | None:
    """Who joins in with `helper`: their mentor when they lead for the first times, else somebody who learns from them.

    Whoever can't be asked now is left alone, but full hands are no reason not to watch. Of several learners the one who
    has seen least.
    """
    present = _team(list(candidates)).present
    leading = next((c for c in candidates if c.user_id == helper), None)
    if leading is not None and learns(question, leading) and leading.joined >= TICKETS_TO_LEAD:
        return leading.mentor if leading.mentor in present else None
    learners = [
        c
        for c in candidates
        if c.mentor == helper and c.user_id != helper and c.user_id in present and learns(question, c)
    ]
    return min(learners, key=lambda c: (c.joined, c.user_id)).user_id if learners else None
