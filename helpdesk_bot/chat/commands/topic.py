"""`!thema 12 website`: what the question is about, when that was not known or not right."""

from helpdesk_bot.actions import claiming, details
from helpdesk_bot.actions.topics import topic_choices
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.domain.topics import OTHER
from helpdesk_bot.errors import UserError
from helpdesk_bot.texts.render import Rendered


async def run(call: Call) -> Rendered:
    ticket = await call.ticket()
    topics, choices = call.act.topics, topic_choices(call.act, call.language)
    if not call.rest:
        if ticket.topic is None:
            return call.words("topic.is_unknown", number=ticket.id, choices=choices)
        key = "topic.is" if ticket.topic_said else "topic.is_guessed"
        name = topics.name(ticket.topic, call.language)
        return call.words(key, number=ticket.id, topic=name, choices=choices)
    if ticket.requester != call.who.user_id:
        claiming.must_help(call.who, ticket)
    topic = topics.find(call.rest)
    if topic is None:
        raise UserError("error.which_topic", number=ticket.id, choices=choices)
    await details.set_topic(call.act, ticket, call.who.user_id, topic)
    looked_for = "topic.set_other" if topic == OTHER else "topic.set"
    key = looked_for if ticket.status == Status.NEW else "topic.set_helped"
    return call.words(key, number=ticket.id, topic=topics.name(topic, call.language))


COMMAND = Command("topic", ("thema",), ("topic",), run)
