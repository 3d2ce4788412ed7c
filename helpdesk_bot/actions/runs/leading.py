"""The runs that hang on somebody, as they and others read of them."""

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.runs.walk import Walk
from helpdesk_bot.storage import runs
from helpdesk_bot.texts.render import Rendered


async def led_by(act: Act, user_id: str) -> list[Walk]:
    """Those that are going on in which they have a role."""
    return [await Walk.of(act, run) for run in await runs.of_person(act.session, user_id)]


async def as_listed(walk: Walk, user_id: str, language: str) -> Rendered:
    """One line: whose run it is, and who goes on with it when they can't."""
    row = next(row for row in walk.roles.values() if row.user_id == user_id)
    return walk.act.words(
        language,
        "away.plan" if row.deputy else "away.plan_alone",
        number=walk.run.id,
        organisation=await walk.organisation(),
        name=await walk.name(row.deputy) if row.deputy else "",
    )
