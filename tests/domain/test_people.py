"""A role comes from being in a room that nobody can just walk into, and from nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.layout import Layout, Stadsdeel
from helpdesk_bot.domain.people import PRIVATE_RULES, standing

LAYOUT = Layout(
    (Stadsdeel("noord", "Noord", (), "!help", "!team"),),
    overflow="!city",
    coordination="!coord",
    trainers="!train",
)
STAFF = ["!team", "!city", "!coord", "!train"]
rooms = st.sets(st.sampled_from([*STAFF, "!help", "!space", "!elsewhere"]))
rules = st.dictionaries(
    st.sampled_from([*STAFF, "!help", "!elsewhere"]),
    st.sampled_from(["invite", "knock", "private", "public", "restricted", "knock_restricted", "", None]),
)


@given(rooms, rules)
def test_only_private_rooms_of_the_helpdesk_count(
    joined: set[str], join_rules: dict[str, str | None]
) -> None:
    who = standing("@a:t", joined, join_rules, LAYOUT)
    proven = {room for room in joined if join_rules.get(room) in PRIVATE_RULES}
    assert who.teams == proven & {"!team", "!city"}
    assert who.coordinator == ("!coord" in proven)
    assert who.trainer == ("!train" in proven)
    assert who.staff == bool(proven & set(STAFF))


def test_nobody_helps_with_a_question_without_a_team_but_coordinators() -> None:
    private = dict.fromkeys(STAFF, "invite")
    assert not standing("@a:t", ["!team"], private, LAYOUT).helps_in(None)
    assert standing("@a:t", ["!coord"], private, LAYOUT).helps_in(None)
    assert not standing("@a:t", ["!team"], private, LAYOUT).helps_in("!city")
    assert not standing("@a:t", ["!train"], private, LAYOUT).helps_in("!team")
