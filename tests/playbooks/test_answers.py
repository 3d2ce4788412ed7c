from typing import Any

import pytest

from helpdesk_bot.playbooks.answers import answer
from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer


def asked(kind: str, **more: Any) -> Input:
    words = {"nl": "Wat?", "en": "What?"}
    if kind == "choice":
        more["choices"] = [{"value": value, "label": words} for value in ("one", "two")]
    return Input.model_validate({"key": "x", "label": words, "type": kind, **more})


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        ("number", " 12 ", 12), ("number", "-3", -3), ("boolean", "Ja", True), ("boolean", "no", False),
        ("choice", "two", "two"), ("date", "2027-05-01", "2027-05-01"), ("text", " a b ", "a b"),
        ("url", "https://example.org", "https://example.org"), ("person", "@a:example.org", "@a:example.org"),
    ],
)  # fmt: skip
def test_what_is_meant(kind: str, text: str, meant: Answer) -> None:
    found = answer(asked(kind), text)
    assert (type(found), found) == (type(meant), meant)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "many", "a whole number"), ("number", "", "a whole number"), ("boolean", "perhaps", "yes or no"),
        ("choice", "three", "one of one, two"), ("date", "soon", "a day, such as"), ("text", " ", "some text"),
        ("url", "javascript:x", "an address that begins with https://"), ("person", "", "some text"),
    ],
)  # fmt: skip
def test_what_can_not_be_an_answer(kind: str, text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        answer(asked(kind), text)


@pytest.mark.parametrize("text", ["1", "51"])
def test_bounds(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number from 2 up to 50"):
        answer(asked("number", min=2, max=50), text)
    assert answer(asked("number", min=2, max=50), "50") == 50
