"""Which tool, or what for, somebody's words are about."""

import re
from typing import get_args

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.tools import Purpose, Tool

LONGEST = 30  # words; who tells more has more to ask than what to use
BESIDE = 4  # words between 'in plaats van' and the tool


def purposes(act: Act, text: str) -> list[str]:
    """What the text wants to do, as the catalogue calls it."""
    return search.purposes_named(
        {name: act.texts.word_list(None, f"words.for_{key_of(name)}") for name in get_args(Purpose)}, text
    )


def key_of(purpose: str) -> str:
    """As it stands in the key of a text."""
    return purpose.replace("-", "_")


def wants_instead(act: Act, text: str) -> Tool | None:
    """The tool that somebody would like to use something else than: 'wat kan ik gebruiken in plaats van Zoom?'"""
    line = plain_key(text)
    if len(line.split()) > LONGEST:
        return None
    tools = act.shelf.tools
    for key, where in (("words.instead_of", _behind), ("words.replaced", _before)):
        for phrase in sorted(act.texts.word_list(None, key), key=len, reverse=True):
            found = re.search(rf"\b{re.escape(phrase)}\b", line)
            for tool in search.tools_named(tools, where(line, found)) if found else ():
                if search.instead_of(tools, tool):
                    return tool
    return None


def wants_tool_for(act: Act, text: str) -> list[str]:
    """What somebody looks for a tool for: 'welk programma is goed voor een agenda?'"""
    line = plain_key(text)
    asks = any(f" {phrase} " in f" {line} " for phrase in act.texts.word_list(None, "words.which_tool"))
    return purposes(act, text) if asks and len(line.split()) <= LONGEST else []


def _behind(line: str, found: re.Match[str]) -> str:
    return " ".join(line[found.end() :].split()[:BESIDE])


def _before(line: str, found: re.Match[str]) -> str:
    return " ".join(line[: found.start()].split()[-BESIDE:])
