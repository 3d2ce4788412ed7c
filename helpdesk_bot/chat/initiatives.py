"""Whom a command names for which initiative: '@joris voor Buurtwarmte', 'niemand voor Buurtwarmte'."""

import re

from helpdesk_bot.actions import regulars
from helpdesk_bot.chat.command import Call
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage.models import Organisation


async def whom_for_which(call: Call) -> tuple[str | None, Organisation]:
    """The person (None for nobody) and the organisation, which is the ticket's where none is named. Raises UserError."""
    word, _, rest = call.rest.strip().partition(" ")
    if plain_key(word) in call.act.texts.word_list(None, "words.nobody"):
        user, call.rest = None, rest
    else:
        user = await call.user(*sorted(call.act.layout.team_rooms))
    name = _without_preposition(call)
    if name:
        return user, await regulars.organisation_called(call.act, name)
    if call.about is not None and call.about.organisation_id is not None:
        return user, await call.act.session.get_one(Organisation, call.about.organisation_id)
    raise UserError("error.for_which_organisation")


def _without_preposition(call: Call) -> str:
    before = sorted(call.act.texts.word_list(None, "words.before_a_name"), key=len, reverse=True)
    found = re.match(rf"(?:{'|'.join(map(re.escape, before))})\s+", call.rest, re.IGNORECASE)
    return call.rest[found.end() if found else 0 :].strip().rstrip(".")
