"""Which helpdesks are asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from helpdesk_bot.domain.federation.choosing import ALIVE, AT_ONCE, Able, whom

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def able(peer: str, **facts: Any) -> Able:
    known: dict[str, Any] = {
        "languages": frozenset({"nl"}),
        "topics": frozenset(),
        "room": 3,
        "heard_at": NOW,
    }
    return Able(peer, **(known | facts))


def test_only_those_who_say_they_can() -> None:
    peers = [
        able("@full:a", room=0),
        able("@english:b", languages=frozenset({"en"})),
        able("@silent:c", heard_at=NOW - ALIVE - timedelta(seconds=1)),
        able("@said-no:d"),
        able("@can:e"),
    ]
    assert whom(peers, language="nl", topic=None, now=NOW, without={"@said-no:d"}) == ["@can:e"]


def test_who_knows_the_subject_comes_first_then_who_takes_up_what_is_asked() -> None:
    peers = [
        able("@a:a", asked=10, answered=0),
        able("@b:b", asked=10, answered=9),
        able("@c:c", topics=frozenset({"mail"}), asked=10, answered=1),
    ]
    assert whom(peers, language="nl", topic="mail", now=NOW) == ["@c:c", "@b:b", "@a:a"]


def test_however_many_there_are_only_a_few_are_asked() -> None:
    peers = [able(f"@{n:03}:x") for n in range(100)]
    assert whom(peers, language="nl", topic=None, now=NOW) == [f"@{n:03}:x" for n in range(AT_ONCE)]
