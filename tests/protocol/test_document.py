"""What is written about the protocol is what the code does."""

import json
import re

from helpdesk_bot.protocol.schemas import schemas
from helpdesk_bot.protocol.words import BY_TYPE, EVENT_TYPE, Problem
from tests.protocol.document import BLOCKS, DOCUMENT, filled

TEXT = DOCUMENT.read_text("utf-8")


def test_what_the_code_says_of_itself_is_current() -> None:
    """Else: `python -m tests.protocol.document`."""
    assert set(re.findall(r"<!-- begin ([a-z]+) -->", TEXT)) == set(BLOCKS)
    assert filled(TEXT) == TEXT


def test_the_schemas_are_current() -> None:
    """Else: `python -m helpdesk_bot.protocol.schemas docs/federation/`."""
    folder = DOCUMENT.parent / "federation"
    written = {path.name: json.loads(path.read_text("utf-8")) for path in folder.iterdir()}
    assert written == {f"{name}.schema.json": schema for name, schema in schemas().items()}


def test_every_word_and_every_problem_is_explained() -> None:
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", TEXT, re.MULTILINE))
    codes = Problem.model_fields["code"].annotation.__args__  # type: ignore[union-attr]
    assert rows >= {*BY_TYPE, *codes}
    assert f"`{EVENT_TYPE}`" in TEXT
