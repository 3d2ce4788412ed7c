"""Says why somebody is asked, about them or to them."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.storage.models import Organisation, Ticket
from helpdesk_bot.texts.render import Rendered


async def why(act: Act, ticket: Ticket, reason: str, language: str) -> Rendered:
    """Goes on after their name: for the others."""
    return await _said(act, ticket, f"why.{reason}", language)


async def why_you(act: Act, ticket: Ticket, reason: str, language: str) -> Rendered:
    """A sentence for the person themselves."""
    return await _said(act, ticket, f"why.you.{reason}", language)


async def _said(act: Act, ticket: Ticket, key: str, language: str) -> Rendered:
    return act.words(
        language,
        key,
        stadsdeel=act.layout.name_of(ticket.stadsdeel) or "",
        requester=await act.name(ticket.requester, ticket.room_id),
        speaks=act.words(language, f"language.{ticket.language}"),
        organisation=await organisation_name(act, ticket) or "",
        topic=act.topics.name(ticket.topic, language),
    )


async def organisation_name(act: Act, ticket: Ticket) -> str | None:
    if ticket.organisation_id is None:
        return None
    organisation = await act.session.get(Organisation, ticket.organisation_id)
    return organisation.name if organisation else None
