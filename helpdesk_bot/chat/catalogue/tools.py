"""Says what there is in the catalogue of tools, to people who know none of it."""

from collections.abc import Sequence
from typing import get_args

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.catalogue.meaning import key_of
from helpdesk_bot.playbooks import search
from helpdesk_bot.playbooks.shelf import Shelved
from helpdesk_bot.playbooks.tools import Host, Purpose, Tool
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Link, Rendered

MOST = 6  # told in sentences; of others the name
TECHNICAL = "protocol"  # nobody looks for one


def overview(act: Act, language: str) -> Rendered:
    """What there is for each purpose, by name."""
    lines = []
    for purpose in get_args(Purpose):
        tools = search.for_purposes(act.shelf.tools, [purpose])
        if tools and purpose != TECHNICAL:
            lines.append(
                act.words(
                    language,
                    "tools.purpose_line",
                    purpose=purpose_words(act, language, purpose),
                    names=[tool.name for tool in tools],
                )
            )
    how = act.words(language, "tools.how_to_ask")
    return act.texts.join([act.words(language, "tools.overview"), act.texts.bullets(lines), how])


def instead(act: Act, language: str, left: Tool) -> list[Rendered]:
    """What can be used in its place, and the playbooks that go there."""
    found = search.instead_of(act.shelf.tools, left)
    parts = [act.words(language, "tools.instead_of", tool=left.name), *_listed(act, language, found)]
    parts.append(act.words(language, "tools.take_along", tool=left.name, text=own(act, language, left.exit)))
    ways = {one.id: one for tool in found for one in search.playbooks_between(act.shelf, left.id, tool.id)}
    return parts + ways_there(act, language, list(ways.values()))


def suited(act: Act, language: str, purposes: Sequence[str]) -> list[Rendered]:
    """What there is for some purposes, and the playbooks that go to what is made for them."""
    found = search.for_purposes(act.shelf.tools, purposes)
    named = [purpose_words(act, language, purpose) for purpose in purposes]
    parts = [act.words(language, "tools.suited", purposes=named), *_listed(act, language, found)]
    made_for_it = [tool for tool in found if tool.purposes[0] in purposes]
    ways = {one.id: one for tool in made_for_it for one in search.playbooks_between(act.shelf, None, tool.id)}
    return parts + ways_there(act, language, list(ways.values())[:MOST])


def _listed(act: Act, language: str, tools: Sequence[Tool]) -> list[Rendered]:
    parts = [act.texts.bullets([_line(act, language, tool) for tool in tools[:MOST]])]
    if len(tools) > MOST:
        names = [tool.name for tool in tools[MOST:]]
        parts.append(act.words(language, "tools.others", names=names))
    return [*parts, act.words(language, "tools.more_about_one", tool=tools[0].name)]


def _line(act: Act, language: str, tool: Tool) -> Rendered:
    said = {"what": own(act, language, tool.what_for), "cost": own(act, language, tool.cost)}
    if tool.status.now == "alive":
        return act.words(language, "tools.line", tool=tool.name, **said)
    return act.words(language, "tools.line_unsure", tool=tool.name, state=_state(act, language, tool), **said)


def ways_there(act: Act, language: str, playbooks: Sequence[Shelved]) -> list[Rendered]:
    if not playbooks:
        return []
    titles = [act.texts.own(language, in_language(one.title, language)) for one in playbooks]
    return [act.words(language, "tools.playbooks", n=len(titles)), act.texts.bullets(titles)]


def card(act: Act, language: str, tool: Tool) -> list[Rendered]:
    """All that is known of one tool."""
    facts = [
        act.words(language, "tools.for_whom", text=own(act, language, tool.for_whom)),
        act.words(language, "tools.cost", text=own(act, language, tool.cost)),
    ]
    if names := [act.shelf.tools[name].name for name in tool.instead_of]:
        facts.append(act.words(language, "tools.takes_place", names=names))
    facts += [_host(act, language, host) for host in tool.hosts]
    if tool.no_host:
        facts.append(act.words(language, "tools.no_host", text=own(act, language, tool.no_host)))
    facts.append(act.words(language, "tools.exit", text=own(act, language, tool.exit)))
    facts += [act.words(language, "tools.weak", text=own(act, language, weak)) for weak in tool.weak_points]
    facts.append(act.words(language, "tools.licence", licence=tool.licence))
    facts.append(act.words(language, "tools.state", state=_state(act, language, tool)))
    head = act.words(language, "tools.head", tool=tool.name, what=own(act, language, tool.what_for))
    parts = [head, act.texts.bullets(facts), _seen(act, language, tool)]
    ways = [one for one in act.shelf.playbooks.values() if tool.id in (*one.reaches, *one.leaves)]
    return parts + ways_there(act, language, ways)


def _host(act: Act, language: str, host: Host) -> Rendered:
    country = act.texts.catalogues.locale(language).territories.get(host.country, host.country)
    if host.note is None:
        return act.words(language, "tools.host", name=host.name, country=country)
    note = own(act, language, host.note)
    return act.words(language, "tools.host_with_note", name=host.name, country=country, note=note)


def _state(act: Act, language: str, tool: Tool) -> Rendered:
    state = act.words(language, f"tools.now.{tool.status.now}")
    if tool.status.note is None:
        return state
    return act.words(
        language, "tools.state_with_note", state=state, note=own(act, language, tool.status.note)
    )


def _seen(act: Act, language: str, tool: Tool) -> Rendered:
    """Where it is known from, and how surely."""
    source = tool.status.source
    known = act.words(language, f"tools.known.{source.confidence}", day=source.seen)
    if source.url is None:
        return known
    return act.words(language, "tools.known_at", known=known, source=Link(source.url))


def purpose_words(act: Act, language: str, purpose: str) -> Rendered:
    return act.words(language, f"tools.purpose.{key_of(purpose)}")


def own(act: Act, language: str, words: dict[str, str]) -> Rendered:
    return act.texts.own(language, in_language(words, language))
