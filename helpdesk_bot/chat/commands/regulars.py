"""`!vaste-helper @sanne voor Buurtwarmte`: who helps an initiative as a rule. `!reserve @joris voor Buurtwarmte`: who goes on
when they can't."""

from collections.abc import Awaitable, Callable

from helpdesk_bot.actions import regulars
from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.command import Call, Command, For, Run
from helpdesk_bot.chat.initiatives import whom_for_which
from helpdesk_bot.storage.models import Organisation
from helpdesk_bot.texts.render import Rendered


def _chooses(role: str, choose: Callable[[Act, Organisation, str | None], Awaitable[None]]) -> Run:
    """`role`: as the texts name it."""

    async def run(call: Call) -> Rendered:
        user, organisation = await whom_for_which(call)
        await choose(call.act, organisation, user)
        if user is None:
            noted = call.words(f"regular.no_{role}", organisation=organisation.name)
        else:
            name = await call.act.name(user, call.incoming.room_id)
            noted = call.words(f"regular.{role}", organisation=organisation.name, name=name)
        if organisation.backup is not None:
            return noted
        return call.act.texts.join(
            [noted, call.words("regular.choose_backup", organisation=organisation.name)]
        )

    return run


HELPER = Command(
    "regular_helper",
    ("vaste-helper",),
    ("regular-helper",),
    _chooses("helper", regulars.choose_helper),
    For.TECHNICIAN,
    inside=True,
)
BACKUP = Command(
    "backup",
    ("reserve",),
    ("backup",),
    _chooses("backup", regulars.choose_backup),
    For.TECHNICIAN,
    inside=True,
)
