"""What a room really is, from its clear-text state, and whether that fits what it is used for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.domain.people import PRIVATE_RULES
from helpdesk_bot.matrix.following import predecessor

Json = dict[str, Any]

# In these the one who made the room is listed among the power levels; in later ones that person always may.
_LISTED_CREATORS = frozenset(str(version) for version in range(1, 12))
ABOVE_ALL = 1_000_000
MODERATOR = 50
ADMIN = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    level: Literal["error", "warning"]
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RoomFacts:
    version: str = "1"
    maker: str = ""  # who really made it; whom that person named a creator besides is in `creators` only
    creators: frozenset[str] = frozenset()  # who always may do everything; before version 12 only the maker
    type: str | None = None
    name: str | None = None
    join_rule: str = "invite"
    history: str = "shared"
    guests: bool = False
    encrypted: bool = False
    replaced_by: str | None = None
    replaced_via: str = ""  # the server that knows the successor
    predecessor: str | None = None
    levels: Json = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    children: frozenset[str] = frozenset()

    @classmethod
    def of(cls, state: Iterable[Json]) -> "RoomFacts":
        """From the state events of a room."""
        facts: dict[tuple[str, str], Json] = {}
        maker, closer = "", ""
        for event in state:
            content = event.get("content")
            facts[str(event.get("type")), str(event.get("state_key", ""))] = (
                content if isinstance(content, dict) else {}
            )
            if event.get("type") == "m.room.create":
                maker = str(event.get("sender"))
            if event.get("type") == "m.room.tombstone":
                closer = str(event.get("sender"))

        def word(type_: str, key: str) -> str | None:
            value = facts.get((type_, ""), {}).get(key)
            return value if isinstance(value, str) else None

        version = word("m.room.create", "room_version") or "1"
        more = facts.get(("m.room.create", ""), {}).get("additional_creators")
        if version in _LISTED_CREATORS:
            more = None  # there it is a word like any other, and gives nothing
        others = [user for user in more if isinstance(user, str)] if isinstance(more, list) else []
        return cls(
            version=version,
            maker=maker,
            creators=frozenset({maker, *others}),
            type=word("m.room.create", "type"),
            name=word("m.room.name", "name"),
            join_rule=word("m.room.join_rules", "join_rule") or "invite",
            history=word("m.room.history_visibility", "history_visibility") or "shared",
            guests=word("m.room.guest_access", "guest_access") == "can_join",
            encrypted=("m.room.encryption", "") in facts,
            replaced_by=word("m.room.tombstone", "replacement_room"),
            replaced_via=closer.partition(":")[2],
            predecessor=predecessor(facts.get(("m.room.create", ""), {})),
            levels=facts.get(("m.room.power_levels", ""), {}),
            members={
                key: str(content.get("membership"))
                for (type_, key), content in facts.items()
                if type_ == "m.room.member"
            },
            children=frozenset(
                key
                for (type_, key), content in facts.items()
                if type_ == "m.space.child" and content.get("via")
            ),
        )

    @property
    def creators_rule(self) -> bool:
        return self.version not in _LISTED_CREATORS

    def power(self, user_id: str) -> int:
        if self.creators_rule and user_id in self.creators:
            return ABOVE_ALL
        if not self.levels:
            return ADMIN if user_id in self.creators else 0
        users = self.levels.get("users")
        listed = users.get(user_id) if isinstance(users, dict) else None
        return _level(listed, _level(self.levels.get("users_default"), 0))

    def needed(self, type_: str, *, state: bool = False) -> int:
        events = self.levels.get("events")
        own = events.get(type_) if isinstance(events, dict) else None
        default = self.levels.get("state_default" if state else "events_default")
        return _level(own, _level(default, MODERATOR if state and self.levels else 0))

    def needed_to_invite(self) -> int:
        return _level(self.levels.get("invite"), 0)

    def ordinary_power(self) -> int:
        return _level(self.levels.get("users_default"), 0)

    def others_in_charge(self, bot: str) -> dict[str, str]:
        """Who besides the bot hands out a role in this room or has one by being in it, and why."""
        own = self.power(bot)
        users = self.levels.get("users")
        named = {*(users if isinstance(users, dict) else ()), *self.creators} - {bot}
        found = {
            user: "is in it" if how == "join" else "is invited"
            for user, how in self.members.items()
            if how in ("join", "invite")
        }
        found.pop(bot, None)
        for user in named:
            power = self.power(user)
            if power >= own:
                found[user] = "made it" if power == ABOVE_ALL else f"has power {power}"
        if self.ordinary_power() >= own:
            found["everybody who comes in"] = f"has power {self.ordinary_power()}"
        return dict(sorted(found.items()))

    def joined(self) -> frozenset[str]:
        return frozenset(user for user, membership in self.members.items() if membership == "join")


def troubles(facts: RoomFacts, kind: RoomKind, bot: str) -> list[Trouble]:
    """What does not fit. An error keeps the helpdesk from working, or lets in who should not be."""
    found: list[Trouble] = []
    if facts.replaced_by:
        found.append(
            Trouble(
                "error",
                f"the room was upgraded; it goes on in {facts.replaced_by}",
                f"Run `helpdesk init` again: it goes there and puts the new room in the configuration. If it says this "
                f"again, invite {bot} into the new room first, and give it power 100 there.",
            )
        )
    if kind is RoomKind.SPACE:
        return found + _about_space(facts)
    if facts.type == "m.space":
        found.append(Trouble("error", "this is a space, not a room to talk in", "Name a room here."))
    found += _about_power(facts, bot)
    if kind in STAFF_KINDS:
        found += _about_privacy(facts)
    elif kind is RoomKind.HELP and facts.join_rule != "public":
        found.append(
            Trouble(
                "warning",
                f"people can't come in by themselves (its rule is '{facts.join_rule}')",
                "Room settings → Security & privacy → Access: choose 'Public'.",
            )
        )
    return found


def emptiness(facts: RoomFacts, kind: RoomKind, bot: str) -> list[Trouble]:
    """A staff room without people: nobody would see what arrives there."""
    if kind not in STAFF_KINDS or facts.joined() - {bot}:
        return []
    invited = sum(membership == "invite" for membership in facts.members.values())
    remedy = "Invite those whose room it is: `helpdesk init --invite @name:server` can do it."
    if invited:
        remedy = f"Invited are {invited}; they only have to accept."
    return [Trouble("warning", "nobody is in it but the bot", remedy)]


def _about_space(facts: RoomFacts) -> list[Trouble]:
    if facts.type == "m.space":
        return []
    return [Trouble("error", "this is a room, not a space", "Name a space here, or leave `rooms.space` out.")]


def _about_power(facts: RoomFacts, bot: str) -> list[Trouble]:
    power = facts.power(bot)
    kinds = ("m.room.message", "m.room.encrypted", "m.reaction")
    needed = max(facts.needed(type_) for type_ in kinds)
    if power < needed:
        what = f"the bot has power {power} and needs {needed} to write here"
        return [
            Trouble("error", what, f"Somebody with power in the room gives the bot {max(needed, MODERATOR)}.")
        ]
    if power < MODERATOR:
        what = f"the bot has power {power} here: it can't pin, invite, or take away what is not its own"
        return [Trouble("warning", what, "Make it moderator (50) in the room's settings, or give it 100.")]
    return []


def _about_privacy(facts: RoomFacts) -> list[Trouble]:
    """Who is in a staff room has a role and reads what people asked: nobody may walk in or look in."""
    found: list[Trouble] = []
    if facts.join_rule not in PRIVATE_RULES:
        found.append(
            Trouble(
                "error",
                f"anybody can come in (its rule is '{facts.join_rule}'): it gives no role",
                "Room settings → Security & privacy → Access: choose 'Private (invite only)', then look who is in it.",
            )
        )
    if facts.guests:
        found.append(
            Trouble(
                "error",
                "guests without an account can come in",
                "Room settings → Security & privacy: turn guest access off.",
            )
        )
    if facts.history == "world_readable":
        found.append(
            Trouble(
                "error",
                "anybody can read along without being in it",
                "Room settings → Security & privacy → Who can read history: choose 'Members only'.",
            )
        )
    if not facts.encrypted:
        found.append(
            Trouble(
                "warning",
                "the room is not encrypted",
                "Room settings → Security & privacy: turn encryption on. It can't be turned off again.",
            )
        )
    if facts.ordinary_power() >= facts.needed_to_invite():
        found.append(
            Trouble(
                "warning",
                "every member can invite others, and so hand out the role",
                "Room settings → Roles & permissions → Invite users: choose 'Moderator'.",
            )
        )
    return found


def _level(value: object, default: int) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str):  # rooms before version 10 may hold them as text
        try:
            return int(value)
        except ValueError:
            return default
    return default
