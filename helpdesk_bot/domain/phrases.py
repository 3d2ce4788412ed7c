"""Whether somebody says one of a list of phrases, with the small words that people put around one."""

import re

from helpdesk_bot.domain.layout import plain_key

CLAUSE = re.compile(r"[.,;:!\n]+")


def says(text: str, phrases: frozenset[str], beside: frozenset[str]) -> bool:
    """'Ja ik kom er zo aan' says 'ik kom eraan' when 'ja', 'er', 'zo' and 'aan' stand in `beside`. A question says nothing.

    Both lists as `plain_key` leaves words. Numbers say nothing either.
    """
    if "?" in text:
        return False
    said = _without(text, beside)
    return plain_key(text) in phrases or (said != "" and said in {_without(each, beside) for each in phrases})


def says_first(text: str, phrases: frozenset[str], beside: frozenset[str]) -> bool:
    """The same of the first clause that says anything: 'sorry, ik kan nu niet, ben op mijn werk'."""
    if "?" in text:
        return False
    clauses = [clause for clause in CLAUSE.split(text) if plain_key(clause)]
    return any(says(clause, phrases, beside) for clause in clauses[:1]) or next(
        (says(clause, phrases, beside) for clause in clauses if _without(clause, beside)), False
    )


def _without(text: str, beside: frozenset[str]) -> str:
    return " ".join(word for word in plain_key(text).split() if word not in beside and not word.isdecimal())
