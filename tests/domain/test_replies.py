"""A yes is a yes only when all of it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.replies import NOTHING, Reply, Words, numbers, understood

WORDS = Words(
    yes=frozenset({"ja", "ja hoor", "het werkt", "het werkt weer", "werkt"}),
    no=frozenset({"nee", "nog niet", "nee nog niet"}),
    thanks=frozenset({"bedankt", "dank"}),
    kind=frozenset({"super", "fijne dag"}),
    around=frozenset({"je", "wel", "heel", "erg"}),
)
YES, NO, THANKS, BOTH = Reply(yes=True), Reply(no=True), Reply(thanks=True), Reply(yes=True, thanks=True)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ja", YES),
        ("Ja hoor!", YES),
        ("👍🏾", YES),
        ("ja 👍", YES),
        ("Het werkt weer, dank je wel Sanne", BOTH),
        ("Heel erg bedankt", THANKS),
        ("Nee, nog niet.", NO),
        ("👎", NO),
        ("nee 👎", NO),
        ("👍👎", NOTHING),
        ("nee 👍", NOTHING),
        ("ja 👎", NOTHING),
        ("bedankt maar het werkt niet", NOTHING),
        ("werkt het weer", NOTHING),
        ("werkt het?", NOTHING),
        ("heel erg", NOTHING),
        ("Super!", Reply(kind=True)),
        ("ja, super", Reply(yes=True, kind=True)),
        ("bedankt en fijne dag", NOTHING),
        ("fijne dag 👍", Reply(yes=True, kind=True)),
        ("Sanne", NOTHING),
        ("", NOTHING),
        ("ja " * 21, NOTHING),
    ],
)
def test_meaning(text: str, meaning: Reply) -> None:
    assert understood(text, WORDS, ["Sanne de Vries"]) == meaning


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5", ({"5"}, False)),
        ("een 5, bedankt Sanne!", ({"5"}, True)),
        ("4/5", ({"4"}, False)),
        ("4 / 5 👍", ({"4"}, False)),
        ("vijf", ({"5"}, False)),
        ("8.5", ({"8", "5"}, False)),
        ("5 printers", (set(), False)),
        ("1234", (set(), False)),
        ("5?", (set(), False)),
        ("፩", (set(), False)),
        ("", (set(), False)),
    ],
)
def test_numbers(text: str, found: tuple[set[str], bool]) -> None:
    digits, polite = found
    assert numbers(text, WORDS, {"vijf": "5"}, frozenset({"een"}), ["Sanne"]) == (frozenset(digits), polite)


@given(
    st.lists(
        st.sampled_from(["ja", "hoor", "het", "werkt", "weer", "niet", "maar", "dank", "je", "👍", "👎", "?"])
    )
)
def test_a_doubt_is_never_a_yes(parts: list[str]) -> None:
    meaning = understood(" ".join(parts), WORDS)
    if {"niet", "maar", "👎", "?"} & set(parts):
        assert not meaning.yes
        assert not meaning.thanks
    assert not (meaning.no and (meaning.yes or meaning.thanks))


@given(st.text())
def test_it_never_fails(text: str) -> None:
    understood(text, WORDS, [text])
