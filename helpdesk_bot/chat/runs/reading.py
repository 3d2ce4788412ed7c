"""What an answer in a run means. Careful: words of one's own never complete a step."""

import re
from collections.abc import Mapping

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import NO_SIGNS, YES_SIGNS
from helpdesk_bot.playbooks.format import Evidence

_NUMBER = re.compile(r"(?<![\d.,])(\d{1,9})(?![\d.,]*\d)")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PLACE = re.compile(r"\b(\d{1,6})\.(\d{1,2})\b")
FEW_WORDS = 5  # in which a number stands; more is a story
LONGEST = 500  # characters of what is written down


def says_done(act: Act, text: str) -> bool:
    """'gedaan', 'klaar', 'done', and nothing else; or a sign alone."""
    return plain_key(text) in act.texts.word_list(None, "words.step_done") or text.strip() in YES_SIGNS


def says_done_to_all(act: Act, text: str) -> bool:
    """The words that the bot itself asks for, which colleagues hardly say to one another."""
    return plain_key(text) in act.texts.word_list(None, "words.step_done_plainly")


def asks_help(act: Act, text: str) -> bool:
    return plain_key(text) in act.texts.word_list(None, "words.step_help")


def says_yes(act: Act, text: str) -> bool:
    return text.strip() in YES_SIGNS or meaning(act, text).yes or says_done(act, text)


def says_agreed(act: Act, text: str) -> bool:
    return plain_key(text) in act.texts.word_list(None, "words.step_agreed") or says_yes(act, text)


def says_no(act: Act, text: str) -> bool:
    return text.strip() in NO_SIGNS or meaning(act, text).no


def no_with_reason(act: Act, text: str) -> str | None:
    """The reason in 'nee, de map is er niet'; all of the words when they begin with a no."""
    first = text.strip().split(maxsplit=1)
    if len(first) < 2 or plain_key(first[0]) not in act.texts.word_list(None, "words.no"):
        return None
    return first[1].strip(" ,.:;-")[:LONGEST] or None


def link_in(text: str) -> str | None:
    found = _LINK.search(text)
    return found[0].rstrip(".,;:!?)>") if found else None


def places_in(text: str) -> list[tuple[int, int]]:
    """'klopt 3.4 en 3.5': runs and steps by their numbers."""
    return [(int(run), int(step)) for run, step in _PLACE.findall(text)]


def evidence_in(told: Evidence, incoming: Incoming, labels: Mapping[str, str]) -> str | None:
    """What a message tells, as it is kept; None when it tells nothing of the kind. A text is none: whoever wrote it is asked
    first whether it should be written down. `labels`: what each choice is called, by its value."""
    text = (incoming.text or "").strip()
    if told.type == "file":
        return incoming.event_id if incoming.file is not None else None
    if "?" in text or incoming.file is not None:
        return None
    if told.type == "number":
        numbers = _NUMBER.findall(text)
        return str(int(numbers[0])) if len(numbers) == 1 and len(text.split()) <= FEW_WORDS else None
    if told.type == "choice":
        return _choice(told, text, labels)
    return None


def _choice(told: Evidence, text: str, labels: Mapping[str, str]) -> str | None:
    said = plain_key(text)
    values = [choice.value for choice in told.choices]
    if said.isdecimal() and 1 <= int(said) <= len(values):
        return values[int(said) - 1]
    for choice in told.choices:
        if said in {
            plain_key(label) for label in (*choice.label.values(), choice.value, labels.get(choice.value, ""))
        }:
            return choice.value
    return None
