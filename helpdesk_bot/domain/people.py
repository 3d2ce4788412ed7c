"""Who somebody is to the helpdesk, derived from the rooms they are in at this moment, and from nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk_bot.domain.layout import Layout

# Anybody can walk into a room with another rule ('public', and 'restricted' through a space that may be public), so
# that being in it proves nothing. See the Matrix specification, `m.room.join_rules`.
PRIVATE_RULES = frozenset({"invite", "knock", "private"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What someone may do now. `teams` are the team rooms they belong to."""

    user_id: str
    teams: frozenset[str] = frozenset()
    coordinator: bool = False
    trainer: bool = False

    @property
    def technician(self) -> bool:
        return bool(self.teams)

    @property
    def staff(self) -> bool:
        return self.technician or self.coordinator or self.trainer

    def helps_in(self, team_room: str | None) -> bool:
        """Whether a ticket of this team room is theirs to work on."""
        return self.coordinator or (team_room is not None and team_room in self.teams)


def standing(
    user_id: str, rooms: Iterable[str], join_rules: Mapping[str, str | None], layout: Layout
) -> Standing:
    """The standing of someone who is joined to `rooms`. A room with an open or unknown join rule counts for nothing."""
    proven = {room for room in rooms if join_rules.get(room) in PRIVATE_RULES}
    return Standing(
        user_id,
        teams=frozenset(proven & layout.team_rooms),
        coordinator=layout.coordination in proven,
        trainer=layout.trainers is not None and layout.trainers in proven,
    )
