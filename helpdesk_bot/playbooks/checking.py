"""Everything that a playbook is looked at for before an organisation sees it."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from helpdesk_bot.playbooks import reading
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.loading import Loaded
from helpdesk_bot.playbooks.rules import texts
from helpdesk_bot.playbooks.tools import Tool

_HARD = Path(__file__).with_name("hard_words.txt")


@cache
def hard_words(language: str) -> dict[str, str]:
    """Each with what to write instead."""
    lines = [line.split("\t") for line in _HARD.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {word: instead for of, word, instead in lines if of == language}


def names_of(tools: dict[str, Tool]) -> frozenset[str]:
    """The words of every name of a tool, in small letters."""
    return frozenset(
        word.lower() for tool in tools.values() for name in (tool.name, *tool.names) for word in name.split()
    )


def read_aloud(loaded: Loaded, names: frozenset[str]) -> dict[str, reading.Reading]:
    """How it reads in each language that reading can be measured in; complaints go into its document."""
    playbook = loaded.playbook
    if playbook is None:
        return {}
    found: dict[str, reading.Reading] = {}
    for language, least in reading.EASY.items():
        hard = hard_words(language)
        placed = [(route, text) for route, text in texts(playbook) if route[-1] == language]
        whole = reading.read([text for _, text in placed], language, frozenset(hard), names)
        found[language] = whole
        if whole.ease < least:
            what = f"reads too hard in '{language}': {whole.ease} where {least} is the least"
            loaded.document.complain((), what, "Write shorter sentences, and shorter words.")
        for route, text in placed:
            one = reading.read([text], language, frozenset(hard), names)
            for word in one.hard:
                loaded.document.complain(route, f"'{word}' is a hard word", f"Write '{hard[word]}'.")
            for sentence in one.long:
                what = f"a sentence of more than {reading.LONGEST} words: {sentence[:40]}…"
                loaded.document.complain(route, what, "Make two of it.")
    return found


def to_review(playbooks: Iterator[Playbook], today: date) -> list[Playbook]:
    """Those that somebody should have looked at again by now."""
    return [playbook for playbook in playbooks if playbook.review_by < today]
