"""What a question is about: guessed from its words until somebody says it."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.domain.topics import OTHER
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Rendered

# Words; a longer message that holds 'it is about' tells a story and does not correct us.
LONGEST_CORRECTION = 12


def listen(act: Act, ticket: Ticket, who: str, text: str | None) -> bool:
    """Hears from more words of the requester what their question is about. Returns whether it is something else now.

    'Het gaat over de website' says it. Otherwise it is a guess, and only made while nobody knows.
    """
    if put_right(act, ticket, who, text):
        return True
    if ticket.topic is not None or not text:
        return False
    ticket.topic = act.topics.guess(f"{ticket.question}\n{text}")
    return ticket.topic is not None


def put_right(act: Act, ticket: Ticket, who: str, text: str | None) -> bool:
    """Whether these words say what the question is about, and that this is not what was thought."""
    said = _said(act, text or "")
    if said is None or (ticket.topic_said and ticket.topic == said):
        return False
    changed = ticket.topic != said
    say(act, ticket, who, said)
    return changed


def listen_again(act: Act, ticket: Ticket) -> None:
    """After the question was worded otherwise."""
    if not ticket.topic_said:
        ticket.topic = act.topics.guess(ticket.question) or ticket.topic


def say(act: Act, ticket: Ticket, who: str, topic: str) -> None:
    """From now on this is no guess any more."""
    ticket.topic, ticket.topic_said = topic, True
    act.record(ticket, who, "topic", topic=topic)


def topic_choices(act: Act, language: str | None) -> Rendered:
    """What people may answer: every topic by its name, 'something else' last."""
    return act.texts.bullets(act.topics.name(topic, language) for topic in (*act.topics.ids, OTHER))


def _said(act: Act, text: str) -> str | None:
    line = plain_key(text)
    if "?" in text or len(line.split()) > LONGEST_CORRECTION:
        return None
    for phrase in act.texts.word_list(None, "words.about"):
        before, found, about = f"{line} ".partition(f"{phrase} ")
        if found and (not before or before.endswith(" ")):
            return act.topics.guess(about)
    return None
