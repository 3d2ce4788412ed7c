"""The playbooks that come with the project: nothing is wrong with any of them, and they lead where they say."""

from pathlib import Path

import pytest

from helpdesk_bot.config import document
from helpdesk_bot.config.validating import validated
from helpdesk_bot.domain.runs.rules import may_begin
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.playbooks import schema
from helpdesk_bot.playbooks.checking import names_of, read_aloud
from helpdesk_bot.playbooks.loading import Loaded, files_of, load, together
from helpdesk_bot.playbooks.plan import plan_of
from helpdesk_bot.playbooks.tools import TOOLS_FILE, Tool, Tools

FOLDER = Path(__file__).parents[2] / "playbooks"
FILES = files_of(FOLDER)
ENOUGH = 30


@pytest.fixture(scope="module")
def tools() -> dict[str, Tool]:
    read = document.read(FOLDER / TOOLS_FILE)
    found = validated(read, Tools)
    assert found is not None, read.findings
    return {tool.id: tool for tool in found.tools}


@pytest.fixture(scope="module")
def library(tools: dict[str, Tool]) -> dict[str, Loaded]:
    loaded = [load(file) for file in FILES]
    together(loaded, tools)
    return {one.document.path.stem: one for one in loaded}


def test_there_are_enough(library: dict[str, Loaded]) -> None:
    assert len(library) >= ENOUGH


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_nothing_is_wrong_with_it(name: str, library: dict[str, Loaded], tools: dict[str, Tool]) -> None:
    read_aloud(library[name], names_of(tools))
    assert not [str(found) for found in library[name].findings]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_it_has_a_first_step_whatever_was_answered(name: str, library: dict[str, Loaded]) -> None:
    playbook = library[name].playbook
    assert playbook is not None
    for flag in (True, False):
        answers = {asked.key: flag for asked in playbook.inputs if asked.type == "boolean"}
        plan = plan_of(playbook, answers)
        assert may_begin(plan, {step.id: Step.TODO for step in plan})


def test_every_tool_of_the_large_companies_can_be_left(tools: dict[str, Tool]) -> None:
    """Something else in the catalogue takes its place."""
    replaced = {name for tool in tools.values() if tool.kind != "bigtech" for name in tool.instead_of}
    assert {tool.id for tool in tools.values() if tool.kind == "bigtech"} <= replaced


def test_no_tool_is_there_twice(tools: dict[str, Tool]) -> None:
    read = document.read(FOLDER / TOOLS_FILE)
    assert len(read.data["tools"]) == len(tools)
    for tool in tools.values():
        assert set(tool.instead_of) <= set(tools) - {tool.id}


@pytest.mark.parametrize(
    ("file", "text"),
    [("schema.json", schema.playbook_schema()), ("tools.schema.json", schema.tools_schema())],
)
def test_editors_get_the_schema_of_today(file: str, text: str) -> None:
    """If this fails: helpdesk playbook schema -o playbooks/schema.json (--tools for tools.schema.json)."""
    assert (FOLDER / file).read_text("utf-8") == text
