"""A stock bot and ours, side by side."""

import nio

from helpdesk_bot.demo.person import Person
from tests.matrix.station import Station
from tests.matrix.stock import enters


async def with_both(person: Person, stock_bot: nio.AsyncClient, station: Station) -> str:
    """A room of this person's, which both have entered."""
    room = await person.create_room(invite=[stock_bot.user_id, station.user_id])
    await enters(stock_bot, room)
    await station.enters(room)
    return room
