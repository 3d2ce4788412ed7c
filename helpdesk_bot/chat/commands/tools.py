"""`!tools Zoom`, `!tools agenda`: what can be used, from the catalogue."""

from helpdesk_bot.chat.catalogue import meaning, tools
from helpdesk_bot.chat.command import Call, Command
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks import search
from helpdesk_bot.texts.render import Rendered

MOST = 2  # tools told about at once


async def run(call: Call) -> Rendered:
    act, language, said = call.act, call.language, call.rest.strip()
    if not act.shelf.tools:
        raise UserError("tools.none")
    if not said:
        return tools.overview(act, language)
    parts = _about(call, said)
    if not parts:
        raise UserError("tools.unknown", words=said[:60])
    return act.texts.join(parts)


def _about(call: Call, said: str) -> list[Rendered]:
    """A tool by its name or what can take its place, what there is for a purpose, or the tools of a maker."""
    act, language = call.act, call.language
    parts = []
    for tool in search.tools_named(act.shelf.tools, said)[:MOST]:
        replaceable = search.instead_of(act.shelf.tools, tool)
        parts += (tools.instead if replaceable else tools.card)(act, language, tool)
    if parts:
        return parts
    if purposes := meaning.purposes(act, said):
        return tools.suited(act, language, purposes)
    names = [tool.name for tool in search.tools_of(act.shelf.tools, said)]
    return [call.words("tools.which_of", names=names, tool=names[0])] if names else []


COMMAND = Command("tools", ("tools", "programma", "programmas"), ("tools", "tool"), run)
