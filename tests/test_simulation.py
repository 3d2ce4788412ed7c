"""The promises of routing, on fewer questions than `make simulate`; and that each of them can be broken."""

from collections.abc import Callable, Collection

import pytest

from benchmarks import simulation
from benchmarks.report import Figure
from benchmarks.routing import offered as by_rules
from benchmarks.routing import town as made_up
from benchmarks.routing.first_come import first_come
from benchmarks.routing.outcome import Outcome, gini
from benchmarks.routing.town import ZONE, Town
from helpdesk_bot.config.helping import Helping
from helpdesk_bot.domain import routing
from helpdesk_bot.domain.availability import is_away, is_quiet
from helpdesk_bot.domain.routing import Candidate, Question, Suggestion

FEW = 2_000


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.made(simulation.SEED, FEW)


@pytest.fixture(scope="module")
def by_chance(town: Town) -> Outcome:
    return first_come(town)


def broken(town: Town, by_chance: Outcome) -> set[str]:
    """The promises that were not kept."""
    figures = simulation.figures(town, by_rules.offered(town), by_chance)
    return {figure.name for figure in figures if not figure.good}


def test_every_promise_is_kept(town: Town, by_chance: Outcome) -> None:
    figures: list[Figure] = simulation.figures(town, by_rules.offered(town), by_chance)
    assert [figure.name for figure in figures if not figure.good] == []
    assert len([figure for figure in figures if figure.limit is not None]) == 7


def test_both_ways_get_everything_done_and_the_same_comes_out_twice(town: Town, by_chance: Outcome) -> None:
    once, again = by_rules.offered(town), by_rules.offered(Town.made(simulation.SEED, FEW))
    assert once.taken == again.taken
    assert once.asked == again.asked
    assert len(once.taken) == len(by_chance.taken) == FEW


def _whoever(*_: object) -> None:
    """Everybody can be asked at any time."""


def _by_name(_: Question, candidate: Candidate, __: routing.Team) -> tuple[float, str]:
    return (float(candidate.user_id[8:10]), "load")


def _everybody(
    question: Question, people: list[Candidate], limit: int | None = None, without: Collection[str] = ()
) -> list[Suggestion]:
    return routing.rank(question, people, 99, without)


def _against_skill(question: Question, candidate: Candidate, _: routing.Team) -> tuple[float, str] | None:
    return (500.0, "load") if question.topic not in candidate.skills else None


@pytest.mark.parametrize(
    ("breaks", "promises"),
    [
        (
            lambda patch: patch.setattr(by_rules, "unavailable", _whoever),
            {"asked in quiet hours or while away", "caps broken"},
        ),
        (
            lambda patch: patch.setattr(made_up, "USUAL_REST", (None, None)),
            {"asked in quiet hours or while away"},
        ),
        (
            lambda patch: patch.setattr(routing, "RULES", (_by_name,)),
            {"how unequal the load is (Gini), to first come"},
        ),
        (
            lambda patch: patch.setattr(routing, "RULES", (*routing.RULES, _against_skill)),
            {"helped by somebody without the skill, to first come"},
        ),
        (
            lambda patch: patch.setattr(by_rules, "rank", _everybody),
            {"asked at once, at most", "whole teams asked at once"},
        ),
        (
            lambda patch: patch.setattr(by_rules, "steps", lambda *_: {}),
            {"past the target, nobody has it, not escalated"},
        ),
    ],
)
def test_a_rule_that_is_broken_breaks_its_promise(
    town: Town,
    by_chance: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[pytest.MonkeyPatch], None],
    promises: set[str],
) -> None:
    breaks(monkeypatch)
    assert broken(town, by_chance) >= promises


@pytest.mark.parametrize(("rule", "status"), [(None, 0), (_whoever, 1)])
def test_the_command_says_so_with_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rule: object, status: int
) -> None:
    if rule is not None:
        monkeypatch.setattr(by_rules, "unavailable", rule)
    assert simulation.main(["--questions", "800"]) == status
    assert "caps broken" in capsys.readouterr().out


def test_rest_is_counted_apart_from_the_rules_and_comes_to_the_same(town: Town) -> None:
    for helper in town.helpers:
        for asked in town.questions[::7]:
            habits = helper.habits(asked.at)
            assert helper.rests(asked.at) == (is_away(habits, asked.at) or is_quiet(habits, asked.at, ZONE))


def test_there_are_people_who_never_said_when_they_rest_and_people_to_whom_any_hour_is_fine(
    town: Town,
) -> None:
    assert Helping().rest == made_up.USUAL_REST
    assert sum(not helper.said for helper in town.helpers) == 20
    assert any(helper.said and not helper.rest_hours for helper in town.helpers)


@pytest.mark.parametrize(
    ("loads", "unequal"), [([5, 5, 5], 0.0), ([0, 0, 0, 12], 0.75), ([], 0.0), ([1, 3], 0.25)]
)
def test_gini(loads: list[int], unequal: float) -> None:
    assert gini(loads) == pytest.approx(unequal)
