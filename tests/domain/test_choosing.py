"""An answer is one only when all of it is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.choosing import Words, chosen

OPTIONS = {
    "mail": {"mail"},
    "files": {"bestanden en delen", "bestanden", "delen"},
    "west": {"west"},
    "nieuw-west": {"nieuw west"},
}
WORDS = Words(
    around=frozenset({"en", "ik", "kan", "goed", "met"}),
    everything=frozenset({"alles"}),
    nothing=frozenset({"geen", "niets"}),
)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("mail", ["mail"]),
        ("1, 3 en bestanden", ["mail", "files", "west"]),
        ("1-3", ["mail", "files", "west"]),
        ("2 t/m 3", ["files", "west"]),
        ("Ik kan goed met bestanden en delen", ["files"]),
        ("bestandn", ["files"]),  # a slip
        ("Nieuw-West", ["nieuw-west"]),
        ("nieuw-west en west", ["west", "nieuw-west"]),
        ("alles", ["mail", "files", "west", "nieuw-west"]),
        ("geen", []),
        ("ik", None),
        ("mial", None),  # too short to be sure
        ("mijn mail doet het niet", None),
        ("mail?", None),
        ("5", None),
        ("geen mail", None),
        ("", None),
    ],
)
def test_choices(text: str, picked: list[str] | None) -> None:
    assert chosen(text, OPTIONS, WORDS, numbered=True) == picked


def test_numbers_only_count_where_they_were_shown() -> None:
    assert chosen("1", OPTIONS, WORDS) is None


@given(st.lists(st.sampled_from(sorted(OPTIONS)), min_size=1, max_size=4), st.text(max_size=12))
def test_one_word_that_is_not_understood_spoils_it(ids: list[str], other: str) -> None:
    names = " en ".join(sorted(OPTIONS[id_])[0] for id_ in ids)
    assert set(chosen(names, OPTIONS, WORDS) or ()) == set(ids)
    assert chosen(f"{names} xyzzy {other}", OPTIONS, WORDS) is None
