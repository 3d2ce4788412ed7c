"""What hangs on one person."""

import pytest

from helpdesk_bot.domain.bus_factor import Kind, Reason, Risk, initiatives, rooms, topics


@pytest.mark.parametrize(
    ("helped", "hangs"),
    [
        ({"an": 3}, True),
        ({"an": 2}, False),  # too few to tell
        ({"an": 4, "bo": 1}, True),  # exactly four fifths
        ({"an": 7, "bo": 2}, False),
        ({"an": 8, "bo": 1, "cas": 1}, True),
        ({"an": 2, "bo": 2}, False),
    ],
)
def test_an_initiative_with_one_helper(helped: dict[str, int], hangs: bool) -> None:
    found = initiatives({"7": helped}, with_backup=())
    risk = Risk(Kind.INITIATIVE, Reason.SHARE, "7", "an", helped["an"], sum(helped.values()))
    assert found == ([risk] if hangs else [])


def test_with_a_backup_it_hangs_on_nobody() -> None:
    assert initiatives({"7": {"an": 9}, "8": {"an": 9}}, with_backup=["7"]) == [
        Risk(Kind.INITIATIVE, Reason.SHARE, "8", "an", 9, 9)
    ]


def test_where_most_would_be_lost_comes_first() -> None:
    found = initiatives({"1": {"an": 3}, "2": {"bo": 30}, "3": {"cas": 3}}, with_backup=())
    assert [risk.key for risk in found] == ["2", "1", "3"]


def test_a_topic_that_one_person_knows_or_does() -> None:
    found = topics(
        {"mail": {"an": 5}, "files": {"bo": 5}}, {"mail": {"an"}, "chat": {"cas"}, "files": {"bo", "an"}}
    )
    assert [(risk.key, risk.reason, risk.person) for risk in found] == [
        ("chat", Reason.SKILL, "cas"),
        ("files", Reason.SHARE, "bo"),
        ("mail", Reason.SHARE, "an"),
    ]


def test_rooms_with_one_or_nobody() -> None:
    found = rooms({"!a": {"an"}, "!b": {"an", "bo"}, "!c": set()})
    assert [(risk.key, risk.reason, risk.person) for risk in found] == [
        ("!a", Reason.ALONE, "an"),
        ("!c", Reason.NOBODY, None),
    ]
