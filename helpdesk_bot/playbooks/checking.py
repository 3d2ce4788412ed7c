"""How a playbook reads, with complaints about what is hard: the part of the check that looks at words."""

from functools import cache
from pathlib import Path

from helpdesk_bot.playbooks import reading
from helpdesk_bot.playbooks.loading import Loaded
from helpdesk_bot.playbooks.tools import Tool
from helpdesk_bot.playbooks.words import texts

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
    if loaded.playbook is None:
        return {}
    placed = list(texts(loaded.playbook))
    complain = loaded.document.complain
    found: dict[str, reading.Reading] = {}
    for language, least in reading.EASY.items():
        instead = hard_words(language)
        hard = frozenset(instead)
        spoken = [(route, text) for route, text in placed if route[-1] == language]
        whole = found[language] = reading.read([text for _, text in spoken], language, hard, names)
        if whole.ease < least:
            what = f"reads too hard in '{language}': {whole.ease} where {least} is the least"
            complain((), what, "Write shorter sentences, and shorter words.")
        for route, text in spoken:
            one = reading.read([text], language, hard, names)
            for word in one.hard:
                complain(route, f"'{word}' is a hard word", f"Write '{instead[word]}'.")
            for sentence in one.long:
                what = f"a sentence of more than {reading.LONGEST} words: {sentence[:40]}…"
                complain(route, what, "Make two of it.")
    return found
