"""Nothing about fewer than five people leaves the team, and nothing from which it could be reckoned."""

from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.disclosure import FEWEST, may_be_shown, total_may_be_shown

people = st.frozensets(st.sampled_from([f"@p{n}" for n in range(40)]), max_size=20)
tables = st.dictionaries(st.sampled_from(["noord", "oost", "zuid", "west", ""]), people, min_size=1)


@given(tables)
def test_no_part_about_few_is_shown(parts: dict[str, frozenset[str]]) -> None:
    assert all(len(parts[name]) >= FEWEST for name in may_be_shown(parts))


@given(tables)
def test_what_is_left_after_subtraction_is_of_several_parts_and_enough_people(
    parts: dict[str, frozenset[str]],
) -> None:
    hidden = parts.keys() - may_be_shown(parts)
    if not hidden or not total_may_be_shown(parts):
        return
    together = frozenset[str]().union(*(parts[name] for name in hidden))
    only_one_there_is = len(parts) == 1
    assert len(hidden) > 1 or only_one_there_is
    assert len(together) >= FEWEST


@given(tables)
def test_it_hides_nothing_that_need_not_be(parts: dict[str, frozenset[str]]) -> None:
    if all(len(who) >= FEWEST for who in parts.values()):
        assert may_be_shown(parts) == parts.keys()


def test_the_smallest_of_the_others_is_hidden_as_well() -> None:
    def crowd(size: int, name: str) -> frozenset[str]:
        return frozenset(f"{name}{n}" for n in range(size))

    parts = {"noord": crowd(2, "n"), "oost": crowd(30, "o"), "zuid": crowd(6, "z"), "west": crowd(9, "w")}
    assert may_be_shown(parts) == {"oost", "west"}
    assert not total_may_be_shown({"noord": crowd(2, "n"), "oost": crowd(2, "o")})
