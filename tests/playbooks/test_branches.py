"""That the ways which are walked are all the ways that there are."""

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest

from helpdesk_bot.playbooks.format import Input, Playbook
from helpdesk_bot.playbooks.plan import Answer, plan_of
from tests.playbooks.written import NAMES, whole_library, with_steps
from tests.support.branches import LANGUAGES, branches, trips


def everything(asked: Input) -> Iterable[Answer | None]:
    """Whatever a trainer may answer, as far as one can count it."""
    match asked.type:
        case "boolean":
            return (True, False)
        case "choice":
            return [choice.value for choice in asked.choices]
        case "number":
            return (1, 2)
        case _:
            return ("x",)


def ways(found: Playbook) -> set[frozenset[str]]:
    """By answering every question in every way."""
    keys = [one.key for one in found.inputs]
    given = [(*everything(one), *([] if one.required else [None])) for one in found.inputs]
    answers = ({k: v for k, v in zip(keys, each, strict=True) if v is not None} for each in product(*given))
    return {frozenset(step.id for step in plan_of(found, told)) for told in answers}


@pytest.mark.parametrize("name", NAMES)
def test_every_way_is_walked_and_every_step_in_every_language(name: str) -> None:
    found = whole_library().playbooks[name]
    walked = trips(found)
    assert {trip.branch.steps for trip in walked} == ways(found)
    assert {pair for trip in walked for pair in trip.read} == {
        (step.id, language) for step in found.steps for language in LANGUAGES
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_is_answered_leads_along_the_branch(name: str) -> None:
    found = whole_library().playbooks[name]
    for branch in branches(found):
        assert {step.id for step in plan_of(found, branch.answers)} == branch.steps
        assert {one.key for one in found.inputs if one.required} <= branch.answers.keys()


def test_what_was_not_answered_is_a_way_of_its_own() -> None:
    found = with_steps({"id": "one"}, when("two", "list", True), when("three", "list", False))
    assert len(branches(found)) == 2
    optional = [one.model_copy(update={"required": False}) for one in found.inputs]
    free = found.model_copy(update={"inputs": optional})
    assert [sorted(branch.steps) for branch in branches(free)] == [["one", "two"], ["one", "three"], ["one"]]


def test_a_choice_and_a_number_give_as_many_ways_as_make_a_difference() -> None:
    found = with_steps({"id": "one"}, when("two", "host", "own"), when("three", "size", 40))
    assert {branch.steps for branch in branches(found)} == {
        frozenset({"one", *more}) for more in ((), ("two",), ("three",), ("two", "three"))
    }
    assert len(trips(found)) == 4


def test_what_is_there_in_both_languages_takes_a_trip_more() -> None:
    found = with_steps({"id": "one"}, when("two", "list", True))
    assert [trip.language for trip in trips(found)] == ["nl", "en", "en"]


def when(name: str, key: str, value: Answer) -> dict[str, Any]:
    return {"id": name, "when": {"input": key, "is": value}}
