"""The catalogue of tools: those that organisations use, and those they could use instead."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.section import Section
from helpdesk_bot.playbooks.format import Day, Source
from helpdesk_bot.playbooks.names import Name
from helpdesk_bot.playbooks.words import Text, Words

TOOLS_FILE = "tools.yaml"
Purpose = Literal[
    "chat", "calls", "mail", "newsletter", "forum", "wiki", "website", "files", "documents", "calendar", "contacts",
    "social-media", "video", "deciding", "tasks", "money", "donations", "members", "sector", "planning", "events",
    "forms", "passwords", "suite", "host", "protocol",
]  # fmt: skip


# Whoever can help with a tool: what they say that they know. Of what is left out, its words have to tell.
_TOPICS: dict[Purpose, str] = {
    "chat": "chat", "calls": "chat", "mail": "mail", "newsletter": "mail", "forum": "mail", "wiki": "website",
    "website": "website", "files": "files", "documents": "files", "calendar": "calendar", "contacts": "members",
    "social-media": "website", "video": "website", "deciding": "strategy", "tasks": "strategy", "money": "members",
    "donations": "members", "members": "members", "sector": "members", "planning": "calendar", "events": "calendar",
    "passwords": "access", "suite": "files", "host": "website",
}  # fmt: skip


class Host(Section):
    """Somebody in the Netherlands or Europe who runs it for others."""

    name: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    note: Words | None = None


class Status(Section):
    """How the tool is doing, and how that is known."""

    now: Literal["alive", "limited", "uncertain", "closed"]
    note: Words | None = None
    source: Source


class Tool(Section):
    """One tool. `kind`: open is what the helpdesk stands for, bigtech what organisations come from, other the rest.

    `instead_of`: ids of tools that it can take the place of. `names`: how people call it too. `no_host`: what people read
    where nobody is named in `hosts`: that none is needed, or that we know of none, and whom to ask.
    """

    id: Name
    name: Text
    names: list[Text] = Field(default_factory=list)
    kind: Literal["open", "bigtech", "other"]
    purposes: Annotated[list[Purpose], Field(min_length=1)]
    what_for: Words
    for_whom: Words
    instead_of: list[Name] = Field(default_factory=list)
    cost: Words
    hosts: list[Host] = Field(default_factory=list)
    no_host: Words | None = None
    licence: Text
    exit: Words
    weak_points: Annotated[list[Words], Field(min_length=1)]
    status: Status


def topic_of(tool: Tool) -> str | None:
    """What a question about it is about, by what it is for in the first place."""
    return next((_TOPICS[purpose] for purpose in tool.purposes if purpose in _TOPICS), None)


class Tools(Section):
    """The file tools.yaml."""

    seen: Day
    tools: list[Tool]


def broken_tools(listed: Tools) -> Iterator[Broken]:
    """What has to be true of the catalogue as a whole, and is not."""
    ids = [tool.id for tool in listed.tools]
    for at, tool in enumerate(listed.tools):
        if tool.id in ids[:at]:
            yield Broken(("tools", at, "id"), f"'{tool.id}' is there already", "Keep one of the two.")
        for number, other in enumerate(tool.instead_of):
            if other not in ids or other == tool.id:
                remedy = "Name another tool of the catalogue."
                yield Broken(("tools", at, "instead_of", number), f"'{other}' is no other tool here", remedy)
        yield from _hosting(at, tool)


def _hosting(at: int, tool: Tool) -> Iterator[Broken]:
    """Who hosts it is never left open: people choose by it. A tool of big tech is hosted by its maker."""
    if tool.hosts and tool.no_host:
        yield Broken(("tools", at, "no_host"), "is there beside hosts", "Keep one of the two.")
    if not tool.hosts and not tool.no_host and tool.kind != "bigtech":
        remedy = "Name `hosts:` with their source, or say in `no_host:` that none is known or needed, and whom to ask."
        yield Broken(("tools", at), "does not say who hosts it", remedy)
