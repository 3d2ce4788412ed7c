"""Everything the story needs, real: a homeserver, a helpdesk set up as a host does it, its process, people's clients.

It all lives in one folder. The same folder gives the same homeserver, helpdesk and people again.
"""

import asyncio
import fcntl
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from helpdesk_bot import config as configuration
from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.bot import Bot
from helpdesk_bot.demo.cast import BOT, BOT_NAME, CAST, CITY, LEYLA, NEIGHBOUR_NAME, Role
from helpdesk_bot.demo.duty import arrange
from helpdesk_bot.demo.federation import enter_both, federating
from helpdesk_bot.demo.neighbour import Neighbour, moved_in
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.phones import Phones, switched_on
from helpdesk_bot.demo.screen import Screen
from helpdesk_bot.demo.setting_up import rooms_of, set_up
from helpdesk_bot.demo.signing_in import signed_in
from helpdesk_bot.demo.site import Site, online
from helpdesk_bot.demo.synapse import Synapse

_OURS = "demo-lives-here"
_FINISHED = "story-finished"
_AHEAD = "ahead-of-our-clock"  # seconds, from one run to the next: a clock does not go back


class FolderInUse(Exception):
    """Another demo plays in this folder."""


@dataclass
class Stage:
    folder: Path
    synapse: Synapse
    bot: Bot
    bot_id: str
    again: bool  # an earlier run has played here: people and rooms are known
    phones: Phones
    site: Site
    people: dict[str, Person] = field(default_factory=dict)
    next_door: Neighbour = field(init=False)
    rooms: dict[str, str] = field(
        default_factory=dict
    )  # the helpdesk's rooms by the first part of their alias

    @property
    def bots(self) -> dict[str, str]:
        """Of both helpdesks, by their ids, with what they are called."""
        return {self.bot_id: BOT_NAME, self.next_door.bot_id: NEIGHBOUR_NAME}

    def bot_of(self, name: str) -> str:
        """The helpdesk that somebody talks with."""
        return self.next_door.bot_id if name == LEYLA.name else self.bot_id

    def story_begins(self) -> None:
        (self.folder / _FINISHED).unlink(missing_ok=True)

    async def later(self, moment: datetime) -> None:
        """Starts the helpdesk again as if it were that moment, which must be later than its clock is now."""
        await self.bot.stop()
        self.bot.ahead = moment - utc_now()
        (self.folder / _AHEAD).write_text(str(self.bot.ahead.total_seconds()))
        await self.bot.start()

    @property
    def now(self) -> datetime:
        """What the helpdesk's clock says. UTC."""
        return utc_now() + self.bot.ahead

    def story_ended(self) -> None:
        (self.folder / _FINISHED).touch()

    async def let_in(self, person: Person, role: Role) -> None:
        """Brings somebody into the private rooms of their team, by invitation of the coordinator."""
        host = self.people[CAST.host.name]
        for alias in role.teams:
            room_id = self.rooms[alias]
            if room_id in person.rooms and person.rooms[room_id].membership == "join":
                continue
            if person is not host and room_id not in person.invites:
                await host.invite(room_id, person.user_id)
            await person.join(room_id)


@contextmanager
def occupied(folder: Path, *, fresh: bool) -> Iterator[None]:
    """Holds the demo's folder; `fresh` empties it first. Raises FolderInUse.

    A story that was broken off leaves questions open, which the next one would stumble over: it begins anew as well.
    """
    mark = folder / _OURS
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise FolderInUse(f"{folder} is not the demo's: it holds other files. Nothing was touched.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    with mark.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"Another demo is running in {folder}. Stop that one first.") from None
        if fresh or not (folder / _FINISHED).exists():
            for inside in folder.iterdir():
                if inside.is_dir():
                    shutil.rmtree(inside)
                elif inside != mark:
                    inside.unlink()
        yield


@asynccontextmanager
async def opened(folder: Path, screen: Screen, port: int | None = None) -> AsyncIterator[Stage]:
    """Starts all of it, and stops all of it at the end, whatever happens in between."""
    config_path = folder / "config" / "helpdesk.yaml"
    again = config_path.exists()
    async with AsyncExitStack() as stack:
        synapse = federating(folder / "homeservers", "noord-en-west", port=port)
        next_door = federating(folder / "homeservers", "nieuw-west")
        with screen.step("starting two real homeservers (Synapse) that federate with each other"):
            await enter_both(stack, synapse, next_door)
        if port is not None and synapse.url.rpartition(":")[2] != str(port):
            screen.say(f"  port {port} is taken by another program: it is at {synapse.url} instead", "yellow")
        roles = CAST.everybody
        known = configuration.load(config_path) if again else None
        works = [f"signing in {len(roles)} people, each with a client and keys of their own"]
        if known is None or known.homeserver.url != synapse.url:
            works.append("setting the helpdesk up for Noord and West as its host does: `helpdesk init`")
        with screen.step(*works):
            try:
                async with asyncio.TaskGroup() as group:
                    signing_in = [
                        group.create_task(signed_in(stack, synapse, folder / "people", role))
                        for role in roles
                    ]
                    if len(works) > 1:
                        group.create_task(
                            set_up(
                                folder,
                                config_path,
                                synapse,
                                host=synapse.user_id(CAST.host.localpart),
                                bot=BOT,
                                city=None if again else CITY,
                            )
                        )
            except ExceptionGroup as several:
                raise several.exceptions[0] from None  # the first is the one that ended the others
            people = [task.result() for task in signing_in]
        phones = await stack.enter_async_context(switched_on())
        site = await stack.enter_async_context(online())
        arrange(config_path, synapse, phones, site)
        bot = Bot(config_path, folder / "helpdesk.log", ahead=_ahead_before(folder))
        stage = Stage(folder, synapse, bot, synapse.user_id(BOT), again, phones, site)
        stage.people = {role.name: person for role, person in zip(roles, people, strict=True)}
        stage.rooms = await rooms_of(configuration.load(config_path), people[0])
        with screen.step("bringing the coordinator, the technicians and the trainer into their rooms"):
            for role in roles:
                await stage.let_in(stage.people[role.name], role)
        stack.push_async_callback(bot.stop)
        with screen.step(
            "starting the helpdesk as a process of its own (helpdesk run, SQLite)",
            "setting up and starting the helpdesk of Nieuw-West, on the other homeserver",
        ):
            _, stage.next_door = await asyncio.gather(
                bot.start(), moved_in(stack, next_door, folder / "nieuw-west")
            )
        stage.people[LEYLA.name] = stage.next_door.leyla
        yield stage


def _ahead_before(folder: Path) -> timedelta:
    """How far the helpdesk's clock was ahead when an earlier run ended."""
    mark = folder / _AHEAD
    return timedelta(seconds=float(mark.read_text())) if mark.exists() else timedelta()
