"""How good the guess is must not get worse unnoticed. The figures: `python -m benchmarks.topics`."""

import pytest

from benchmarks.topics import QUESTIONS, SETS, accuracy, guesses, wrong
from helpdesk_bot.domain.topics import OTHER, TOPICS, scores
from helpdesk_bot.texts.render import Texts
from helpdesk_bot.texts.topics import built_in, topics_of


@pytest.mark.parametrize(
    ("name", "right", "mistaken"),
    [("held_out", 0.88, 0.05), ("afterwards", 0.7, 0.12), ("tuning", 0.95, 0.03)],
)
def test_as_good_as_it_was(name: str, right: float, mistaken: float) -> None:
    made = guesses(name)
    assert accuracy(made) >= right
    assert wrong(made) <= mistaken


@pytest.mark.parametrize("name", ["held_out", "tuning"])
def test_the_questions_are_many_and_of_both_languages(name: str) -> None:
    made = guesses(name)
    assert len(made) >= 150
    assert {guess.topic for guess in made} == {*TOPICS, OTHER}
    dutch = sum(guess.language == "nl" for guess in made)
    assert 0.5 < dutch / len(made) < 0.7


def test_no_question_is_in_both() -> None:
    """Else a measure would only say that the words were made for it."""
    lines = [(QUESTIONS / f"{name}.txt").read_text("utf-8").casefold().splitlines() for name in SETS]
    assert not set.intersection(*map(set, lines))


def test_every_word_in_the_file_counts() -> None:
    """A typing error in the file would leave a word that never tells anything."""
    topics = topics_of([], Texts.load())
    for topic in built_in():
        for told, points in topic.tells.items():
            for way in told.split("|") if "&" not in told else [told]:
                said = " ".join(part.split("|")[0].strip(" *") for part in way.split("&"))
                assert scores(said, topics.words).get(topic.id, 0) >= points, (topic.id, told)
