"""The playbooks that come with the project: nothing is wrong with any of them, and they lead where they say."""

import pytest

from helpdesk_bot.domain.runs.rules import may_begin
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks import schema
from helpdesk_bot.playbooks.checking import names_of, read_aloud
from helpdesk_bot.playbooks.loading import Library
from helpdesk_bot.playbooks.plan import plan_of
from tests.playbooks.written import NAMES, PLAYBOOKS, whole_library

ENOUGH = 30


@pytest.fixture(scope="module")
def shelf() -> Library:
    return whole_library()


def test_there_are_enough(shelf: Library) -> None:
    assert len(shelf.playbooks) >= ENOUGH


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_it(name: str, shelf: Library) -> None:
    (loaded,) = (one for one in shelf.files if one.document.path.stem == name)
    read_aloud(loaded, names_of(shelf.tools))
    assert not [str(found) for found in loaded.findings]


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_first_step_whatever_was_answered(name: str, shelf: Library) -> None:
    playbook = shelf.playbooks[name]
    for flag in (True, False):
        answers = {asked.key: flag for asked in playbook.inputs if asked.type == "boolean"}
        plan = plan_of(playbook, answers)
        assert may_begin(plan, {step.id: Step.TODO for step in plan})


def test_nothing_is_wrong_with_the_catalogue_of_tools(shelf: Library) -> None:
    assert not [str(found) for found in shelf.catalogue.findings]


def test_every_tool_of_the_large_companies_can_be_left(shelf: Library) -> None:
    """Something else in the catalogue takes its place."""
    tools = shelf.tools.values()
    replaced = {name for tool in tools if tool.kind != "bigtech" for name in tool.instead_of}
    assert {tool.id for tool in tools if tool.kind == "bigtech"} <= replaced


@pytest.mark.parametrize(
    ("file", "text"),
    [("schema.json", schema.playbook_schema()), ("tools.schema.json", schema.tools_schema())],
)
def test_editors_get_the_schema_of_today(file: str, text: str) -> None:
    """If this fails: helpdesk playbook schema -o playbooks/schema.json (--tools for tools.schema.json)."""
    assert (PLAYBOOKS / file).read_text("utf-8") == text
