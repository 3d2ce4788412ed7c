"""The rules by which a guess adds up, on a small vocabulary; how good the real one is stands in tests/topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.domain.topics import OTHER, Topic, guess, scores, telling, vocabulary

WORDS = vocabulary(
    [
        Topic("devices", {"printer": 3, "kapot": 1, "laptop": 2}),
        Topic("mail", {"mail": 2, "*nieuwsbrief*": 3, "mailaddress": 2, "komt niet aan": 1}),
        Topic("access", {"*wachtwoord*": 3, "inlogcode": 3, "kom er niet in": 3}),
        Topic("safety", {"*virus*": 3, "leden*": 1, "*lek": 2}),
        Topic("migration", {"weg bij|af van & google|drive": 6, "van & naar & drive & nextcloud": 6}),
    ]
)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("De printer!", "devices"),
        ("PRINTERS", "devices"),
        ("mijn printertje", "devices"),
        (
            "de printer doet niks",
            "devices",
        ),  # one letter missing, wrong, too many, or two in the other's place
        ("de printrer", "devices"),
        ("de pritner", "devices"),
        ("de prontor", OTHER),  # two letters: who knows
        ("de mais", OTHER),  # a short word with another letter is another word
        ("wachtwoordherstel", "access"),
        ("mijn mailwachtwoord", "access"),
        ("Ik kom er niet in", "access"),
        ("Kom er maar in, niet te laat", OTHER),
        ("datalek", "safety"),
        ("lekkage", OTHER),
        ("ledenlijst", OTHER),  # a hint alone is not enough
        ("ledenlijst: datalek", "safety"),
        ("kapot", OTHER),
        ("printer en nieuwsbrief", OTHER),  # both as likely
        ("laptop en mail", OTHER),
        ("de printer print mijn mail niet", "devices"),
        ("mail mail mail printer", "devices"),  # a word counts once
        ("virusscanner", "safety"),
        ("We willen weg bij Google", "migration"),
        ("google is weg hier bij ons", OTHER),
        ("van Google Drive naar Nextcloud", "migration"),
        ("info@ doet het niet", "mail"),
        ("bestuur@tuin.example krijgt niets", "mail"),
        ("zie https://printer.example/mail", OTHER),  # an address tells nothing
        ("", OTHER),
        ("🌻", OTHER),
        ("é́ß", OTHER),
    ],
)
def test_guess(text: str, topic: str) -> None:
    assert guess(text, WORDS) == topic


@given(st.text())
def test_whatever_is_written_is_a_topic_or_nothing(text: str) -> None:
    assert guess(text, WORDS) in {*WORDS.ids, OTHER}


@given(st.permutations(["de", "printer", "en", "mijn", "mail", "weg", "nieuwsbrief"]))
def test_single_words_count_in_any_order(words: list[str]) -> None:
    assert scores(" ".join(words), WORDS) == {"devices": 3, "mail": 5}


@given(st.sampled_from(["printer", "inlogcode"]), st.integers(0, 8), st.sampled_from("qxz"))
def test_one_wrong_letter_in_a_long_word(word: str, at: int, letter: str) -> None:
    at %= len(word)
    exact = guess(word, WORDS)
    assert guess(word[:at] + letter + word[at + 1 :], WORDS) == exact
    assert guess(word[:at] + letter + word[at:], WORDS) == exact


@pytest.mark.parametrize(
    ("told", "may"),
    [
        ("pas", True),
        ("warmte*", True),
        ("*pomp*", True),
        ("weg & google|drive", True),
        ("p", False),
        ("", False),
        ("*", False),
        ("wa*", False),
        ("warm*pomp", False),
        ("warm te*", False),
        ("weg & ", False),
        ("🌻", False),
    ],
)
def test_what_can_tell_something(told: str, may: bool) -> None:
    assert telling(told) is may
