"""Measures how good the guess of a question's topic is, on questions that its words were not made from."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.report import Figure, show
from helpdesk_bot.domain.topics import OTHER, TOPICS
from helpdesk_bot.texts.render import Texts
from helpdesk_bot.texts.topics import topics_of

QUESTIONS = Path(__file__).parent.parent / "tests" / "topics"
SETS = ("held_out", "afterwards", "tuning")


@dataclass(frozen=True, slots=True)
class Guess:
    """One question: what it is about, in which language it is, and what was guessed."""

    topic: str
    language: str
    guessed: str


def guesses(name: str) -> list[Guess]:
    """Every question of a set, guessed with the built-in words."""
    topics = topics_of([], Texts.load())
    lines = (QUESTIONS / f"{name}.txt").read_text("utf-8").splitlines()
    rows = (line.split(" ", 2) for line in lines if line and not line.startswith("#"))
    return [Guess(topic, language, topics.guess(text) or OTHER) for topic, language, text in rows]


def accuracy(made: Sequence[Guess]) -> float:
    """Of all questions, so many are told rightly; nothing said about 'something else' is right."""
    return sum(guess.guessed == guess.topic for guess in made) / len(made)


def wrong(made: Sequence[Guess]) -> float:
    """Of all questions, so many are given to a topic that is not theirs; nothing said is not wrong, only of no help."""
    return sum(guess.guessed not in (guess.topic, OTHER) for guess in made) / len(made)


def measure(name: str) -> list[Figure]:
    made = guesses(name)
    found = [
        Figure(name, "right", 100 * accuracy(made), "%", remark=f"of {len(made)} questions"),
        Figure(name, "wrong", 100 * wrong(made), "%", remark="the rest: nothing said"),
    ]
    for language in sorted({guess.language for guess in made}):
        some = [guess for guess in made if guess.language == language]
        remark = f"of {len(some)}; wrong {100 * wrong(some):.0f} %"
        found.append(Figure(name, f"right in {language}", 100 * accuracy(some), "%", remark=remark))
    return found + [_of_topic(name, topic, made) for topic in (*TOPICS, OTHER)]


def _of_topic(name: str, topic: str, made: Iterable[Guess]) -> Figure:
    """Recall: how many of its questions are found. Precision: how many that are given to it are its own."""
    pairs = Counter((guess.topic == topic, guess.guessed == topic) for guess in made)
    hits, missed, taken = pairs[True, True], pairs[True, False], pairs[False, True]
    precision = f"precision {100 * hits / (hits + taken):.0f} %" if hits + taken else "never said"
    return Figure(name, topic, 100 * hits / (hits + missed), "%", remark=f"of {hits + missed}; {precision}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.topics", description=__doc__)
    parser.add_argument("--set", choices=SETS, default="held_out", help="the words are tuned to 'tuning'")
    console = Console() if sys.stdout.isatty() else Console(width=120)
    show(measure(parser.parse_args().set), console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
