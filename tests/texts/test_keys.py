"""What the program says exists: keys that are written out in the code, and the values they need."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import helpdesk_bot
from helpdesk_bot.texts.catalogue import Catalogues, places

PACKAGE = Path(helpdesk_bot.__file__).parent
SPEAKING = ("actions", "alarm", "chat", "probe", "reports", "schedule", "storage", "web", "app.py")
SAYS = {
    "words",
    "say",
    "word",
    "tell_requester",
    "tell_team",
    "tell_coordinators",
    "mark",
    "invite",
    "UserError",
    "yes",
    "no",
    "unknown",
    "later",
}
NUMBER_IS_GIVEN = {"tell_requester", "tell_team", "invite"}
catalogues = Catalogues.load()
KEY, START = re.compile(r"[a-z]+(\.[a-z0-9_]+)+"), re.compile(r"[a-z]+\.[a-z0-9_.]*")
PREFIXES = {key.partition(".")[0] for key in catalogues.keys}


def sources() -> Iterator[str]:
    for part in SPEAKING:
        found = PACKAGE / part
        for path in [found] if found.is_file() else sorted(found.rglob("*.py")):
            if path.name != "drawing.py":  # it says nothing of its own; matplotlib's settings look like keys
                yield str(path.relative_to(PACKAGE))


@cache
def parsed(file: str) -> ast.Module:
    return ast.parse((PACKAGE / file).read_text(encoding="utf-8"))


def is_key(value: object) -> bool:
    return isinstance(value, str) and KEY.fullmatch(value) is not None and value.partition(".")[0] in PREFIXES


def named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("file", list(sources()))
def test_keys_in_the_code_exist(file: str) -> None:
    tree = parsed(file)
    composed = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in composed for part in node.values}
    unknown = [
        f"{file}:{node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in parts and is_key(node.value)
        if node.value not in catalogues.keys
    ]
    for node in composed:
        start = node.values[0].value if isinstance(node.values[0], ast.Constant) else ""
        ours = isinstance(start, str) and START.fullmatch(start) and start.partition(".")[0] in PREFIXES
        if ours and not any(key.startswith(str(start)) for key in catalogues.keys):
            unknown.append(f"{file}:{node.lineno}: {start!r}…")
    assert not unknown


@pytest.mark.parametrize("file", list(sources()))
def test_texts_get_the_values_they_have_a_place_for(file: str) -> None:
    missing, tree = [], parsed(file)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and named(node) in SAYS):
        given = {word.arg for word in call.keywords}
        if None in given:
            continue  # '**params': only known when it runs
        if "status_key" in given:
            given.add("status")  # a key becomes words where the language is known
        if named(call) in NUMBER_IS_GIVEN:
            given.add("number")
        for key in (arg.value for arg in call.args if isinstance(arg, ast.Constant)):
            if not (isinstance(key, str) and key in catalogues.keys):
                continue
            forms = catalogues.forms(catalogues.default, key)
            needs = frozenset().union(*map(places, forms)) | ({"n"} if len(forms) > 1 else set())
            if needs - given:
                missing.append(f"{file}:{call.lineno}: {key} needs {', '.join(sorted(needs - given))}")
    assert not missing
