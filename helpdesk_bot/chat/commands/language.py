"""`!taal en`: the language the bot speaks to me."""

from helpdesk_bot.actions import details, getting_to_know
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.layout import plain_key
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered | None:
    texts = call.act.texts
    wanted = plain_key(call.rest)
    for language in texts.languages:
        names = {
            plain_key(texts.say(other, f"language.{language}", now=call.act.now).body)
            for other in texts.languages
        }
        if wanted in names | {language}:
            await details.set_language(call.act, call.who.user_id, language)
            said = call.act.words(language, "language.set")
            # Who reads the question of the first chat in another language now, was asked nothing they could read.
            again = await getting_to_know.ask_again(call.act, call.who.user_id, call.incoming.room_id, said)
            return None if again else said
    raise UserError("error.which_language")


COMMAND = Command("language", ("taal",), ("language",), run)
