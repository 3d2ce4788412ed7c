"""The rooms: the bot is in them, may do what it must, and nobody can walk into those that give a role."""

from collections.abc import Iterator

from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config
from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.room_check import RoomFacts, emptiness, troubles

BY_ID = "Run `helpdesk init`: it looks who is in charge there, and puts the room's id in the configuration."


async def check_rooms(config: Config, homeserver: Homeserver) -> list[Result]:
    joined = set(await homeserver.joined_rooms())
    results: list[Result] = []
    for subject, kind, reference in named_rooms(config):
        try:
            room_id = await homeserver.resolve_alias(reference) if reference.startswith("#") else reference
        except MatrixError as error:
            if error.temporary and reference.endswith(f":{config.server_name}"):
                raise
            remedy = "Run `helpdesk init`: it makes what is missing. Or correct the configuration."
            results.append(Result("error", subject, f"there is no room {reference} ({error})", remedy))
            continue
        if room_id not in joined:
            remedy = f"Invite {config.homeserver.user_id} into it, then run `helpdesk init`: it joins."
            results.append(Result("error", subject, f"the bot is not in {reference}", remedy))
            continue
        if reference.startswith("#"):
            what = (
                f"it is named by its alias {reference}: {against_alias(kind)}; so the helpdesk does not start"
            )
            results.append(Result("error", subject, what, BY_ID))
        facts = RoomFacts.of(await homeserver.full_state(room_id))
        found = troubles(facts, kind, config.homeserver.user_id)
        found += emptiness(facts, kind, config.homeserver.user_id)
        results += [Result(trouble.level, subject, trouble.what, trouble.remedy) for trouble in found]
        if not found:
            results.append(Result("ok", subject, _praise(facts, kind)))
    return results


def named_rooms(config: Config) -> Iterator[tuple[str, RoomKind, str]]:
    """What each room of the configuration is called there, what it is for, and its id or alias."""
    city = (
        ("rooms.space", RoomKind.SPACE, config.rooms.space),
        ("rooms.overflow", RoomKind.TEAM, config.rooms.overflow),
        ("rooms.coordination", RoomKind.COORDINATION, config.rooms.coordination),
        ("rooms.trainers", RoomKind.TRAINERS, config.rooms.trainers),
    )
    for subject, kind, reference in city:
        if reference:
            yield subject, kind, reference
    for part in config.stadsdelen:
        if part.help_room:
            yield f"{part.id}: help room", RoomKind.HELP, part.help_room
        yield f"{part.id}: team room", RoomKind.TEAM, part.team_room


def against_alias(kind: RoomKind) -> str:
    """Why a room must be named by its id."""
    if kind in STAFF_KINDS:  # who may move an alias would decide who has a role
        return "whichever room it points at would give roles"
    return "it can be moved to another room, or taken away"


def _praise(facts: RoomFacts, kind: RoomKind) -> str:
    if kind is RoomKind.SPACE:
        return f"a space with {len(facts.children)} rooms"
    people = len(facts.joined()) - 1
    words = [
        f"rule '{facts.join_rule}'",
        "encrypted" if facts.encrypted else "not encrypted",
        f"{people} people",
    ]
    return ", ".join(words)
