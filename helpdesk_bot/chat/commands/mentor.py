"""`!mentor @amira @joris`: Joris shows Amira how it is done. A learner asks it of their mentor, coordinators arrange it."""

from helpdesk_bot.actions import mentoring
from helpdesk_bot.chat.command import Call, Command, For
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    act, me = call.act, call.who.user_id
    if plain_key(call.rest) in act.texts.word_list(None, "words.nobody"):
        await mentoring.part(act, me)
        return call.words("mentor.none")
    named = await call.people(*sorted(act.layout.team_rooms))
    if len(named) == 1:
        mentor = named[0]
        await mentoring.ask(act, me, mentor)
        return call.words("mentor.asked", name=await act.name(mentor, call.incoming.room_id))
    if not call.who.coordinator:
        raise UserError("error.mentor_pair")
    learner, mentor = named
    await mentoring.pair(act, learner, mentor)
    names = {"learner": await act.name(learner), "mentor": await act.name(mentor)}
    return call.words("mentor.paired", **names)


COMMAND = Command("mentor", ("mentor",), ("mentor",), run, For.TECHNICIAN, inside=True)
