"""Which steps a run has, and what they wait for."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.domain.runs.plan import Plan
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.loading import load
from helpdesk_bot.playbooks.plan import Answers, plan_of
from tests.playbooks.written import LINKS, with_steps


def ids(found: Playbook, answers: Answers) -> list[str]:
    return [step.id for step in plan_of(found, answers)]


WHEN_LIST = {"input": "list", "is": True}


@pytest.mark.parametrize(
    ("answers", "there"),
    [
        ({"list": True}, True),
        ({"list": False}, False),
        ({}, False),
        ({"list": 1}, False),
        ({"list": "true"}, False),
    ],
)
def test_a_step_is_there_when_its_input_says_so(answers: Answers, there: bool) -> None:
    found = with_steps({"id": "one"}, {"id": "two", "when": WHEN_LIST})
    assert ids(found, answers) == (["one", "two"] if there else ["one"])


def test_one_is_not_yes() -> None:
    found = with_steps({"id": "one"}, {"id": "two", "when": {"input": "size", "is": 1}})
    assert ids(found, {"size": 1}) == ["one", "two"]
    assert ids(found, {"size": True}) == ["one"]


def test_what_needs_a_step_that_is_left_out_needs_what_that_one_needed() -> None:
    found = with_steps(
        {"id": "one"},
        {"id": "two", "needs": ["one"], "when": WHEN_LIST},
        {"id": "three", "needs": ["two"], "when": WHEN_LIST},
        {"id": "four", "needs": ["three"]},
    )
    assert plan_of(found, {"list": False}).step("four").needs == {"one"}
    assert plan_of(found, {"list": True}).step("four").needs == {"three"}


def test_what_is_due_after_a_step_that_is_left_out_is_due_after_the_start() -> None:
    found = with_steps(
        {"id": "one", "when": WHEN_LIST},
        {
            "id": "two",
            "due": {"after": "one", "days": 3},
            "wait": {"days": 30, "for": {"nl": "rust", "en": "rest"}},
        },
    )
    step = plan_of(found, {"list": False}).step("two")
    assert (step.due, step.due_after, step.rest) == (timedelta(days=3), "start", timedelta(days=30))
    assert plan_of(found, {"list": True}).step("two").due_after == "one"


def test_a_whole_playbook() -> None:
    found = load(LINKS).playbook
    assert found is not None
    assert "breach" not in ids(found, {"owners": 3, "member_list": False})
    assert "breach" in ids(found, {"owners": 3, "member_list": True})


def turning(decides: str, **first: Any) -> Plan:
    """Of a playbook with a step before the cutover, and two in it."""
    found = with_steps({"id": "before"}, {"id": "first", **first}, {"id": "second", "role": "trainer"})
    raw = found.model_dump(by_alias=True)
    [phase] = raw["phases"]
    steps = phase["steps"]
    raw["phases"] = [{**phase, "steps": steps[:1]}, {**phase, "id": "cutover", "steps": steps[1:]}]
    raw["cutover"] = {"freeze": True, "decides": decides, "rollback_window": "30d"}
    return plan_of(Playbook.model_validate(raw), {})


def test_who_decides_says_so_before_the_first_step_of_the_cutover() -> None:
    plan = turning("initiative", role="trainer")
    assert [step.decides for step in plan] == [None, "initiative", None]


def test_who_does_the_first_step_decides_by_doing_it() -> None:
    assert [step.decides for step in turning("trainer", role="trainer")] == [None, None, None]


def test_when_the_first_is_left_out_the_next_is_the_turning_point() -> None:
    plan = turning("initiative", role="trainer", when=WHEN_LIST)
    assert [(step.id, step.decides) for step in plan] == [("before", None), ("second", "initiative")]


def test_on_what_can_not_be_undone_they_sign_with_the_others() -> None:
    plan = turning("initiative", role="technician", irreversible=True, sign_off=["trainer"])
    assert (plan.steps[1].decides, plan.steps[1].sign_off) == (None, frozenset({"trainer", "initiative"}))
