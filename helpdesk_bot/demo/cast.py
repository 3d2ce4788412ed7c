"""Who plays in the demo, where they belong, and the helpdesk that they come to."""

import json
from dataclasses import dataclass, field
from pathlib import Path

BOT = "helpdesk"
BOT_NAME = "Helpdesk"
# The homeserver listens on this machine only, and visitors have to type it.
PASSWORD = "amsterdam"

NEIGHBOUR_NAME = "Helpdesk Nieuw-West"
NIEUW_WEST = "team-nieuw-west"
NOORD, WEST, COORDINATION, TRAINERS = "team-noord", "team-west", "coordinatie", "trainers"


@dataclass(frozen=True)
class Role:
    """A person of the demo. `teams`: the private rooms of the helpdesk they are let into, by alias."""

    name: str
    who: str
    teams: tuple[str, ...] = ()

    @property
    def localpart(self) -> str:
        return self.name.lower().replace("á", "a")


@dataclass(frozen=True)
class Cast:
    host: Role  # is invited everywhere by `helpdesk init`, and lets the others in
    players: tuple[Role, ...]
    visitors: tuple[Role, ...] = field(default=())

    @property
    def everybody(self) -> tuple[Role, ...]:
        return (self.host, *self.players)


CAST = Cast(
    host=Role("Yvonne", "coordinator of the helpdesk", (NOORD, WEST, COORDINATION, TRAINERS)),
    players=(
        Role("Fatima", "secretary of an energy cooperative in Noord"),
        Role("Kwame", "volunteer of a repair café in West"),
        Role("Ines", "board member of a bike couriers' cooperative"),
        Role("Tomás", "bike courier, member of the same cooperative"),
        Role("Sanne", "technician in Noord, volunteer", (NOORD,)),
        Role("Joris", "technician in Noord, volunteer", (NOORD,)),
        Role("Meryem", "technician in West, paid", (WEST,)),
        Role("Daan", "technician in West, volunteer", (WEST,)),
        Role("Tarik", "trainer, who helps organisations to move to open tools", (TRAINERS,)),
    ),
    visitors=(
        Role("Noor", "somebody with a question"),
        Role("Sam", "a technician in Noord and West", (NOORD, WEST)),
        Role(
            "Yara",
            "a coordinator, who is in all rooms of the helpdesk",
            (NOORD, WEST, COORDINATION, TRAINERS),
        ),
    ),
)

# Who helps at the other helpdesk, and coordinates it.
LEYLA = Role("Leyla", "technician and coordinator in Nieuw-West, which has a helpdesk of its own")
TECHNICIANS = frozenset(role.name for role in CAST.players if {NOORD, WEST} & set(role.teams))
# Whom the helpdesk calls in an emergency in Noord, in turn, a week each.
ON_DUTY: tuple[Role, ...] = tuple(role for role in CAST.players if NOORD in role.teams)

_CITY = """\
# {comment}
helpdesk:
  name: {name}
  languages: [nl, en]
  timezone: Europe/Amsterdam

homeserver:
  url: https://matrix.example.org
  user_id: "@helpdesk:example.org"

data_dir: ../data
{database}
stadsdelen:
{parts}
rooms:
  space: "#helpdesk:example.org"
  overflow: "#team-stad:example.org"
  coordination: "#coordinatie:example.org"
  trainers: "#trainers:example.org"

web:
  port: 0    # any free one

playbooks:
  folder: {playbooks}
"""
_PART = """\
  - id: {id}
    name: {name}
    aliases: [{aliases}]
    help_room: "#hulp-{id}:example.org"
    team_room: "#team-{id}:example.org"
"""


def city(comment: str, name: str, *parts: tuple[str, str, str], database: str | None = None) -> str:
    """A configuration file. Of each part: its id, its name, and other names for it. `database`: its URL, else SQLite."""
    return _CITY.format(
        comment=comment,
        name=name,
        database=f"database:\n  url: {json.dumps(database)}\n" if database else "",
        parts="".join(_PART.format(id=id_, name=called, aliases=aliases) for id_, called, aliases in parts),
        playbooks=json.dumps(str(Path(__file__).parents[2] / "playbooks")),
    )


CITY = city(
    "The helpdesk of the demo: two stadsdelen.",
    BOT_NAME,
    ("noord", "Noord", "Amsterdam-Noord, Buiksloterham, IJplein, NDSM, Nieuwendam"),
    ("west", "West", "Amsterdam-West, Bos en Lommer, De Baarsjes, Staatsliedenbuurt"),
)
NEIGHBOUR_CITY = city(
    "The other helpdesk of the demo: one stadsdeel, on its own server.",
    NEIGHBOUR_NAME,
    ("nieuw-west", "Nieuw-West", "Osdorp, Slotervaart, Geuzenveld, De Aker"),
)
