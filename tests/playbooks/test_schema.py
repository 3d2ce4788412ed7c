"""What editors check while one types is what the program reads."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from helpdesk_bot.playbooks.schema import playbook_schema, tools_schema
from tests.playbooks.written import MOVE, PLAYBOOKS, TOOLS, changed


def errors(schema: str, text: str) -> list[str]:
    """As an editor finds them, for which days are text."""
    read: Any = YAML(typ="safe", pure=True).load(text)
    validator = Draft202012Validator(json.loads(schema))
    return [error.message for error in validator.iter_errors(json.loads(json.dumps(read, default=str)))]


def test_an_editor_accepts_what_the_program_accepts() -> None:
    assert errors(playbook_schema(), MOVE) == []
    assert errors(tools_schema(), TOOLS) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("owner: trainers", "ownr: trainers"),
        ("role: initiative", "role: boss"),
        ("{auto: tls, host", "{auto: tsl, host"),
        ("minutes: 20", "minutes: twenty"),
        ("id: prepare", "id: preparing"),
    ],
)
def test_an_editor_refuses_what_the_program_refuses(old: str, new: str) -> None:
    assert errors(playbook_schema(), changed(MOVE, old, new))


def test_every_file_names_its_schema() -> None:
    for path in PLAYBOOKS.glob("*.yaml"):
        name = "tools.schema.json" if path.name == "tools.yaml" else "schema.json"
        assert path.read_text("utf-8").startswith(f"# yaml-language-server: $schema=./{name}\n"), path.name
        assert (PLAYBOOKS / name).exists()
