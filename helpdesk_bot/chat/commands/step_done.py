"""`!gedaan 3.4 12`: a step is done, with what was asked about it."""

import dataclasses

from helpdesk_bot.actions.runs import doing, showing
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.chat.runs import finding, reading
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    walk, name = await finding.step_meant(call)
    place = f"{walk.run.id}.{walk.steps[name].place}"
    if not finding.leads(call) and not await finding.has_role(call, walk, name, walk.planned(name).role):
        raise UserError("trainer.not_your_step", place=place)
    told, evidence = walk.written(name).evidence, None
    if told is not None:
        said = call.rest.strip()
        labels = {choice.value: in_language(choice.label, call.language) for choice in told.choices}
        if told.type == "text":
            evidence = said[: reading.LONGEST] or None
        else:
            evidence = reading.evidence_in(told, dataclasses.replace(call.incoming, text=said), labels)
        if evidence is None and (said or walk.steps[name].evidence is None):
            ask = walk.own(told.ask, call.language)
            raise UserError(f"trainer.tell_{told.type}", place=place, ask=ask, choices=list(labels.values()))
    await doing.done(walk, name, call.who.user_id, evidence)
    if told is not None and told.type == "file" and call.incoming.file is not None:
        await showing.show(walk, name, call.incoming.event_id, call.incoming.room_id, call.incoming.file)
    state = call.words(f"run.step.{walk.steps[name].state}")
    return call.words("trainer.step_now", place=place, state=state)


COMMAND = Command("step_done", ("gedaan",), ("done",), run, plans=True)
