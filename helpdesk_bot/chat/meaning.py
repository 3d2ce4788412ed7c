"""What a short answer says, by the phrases of all languages and the name of whoever helps."""

from collections.abc import Sequence
from datetime import timedelta

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.replies import NOTHING, Reply, Words, doubtful, gist, holds, numbers, understood
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Ticket

FRESH = timedelta(days=1)


def meaning(act: Act, text: str, names: Sequence[str] = ()) -> Reply:
    """What a short answer says. `names`: people who may be spoken to in it."""
    return understood(text, words_of(act), names)


async def said_to_helper(act: Act, ticket: Ticket, text: str) -> Reply:
    return meaning(act, text, await _helper(act, ticket))


def said_by_the_way(act: Act, ticket: Ticket, text: str) -> Reply:
    """The same of a longer message, of which not every word is understood: only while the help is fresh. Who comes back
    weeks later with 'bedankt nog' has something to ask."""
    finished = ticket.closed_at or ticket.solved_at or act.now
    return gist(text, words_of(act)) if act.now - finished <= FRESH else NOTHING


def is_doubtful(act: Act, text: str) -> bool:
    """Whether there is a question, a 'but' or trouble in it."""
    return doubtful(text, words_of(act))


def takes_back(act: Act, text: str) -> bool:
    """Whether a mark comes with trouble: '2, want het werkt nog steeds niet' is no goodbye."""
    phrases = act.texts.word_list(None, "words.trouble") | act.texts.word_list(None, "words.no")
    # A 'niet' alone may be praise.
    return holds(text, frozenset(phrase for phrase in phrases if " " in phrase))


async def stars(act: Act, ticket: Ticket, text: str) -> tuple[int | None, bool]:
    """The mark, and whether there are thanks with it. Raises UserError('error.which_rating') for an 8."""
    row = "".join(text.split())
    if row and set(row) == {"⭐"}:
        named, thanks = frozenset({str(len(row))}), False
    else:
        spelled = dict(entry.split(" ", 1)[::-1] for entry in act.texts.word_list(None, "words.numbers"))
        around = act.texts.word_list(None, "words.around_a_mark")
        named, thanks = numbers(text, words_of(act), spelled, around, await _helper(act, ticket))
    if not named:
        return None, False
    if len(named) > 1 or not named <= set("12345"):
        raise UserError("error.which_rating", number=ticket.id)
    return int(next(iter(named))), thanks


async def _helper(act: Act, ticket: Ticket) -> list[str]:
    """Who may be spoken to in an answer."""
    return [await act.name(ticket.assignee, ticket.team_room)] if ticket.assignee else []


def words_of(act: Act) -> Words:
    texts = act.texts
    return Words(
        yes=texts.word_list(None, "words.yes"),
        no=texts.word_list(None, "words.no"),
        thanks=texts.word_list(None, "words.thanks"),
        kind=texts.word_list(None, "words.kind"),
        around=texts.word_list(None, "words.thanks_around"),
        but=texts.word_list(None, "words.but") | texts.word_list(None, "words.trouble"),
    )
