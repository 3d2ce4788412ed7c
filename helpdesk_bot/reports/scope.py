"""Of what a report is: one stadsdeel, or the whole city with what has no stadsdeel."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk_bot.domain.layout import Layout

CITY = "city"
NOWHERE = ""  # what has no stadsdeel


@dataclass(frozen=True, slots=True)
class Place:
    """The helpdesk as a report sees it. `bot`: its own account, which is in every room and helps nobody."""

    layout: Layout
    zone: ZoneInfo
    bot: str

    @property
    def scopes(self) -> tuple[str, ...]:
        """The city first, then every stadsdeel in the order of the configuration."""
        return (CITY, *(stadsdeel.id for stadsdeel in self.layout.stadsdelen))

    def team_rooms(self, scope: str) -> list[str]:
        found = self.layout.stadsdeel(scope)
        if found is not None:
            return [found.team_room] if found.team_room else []
        return sorted(self.layout.team_rooms)

    def side(self, team_room: str | None) -> str:
        """The stadsdeel whose team this is; the city for every other room."""
        return self.layout.stadsdeel_of(team_room or "") or CITY


def within(scope: str, column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    if scope == CITY:
        return true()
    return column.is_(None) if scope == NOWHERE else column == scope
