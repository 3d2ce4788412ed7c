"""How it is known that a step worked: somebody looks, or the helpdesk's own server does."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from helpdesk_bot.config.section import Section
from helpdesk_bot.playbooks.names import Key, Role
from helpdesk_bot.playbooks.words import Text, Words


class ByPerson(Section):
    """`by` looks whether what `check` says is so."""

    check: Words
    by: Role


class Http(Section):
    """The page is there, and where it answers with JSON, holds these values."""

    auto: Literal["http"]
    url: Text
    status: Annotated[int, Field(ge=100, le=599)] = 200
    json_: Annotated[dict[str, bool | int | str], Field(alias="json", default_factory=dict)]


class LinkClosed(Section):
    """A link that was public once, for which somebody is asked, is refused to whoever is not signed in."""

    auto: Literal["link_closed"]
    ask: Words


class Tls(Section):
    """The site's certificate is in order, and still is in some days."""

    auto: Literal["tls"]
    host: Text
    days_left: Annotated[int, Field(ge=0, le=90)] = 7


class Dns(Section):
    auto: Literal["dns"]
    name: Text
    type: Literal["A", "AAAA", "CNAME", "MX", "TXT", "NS"]
    contains: Text


class Equal(Section):
    """Two numbers that people told, apart by at most `tolerance`."""

    auto: Literal["equal"]
    left: Key
    right: Key
    tolerance: Annotated[int, Field(ge=0)] = 0


class MatrixMembers(Section):
    """So many people are in the room, the bot not counted."""

    auto: Literal["matrix_members"]
    room: Text
    min: Annotated[int, Field(ge=1)]


Auto = Http | LinkClosed | Tls | Dns | Equal | MatrixMembers


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("auto", "person"))
    return str(getattr(value, "auto", "person"))


Verify = Annotated[
    Annotated[ByPerson, Tag("person")]
    | Annotated[Http, Tag("http")]
    | Annotated[LinkClosed, Tag("link_closed")]
    | Annotated[Tls, Tag("tls")]
    | Annotated[Dns, Tag("dns")]
    | Annotated[Equal, Tag("equal")]
    | Annotated[MatrixMembers, Tag("matrix_members")],
    Discriminator(_kind),
]
