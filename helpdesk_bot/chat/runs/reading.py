"""What an answer in a run means. Careful: words of one's own never complete a step."""

import re
from collections.abc import Mapping

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs import signing
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.meaning import meaning
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.replies import NO_SIGNS, holds
from helpdesk_bot.playbooks.format import Evidence

# '1.204' is how people write a thousand and more, in either language: what is counted has no decimals.
_THOUSANDS = r"[1-9]\d{0,2}(?:\.\d{3}){1,2}|[1-9]\d{0,2}(?:,\d{3}){1,2}"
_NUMBER = re.compile(rf"(?<![\d.,])({_THOUSANDS}|\d{{1,9}})(?![\d.,]*\d)")
_NO_COUNT = re.compile(r"[-\u2212%€$+*/=<>]")  # '-5' and '10 %' are no number of things
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_PLACE = re.compile(r"\b(\d{1,6})\.(\d{1,2})\b")
CHECK_MARKS = frozenset("✅✔☑")
AGREEING = CHECK_MARKS | {"👍", "👌"}
FEW_WORDS = 5  # in which a number stands; more is a story
LONGEST = 500  # characters of what is written down


def says_done(act: Act, text: str) -> bool:
    """'gedaan', 'klaar', 'done', and nothing else; or a check mark alone. A heart or a thumb says that it was read, and
    'gedaan?' asks."""
    return _is_one_of(act, text, "words.step_done") or text.strip() in CHECK_MARKS


def _is_one_of(act: Act, text: str, words: str) -> bool:
    return "?" not in text and plain_key(text) in act.texts.word_list(None, words)


def says_done_to_all(act: Act, text: str) -> bool:
    """The words that the bot itself asks for, which colleagues hardly say to one another."""
    return _is_one_of(act, text, "words.step_done_plainly")


def answers_anything(act: Act, text: str) -> bool:
    """Whether these words alone say nothing but that something was answered: 'gedaan', 'akkoord', 'ja', the word that signs."""
    said = says_done(act, text) or says_agreed(act, text) or signing.is_word(act, text)
    return said or yes_or_no(act, text) is not None


def is_polite(act: Act, text: str) -> bool:
    """'dank je wel', 'mooi zo': nothing is asked."""
    said = meaning(act, text)
    return "?" not in text and (said.thanks or said.kind)


def asks_help(act: Act, text: str) -> bool:
    return plain_key(text) in act.texts.word_list(None, "words.step_help")


def says_agreed(act: Act, text: str) -> bool:
    """To what is lost for good: 'akkoord' or a plain yes, and no word that only sounds content."""
    return _is_one_of(act, text, "words.step_agreed") or text.strip() in AGREEING


def says_plainly(act: Act, asked: Asked, text: str) -> bool:
    """The very word that the bot asks for, before something begins that can't simply be undone: no name of anything else."""
    if asked.what is Ask.ACCEPT:
        return _is_one_of(act, text, "words.step_agreed_plainly")
    return asked.what is Ask.SIGN and signing.is_word(act, text)


def says_what_was_asked_for(act: Act, asked: Asked, text: str) -> bool:
    """The same of what is to be done: a word that is clear wherever it is said."""
    if asked.what in (Ask.DO, Ask.UNDO):
        return says_done(act, text)
    return says_plainly(act, asked, text)


def fits(act: Act, asked: Asked, text: str) -> bool:
    """Whether a word or a sign answers this, as it would answer the same about another run."""
    if asked.what in (Ask.DO, Ask.UNDO):
        return says_done(act, text)
    if asked.what is Ask.ACCEPT:
        return says_agreed(act, text) or yes_or_no(act, text) is False
    return says_plainly(act, asked, text) or yes_or_no(act, text) is not None


def yes_or_no(act: Act, text: str) -> bool | None:
    """None for what is neither, and for what is asked: 'ja?'."""
    sign = text.strip()
    if sign in AGREEING or sign in NO_SIGNS:
        return sign in AGREEING
    if plain_key(text) == "" or "?" in text:
        return None  # another sign
    said = meaning(act, text)
    return True if said.yes else False if said.no else None


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
        return number_in(text)
    if told.type == "choice":
        return _choice(told, text, labels)
    return None


def number_in(text: str) -> str | None:
    """The only number in a few words."""
    numbers = [re.sub("[.,]", "", number) for number in _NUMBER.findall(text)]
    return str(int(numbers[0])) if len(numbers) == 1 and len(text.split()) <= FEW_WORDS else None


def tells_a_number(act: Act, told: Evidence, text: str) -> bool:
    """Whether the only number in it is surely the answer: '412', 'ongeveer 412 bestanden'. The words around it are usual ones,
    or stand in what was asked; '10 %' and 'morgen om 10' may mean anything."""
    usual = {word for phrase in act.texts.word_list(None, "words.around_evidence") for word in phrase.split()}
    usual |= {word for asked in told.ask.values() for word in plain_key(asked).split()}
    around = _NUMBER.sub(" ", text)
    return not _NO_COUNT.search(around) and usual.issuperset(plain_key(around).split())


def is_in_trouble(act: Act, text: str) -> bool:
    """'stap 4 lukt niet': it is somebody to help that they want, whatever else stands there."""
    return holds(text, act.texts.word_list(None, "words.trouble"))


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


def is_reply(incoming: Incoming) -> bool:
    """Whether it points at what was asked."""
    return incoming.reply_to is not None or incoming.thread is not None


def is_fresh(act: Act, asked: Asked) -> bool:
    """Whether they were asked just now, so that what they write next is most likely about it."""
    return act.now - asked.dialog.asked_at <= act.config.asking.same_conversation_window
