"""`!rol 3 trainer @sanne`: somebody else has a role in a run from now on, or stands in for who has it."""

from helpdesk_bot.actions.candidates import away_now
from helpdesk_bot.actions.runs import roles
from helpdesk_bot.actions.runs.walk import INITIATIVE, TRAINER
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.runs import finding
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered

DEPUTY = "deputy"


async def run(call: Call) -> Rendered:
    act = call.act
    walk = await finding.run_meant(call)
    finding.only_deciding(call, walk)
    meant = _role(call)
    role = INITIATIVE if meant == DEPUTY else meant
    if meant == DEPUTY and plain_key(call.rest.split(maxsplit=1)[0] if call.rest else "") == TRAINER:
        role = _role(call)
    if not finding.leads(call) and role != INITIATIVE:
        raise UserError("error.for_trainers", name=call.command.dutch[0])
    places = [walk.run.room_id] if role == INITIATIVE else []
    user = await call.user(*places, *([act.layout.trainers] if act.layout.trainers else []))
    if user == act.setting.bot:
        raise UserError("claim.not_the_bot")
    if not await roles.belongs(walk, role, user):
        key = "trainer.no_trainer" if role == TRAINER else "trainer.not_in_their_room"
        raise UserError(key, name=await act.name(user))
    key = "trainer.role_deputy" if meant == DEPUTY else "trainer.role_given"
    if meant == DEPUTY:
        if walk.who(role) == user:
            raise UserError("trainer.has_it_already", name=await act.name(user))
        await roles.stand_in(walk, role, user, call.who.user_id)
    else:
        await roles.give(walk, role, user, call.who.user_id)
    name = await walk.name(user)
    said = call.words(key, name=name, role=call.words(f"run.role.{role}"), number=walk.run.id)
    if not await away_now(act, user):
        return said
    return act.texts.join([said, call.words("handover.is_away", name=name)])


def _role(call: Call) -> str:
    """The role that is named first, which is taken off. Raises UserError when none is."""
    word, _, rest = call.rest.strip().partition(" ")
    for role in (INITIATIVE, TRAINER, DEPUTY):
        if plain_key(word) in call.act.texts.word_list(None, f"words.role_{role}"):
            call.rest = rest.strip()
            return role
    raise UserError("trainer.which_role")


COMMAND = Command("run_role", ("rol",), ("role",), run, plans=True)
