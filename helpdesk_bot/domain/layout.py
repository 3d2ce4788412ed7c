"""Which room is for what, and which stadsdelen there are: the shape of one helpdesk, with every room by its id."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class RoomKind(StrEnum):
    HELP = "help"  # public, per stadsdeel: anybody asks there
    TEAM = "team"  # invite-only: the technicians of a stadsdeel, or of the city ('overflow')
    COORDINATION = "coordination"
    TRAINERS = "trainers"
    SPACE = "space"
    DIRECT = "direct"  # one person and the bot
    OWN = "own"  # a room of an organisation, where the bot is a guest
    PEER = "peer"  # of two helpdesks: no people


STAFF_KINDS = frozenset({RoomKind.TEAM, RoomKind.COORDINATION, RoomKind.TRAINERS})


@dataclass(frozen=True, slots=True)
class Stadsdeel:
    """A part of the city with technicians of its own. `aliases`: other words people use for it."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    help_room: str | None = None
    team_room: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The rooms of the helpdesk. `overflow` is the city's team room, where a question goes that nobody else has."""

    stadsdelen: tuple[Stadsdeel, ...]
    overflow: str
    coordination: str
    trainers: str | None = None
    space: str | None = None

    def kind(self, room_id: str) -> RoomKind | None:
        """What a room of the helpdesk is for; None for anybody else's room."""
        if room_id in self.team_rooms:
            return RoomKind.TEAM
        if any(room_id == s.help_room for s in self.stadsdelen):
            return RoomKind.HELP
        own = {
            self.coordination: RoomKind.COORDINATION,
            self.trainers: RoomKind.TRAINERS,
            self.space: RoomKind.SPACE,
        }
        return own.get(room_id)

    @property
    def only(self) -> str | None:
        """The stadsdeel of a helpdesk that has just one: nobody need say where they are."""
        return self.stadsdelen[0].id if len(self.stadsdelen) == 1 else None

    @property
    def team_rooms(self) -> frozenset[str]:
        return frozenset({self.overflow} | {s.team_room for s in self.stadsdelen if s.team_room})

    @property
    def staff_rooms(self) -> frozenset[str]:
        """The rooms whose members have a role."""
        return self.team_rooms | {self.coordination} | ({self.trainers} if self.trainers else set())

    def stadsdeel_of(self, room_id: str) -> str | None:
        """The stadsdeel whose help room or team room this is."""
        for stadsdeel in self.stadsdelen:
            if room_id in (stadsdeel.help_room, stadsdeel.team_room):
                return stadsdeel.id
        return None

    def team_room(self, stadsdeel: str | None) -> str:
        """Where questions of this stadsdeel go; the city's room when it has none of its own or is unknown."""
        found = self.stadsdeel(stadsdeel)
        return (found.team_room if found else None) or self.overflow

    def stadsdeel(self, id_: str | None) -> Stadsdeel | None:
        return next((s for s in self.stadsdelen if s.id == id_), None)

    def name_of(self, id_: str | None) -> str | None:
        found = self.stadsdeel(id_)
        return found.name if found else None

    def find(self, words: str) -> Stadsdeel | None:
        """The stadsdeel that somebody means: its place in the list, its name or an alias, alone or in a sentence.

        None when nothing or more than one fits: a wrong guess sends the question to the wrong people.
        """
        found = self.named(words)
        return found[0] if len(found) == 1 else None

    def named(self, words: str) -> list[Stadsdeel]:
        """Every stadsdeel that is named: two of them in 'West, niet Noord'."""
        text = plain_key(words)
        if text.isdecimal() and 1 <= int(text) <= len(self.stadsdelen):
            return [self.stadsdelen[int(text) - 1]]
        hits: list[tuple[int, int, str]] = []
        for stadsdeel in self.stadsdelen:
            for key in {plain_key(name) for name in (stadsdeel.id, stadsdeel.name, *stadsdeel.aliases)} - {
                ""
            }:
                places = re.finditer(rf"(?<!\w){re.escape(key)}(?!\w)", text)
                hits += [(*place.span(), stadsdeel.id) for place in places]
        # 'Nieuw-West' holds 'West': a name inside a longer one was not meant.
        meant = {
            id_
            for start, end, id_ in hits
            if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in hits)
        }
        return [stadsdeel for stadsdeel in self.stadsdelen if stadsdeel.id in meant]

    def resembles(self, words: str) -> bool:
        """Whether somebody probably tried to name a stadsdeel: 'Noort', 'nieuw westt'. Never enough to act on."""
        names = {plain_key(name) for s in self.stadsdelen for name in (s.id, s.name, *s.aliases)} - {""}
        return bool(difflib.get_close_matches(plain_key(words), names, n=1, cutoff=0.7))


def plain_key(words: str) -> str:
    """Words as they are compared: no case, no accents, no punctuation, single spaces."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words).casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())
