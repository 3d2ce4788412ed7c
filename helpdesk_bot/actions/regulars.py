"""Who knows an organisation, and who goes on when they can't."""

import difflib
from datetime import timedelta

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import people
from helpdesk_bot.storage.access import standing_of
from helpdesk_bot.storage.models import Organisation, Ticket

COUNTED = timedelta(days=365)  # who helped before that may long have lost touch
ALIKE = 0.7  # of 1; see `difflib`


async def count_helper(act: Act, ticket: Ticket) -> None:
    """A question is finished: whoever helped its organisation most is its helper, unless somebody was chosen."""
    if ticket.organisation_id is None or ticket.assignee is None:
        return
    organisation = await act.session.get_one(Organisation, ticket.organisation_id)
    if organisation.helper_said:
        return
    await act.session.flush()
    organisation.helper = await people.helped_most(act.session, organisation.id, act.now - COUNTED)


async def choose_helper(act: Act, organisation: Organisation, user_id: str | None) -> None:
    """Nobody (None) leaves it to whoever helps most."""
    await _must_help(act, user_id)
    if user_id is not None and user_id == organisation.backup:
        organisation.backup = None
    organisation.helper, organisation.helper_said = user_id, user_id is not None


async def choose_backup(act: Act, organisation: Organisation, user_id: str | None) -> None:
    """Raises UserError for the very person whom the backup is for."""
    await _must_help(act, user_id)
    if user_id is not None and user_id == organisation.helper:
        raise UserError(
            "error.backup_is_helper", name=await act.name(user_id), organisation=organisation.name
        )
    organisation.backup = user_id


async def _must_help(act: Act, user_id: str | None) -> None:
    """Whoever is in no team can't be counted on, and the bot is nobody."""
    if user_id is None:
        return
    if user_id == act.setting.bot:
        raise UserError("error.not_the_bot_but_a_colleague")
    if not (await standing_of(act.session, act.layout, user_id)).technician:
        raise UserError("error.no_technician", name=await act.name(user_id))


async def organisation_called(act: Act, name: str) -> Organisation:
    """One that is known. Raises UserError for another, with the name that was probably meant."""
    key = plain_key(name)
    found = await act.session.scalar(select(Organisation).where(Organisation.name_key == key))
    if found is not None:
        return found
    rows = await act.session.execute(select(Organisation.name_key, Organisation.name))
    names = {row.name_key: row.name for row in rows}
    close = difflib.get_close_matches(key, names, 1, ALIKE) or [
        known for known in names if key and key in known
    ]
    if close:
        raise UserError("error.organisation_meant", name=name, meant=names[close[0]])
    raise UserError("error.no_such_organisation", name=name)
