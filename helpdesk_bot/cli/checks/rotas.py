"""Whoever stands in a rota is only called while they help there: people leave a room, and the file does not know."""

from collections.abc import Collection, Mapping

from helpdesk_bot.cli.output import Result
from helpdesk_bot.config import Config
from helpdesk_bot.domain.rota import CITY
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.room_check import RoomFacts

REMEDY = "Invite them into it, or take them out of `panic.rotas`."


async def check_rotas(config: Config, homeserver: Homeserver) -> list[Result]:
    """A room that can't be read is left out: what is wrong with it is found elsewhere."""
    wanted = {room for rota in config.panic.rotas for room in _rooms(config, rota.id)}
    people: dict[str, set[str]] = {}
    joined = set(await homeserver.joined_rooms()) if wanted else set()
    for reference in wanted:
        try:
            room = await homeserver.resolve_alias(reference) if reference.startswith("#") else reference
        except MatrixError as error:
            if error.temporary:
                raise
            continue
        if room in joined:
            people[reference] = set(RoomFacts.of(await homeserver.full_state(room)).joined())
    return not_there(config, people)


def not_there(config: Config, people: Mapping[str, Collection[str]]) -> list[Result]:
    """Who would not be called. `people`: who is in each room that could be read."""
    results = []
    for rota in config.panic.rotas:
        known = [people[room] for room in _rooms(config, rota.id) if room in people]
        for user in rota.people if known else ():
            if not any(user in there for there in known):
                where = "in no team room" if rota.id == CITY else "not in its team room"
                what = f"{user} stands in the rota and is {where}: nobody calls them"
                results.append(Result("warning", f"{rota.id}: rota", what, REMEDY))
    return results


def _rooms(config: Config, rota: str) -> list[str]:
    """Where whoever serves in it has to be: in one of these."""
    teams = [part.team_room for part in config.stadsdelen if rota in (part.id, CITY)]
    city = [config.rooms.overflow, config.rooms.coordination] if rota == CITY else []
    return [room for room in (*teams, *city) if room]
