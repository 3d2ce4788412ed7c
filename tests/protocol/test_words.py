"""What helpdesks say to one another, as it travels."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from helpdesk_bot.protocol.reading import NotUnderstood, common, read, written
from helpdesk_bot.protocol.schemas import schemas
from helpdesk_bot.protocol.words import (
    EVERY,
    LONGEST_TEXT,
    Accept,
    Close,
    Compared,
    Confirm,
    Decline,
    Hello,
    Message,
    Offer,
    Problem,
    Return,
    Served,
    Status,
    Sync,
    Week,
    Withdraw,
    Word,
)

REF, OTHER, NOW = "a" * 32, "b" * 32, datetime(2026, 11, 23, 9, tzinfo=UTC)
PLACE: dict[str, Any] = {"lend": REF, "version": 1}
SAID: list[Word] = [
    Hello(
        versions=[1],
        name="Helpdesk Noord",
        stadsdelen=[Served(id="noord", name="Noord")],
        languages=["nl", "en"],
        room=3,
        trusts=True,
        era=1795507200,
    ),
    Offer(**PLACE, language="nl", asked_at=NOW, expires_at=NOW),
    Accept(**PLACE, helper="Meryem"),
    Decline(**PLACE, reason="no_room"),
    Confirm(**PLACE, number=12, subject="Onze printer", requester="Fatima", confirmed_at=NOW),
    Withdraw(**PLACE, reason="taken"),
    Return(**PLACE),
    Status(**PLACE, status="working"),
    Close(**PLACE, reason="confirmed", rating=5),
    Message(lend=REF, n=1, id=OTHER, text="Staat hij aan? ✋", said_at=NOW),
    Sync(lends=[Compared(lend=REF, side="origin", state="confirmed", version=2, seen=1, said=3, heard=0)]),
    Week(begins=date(2026, 11, 16), figures={"new": 12, "solved": None}, lent=1, borrowed=0),
    Problem(code="unknown_type", about="dance"),
]


def test_each_has_an_example() -> None:
    assert {type(word) for word in SAID} == set(EVERY)


@pytest.mark.parametrize("word", SAID, ids=lambda word: word.type)
def test_what_is_written_is_read_as_it_was_meant_and_fits_its_schema(word: Word) -> None:
    content = json.loads(json.dumps(written(word)))
    assert read(content) == word
    Draft202012Validator(schemas()[word.type], format_checker=FormatChecker()).validate(content)


@pytest.mark.parametrize("word", SAID, ids=lambda word: word.type)
def test_a_field_that_nobody_knows_changes_nothing(word: Word) -> None:
    assert read({**written(word), "mood": {"of": "the sender"}, "nl.helpdesk.ref": "x"}) == word


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "version"),
        ({"protocol": True, "type": "hello"}, "version"),
        ({"protocol": 2, "type": "offer"}, "version"),
        ({"protocol": 1, "type": "dance"}, "unknown_type"),
        ({"protocol": 1, "type": ["offer"]}, "unknown_type"),
        ({"protocol": 1, "type": "accept", "version": 1, "lend": REF.upper()}, "malformed"),
        ({"protocol": 1, "type": "accept", "version": 1, "lend": REF + "\n"}, "malformed"),
        ({"protocol": 1, "type": "accept", "version": 0, "lend": REF}, "malformed"),
        ({**written(SAID[1]), "asked_at": "2026-11-23T09:00:00"}, "malformed"),
        ({**written(SAID[9]), "text": "x" * (LONGEST_TEXT + 1)}, "malformed"),
    ],
)
def test_what_is_not_understood_has_a_plain_reason(content: dict[str, Any], code: str) -> None:
    with pytest.raises(NotUnderstood) as why:
        read(content)
    assert why.value.code == code


def test_an_offer_has_no_place_for_what_was_asked_or_by_whom() -> None:
    assert set(Offer.model_fields).isdisjoint(
        {"text", "subject", "requester", "organisation", "by", "number"}
    )


def test_two_speak_the_highest_version_that_both_know() -> None:
    assert common([1, 2, 7]) == 1
    assert common([2]) is None
