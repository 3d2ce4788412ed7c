"""What people can do themselves in the ten minutes in which they wait."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask, forget
from helpdesk_bot.actions.talking import invite
from helpdesk_bot.domain.urgency import EMERGENCIES, OTHER
from helpdesk_bot.storage.models import Panic, Ticket

CHOOSE = "first_aid"  # the dialog 'what is the matter?'
CHOICES = (*EMERGENCIES, OTHER)


async def offer(act: Act, panic: Panic, ticket: Ticket) -> None:
    """The steps for this emergency; which one it is can be said, or said better, by a number."""
    keys = ["panic.first_aid_which"] if panic.kind is None else [_steps(panic.kind), "panic.first_aid_other"]
    said = await invite(act, ticket, *keys, choices=_choices(act, ticket))
    await ask(act, ticket, CHOOSE, said)


async def give(act: Act, panic: Panic, ticket: Ticket, kind: str) -> None:
    """They said which emergency it is."""
    await forget(act, ticket, CHOOSE)
    panic.kind = kind
    await act.tell_requester(ticket, _steps(kind))
    await act.tell_team(ticket, "panic.kind_team", kind=kind_words(act, None, kind))


def kind_words(act: Act, language: str | None, kind: str | None) -> str:
    """'account gehackt'; that it is not known yet when nobody has said it."""
    return act.words(language, f"panic.kind.{kind or 'unknown'}").body


def _steps(kind: str) -> str:
    return f"panic.first_aid.{kind}"


def _choices(act: Act, ticket: Ticket) -> str:
    names = (kind_words(act, ticket.language, kind) for kind in CHOICES)
    return ", ".join(f"{place} {name}" for place, name in enumerate(names, start=1))
