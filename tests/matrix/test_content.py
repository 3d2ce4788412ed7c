"""How rows become events, and what the homeserver's answers mean for them."""

from typing import Any

import pytest

from helpdesk_bot.matrix.content import Pointless, event_content
from helpdesk_bot.matrix.http import MatrixError, Unreachable
from helpdesk_bot.matrix.refusals import Verdict, pause_after, verdict
from helpdesk_bot.storage.models import OutboxRow

WORDS = {
    "msgtype": "m.text",
    "body": "Dag",
    "format": "org.matrix.custom.html",
    "formatted_body": "<p>Dag</p>",
    "m.mentions": {"user_ids": ["@noor:x.org"]},
}


def row(type_: str = "m.room.message", **content: Any) -> OutboxRow:
    return OutboxRow(txn_id="t1", type=type_, content=content or WORDS)


def test_words_alone() -> None:
    assert event_content(row(), {}) == {**WORDS, "nl.helpdesk.ref": "t1"}
    assert "nl.helpdesk.ref" not in WORDS


def test_in_a_thread_with_a_fallback_for_clients_without_threads() -> None:
    assert event_content(row(), {"thread": "$root"})["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$root"},
    }


def test_a_real_reply_in_a_thread() -> None:
    assert event_content(row(), {"thread": "$root", "reply": "$said"})["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": False,
        "m.in_reply_to": {"event_id": "$said"},
    }


def test_a_reply() -> None:
    assert event_content(row(), {"reply": "$said"})["m.relates_to"] == {
        "m.in_reply_to": {"event_id": "$said"}
    }


def test_a_thread_or_an_answered_message_that_never_arrived_is_left_out() -> None:
    for refs in ({"thread": None}, {"reply": None}, {"thread": None, "reply": None}):
        assert "m.relates_to" not in event_content(row(), refs)
    assert event_content(row(), {"thread": None, "reply": "$said"})["m.relates_to"] == {
        "m.in_reply_to": {"event_id": "$said"}
    }


def test_a_correction_pings_nobody_again() -> None:
    content = event_content(row(), {"edits": "$old"})
    assert content["m.new_content"] == WORDS
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$old"}
    assert content["body"] == "* Dag"
    assert content["m.mentions"] == {}


def test_a_reaction() -> None:
    content = event_content(row("m.reaction", key="👍"), {"about": "$said"})
    relation = {"rel_type": "m.annotation", "event_id": "$said", "key": "👍"}
    assert content == {"m.relates_to": relation, "nl.helpdesk.ref": "t1"}


def test_an_answer_to_a_verification_request() -> None:
    content = event_content(row("m.key.verification.cancel", code="m.user"), {"about": "$asked"})
    assert content["m.relates_to"] == {"rel_type": "m.reference", "event_id": "$asked"}
    assert content["code"] == "m.user"


@pytest.mark.parametrize("name", ["about", "edits"])
def test_what_is_about_nothing_is_not_said(name: str) -> None:
    with pytest.raises(Pointless):
        event_content(row("m.reaction", key="👍"), {name: None})


@pytest.mark.parametrize(
    ("kind", "error", "expected"),
    [
        ("send", Unreachable("reset"), Verdict.UNREACHABLE),
        ("send", MatrixError(429, "M_LIMIT_EXCEEDED", "", 3.0), Verdict.PAUSE_ALL),
        ("direct", MatrixError(429, "M_LIMIT_EXCEEDED", "", 60.0), Verdict.PAUSE_THIS),
        ("join", MatrixError(429, "M_LIMIT_EXCEEDED", "", 60.0), Verdict.PAUSE_THIS),
        ("send", MatrixError(401, "M_UNKNOWN_TOKEN", ""), Verdict.PAUSE_ALL),
        ("send", MatrixError(403, "M_RESOURCE_LIMIT_EXCEEDED", ""), Verdict.PAUSE_ALL),
        ("send", MatrixError(500, "M_UNKNOWN", ""), Verdict.LATER),
        ("send", MatrixError(200, "BAD_ANSWER", ""), Verdict.LATER),
        ("send", MatrixError(413, "M_TOO_LARGE", ""), Verdict.FAILED),
        ("send", MatrixError(403, "M_FORBIDDEN", ""), Verdict.REFUSED),
        ("send", MatrixError(400, "M_DUPLICATE_ANNOTATION", ""), Verdict.DROPPED),
        ("redact", MatrixError(404, "M_NOT_FOUND", ""), Verdict.DROPPED),
        ("redact", MatrixError(403, "M_FORBIDDEN", ""), Verdict.REFUSED),
        ("join", MatrixError(403, "M_FORBIDDEN", ""), Verdict.NOT_LET_IN),
        ("join", MatrixError(502, "M_UNKNOWN", ""), Verdict.LATER),
        ("join", MatrixError(400, "M_UNKNOWN", ""), Verdict.DROPPED),
        ("leave", MatrixError(404, "M_UNKNOWN", ""), Verdict.DROPPED),
        ("direct", MatrixError(400, "M_INVALID_PARAM", ""), Verdict.REFUSED),
    ],
)
def test_what_an_answer_means(kind: str, error: MatrixError, expected: Verdict) -> None:
    assert verdict(kind, error) is expected


def test_a_room_that_we_want_into_uninvited_may_not_refuse_in_silence() -> None:
    assert verdict("join", MatrixError(403, "M_FORBIDDEN", ""), invited=False) is Verdict.REFUSED


def test_pauses_grow_and_end() -> None:
    assert pause_after(0) <= 1
    assert 40 < pause_after(10_000) <= 60
