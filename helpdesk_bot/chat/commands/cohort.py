"""`!cohort 2`: organisations that walk through the same playbook, side by side."""

import re

from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.chat.runs import overview
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import Cohort
from helpdesk_bot.texts.render import Rendered

_NUMBER = re.compile(r"#?(\d{1,9})")


async def run(call: Call) -> Rendered:
    """Without a number the latest of whoever asks."""
    found, session = _NUMBER.match(call.rest.strip()), call.act.session
    if found is None:
        cohort = await runs.latest_cohort(session, call.who.user_id)
        if cohort is None:
            raise UserError("cohort.none")
    else:
        cohort = await session.get(Cohort, int(found[1]))
        if cohort is None:
            raise UserError("cohort.no_such", number=int(found[1]))
    parts = [call.words("cohort.head", number=cohort.id)]
    for one in await runs.of_cohort(session, cohort.id):
        parts += await overview.in_short(await Walk.of(call.act, one), call.language)
    return call.act.texts.join(parts)


COMMAND = Command("cohort", ("cohort", "groep"), ("cohort",), run, For.TRAINER, inside=True, plans=True)
