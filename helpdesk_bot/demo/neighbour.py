"""The other helpdesk of the demo: of Nieuw-West, on a homeserver of its own, with its own bot and database."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from helpdesk_bot import config as configuration
from helpdesk_bot.demo.bot import Bot
from helpdesk_bot.demo.cast import BOT, COORDINATION, LEYLA, NEIGHBOUR_CITY, NIEUW_WEST
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.setting_up import rooms_of, set_up
from helpdesk_bot.demo.signing_in import signed_in
from helpdesk_bot.demo.synapse import Synapse


@dataclass
class Neighbour:
    """Leyla coordinates it, and helps. `rooms` by the first part of their alias."""

    synapse: Synapse
    bot: Bot
    leyla: Person
    rooms: dict[str, str]

    @property
    def bot_id(self) -> str:
        return self.synapse.user_id(BOT)


async def moved_in(stack: AsyncExitStack, synapse: Synapse, folder: Path) -> Neighbour:
    """Sets it up where it is not yet, and starts it."""
    config_path = folder / "config" / "helpdesk.yaml"
    again = config_path.exists()
    leyla = await signed_in(stack, synapse, folder / "people", LEYLA)
    if not again or configuration.load(config_path).homeserver.url != synapse.url:
        await set_up(
            folder,
            config_path,
            synapse,
            host=leyla.user_id,
            bot=BOT,
            city=None if again else NEIGHBOUR_CITY,
        )
    rooms = await rooms_of(configuration.load(config_path), leyla)
    for name in (NIEUW_WEST, COORDINATION):
        if rooms[name] not in leyla.rooms or leyla.rooms[rooms[name]].membership != "join":
            await leyla.accept_invite(rooms[name])
    bot = Bot(config_path, folder / "helpdesk.log")
    stack.push_async_callback(bot.stop)
    await bot.start()
    return Neighbour(synapse, bot, leyla, rooms)
