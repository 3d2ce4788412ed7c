"""A helpdesk set up by its own commands on the tests' homeserver, running as a process of its own."""

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from helpdesk_bot import config as configuration
from helpdesk_bot.config import Config
from helpdesk_bot.demo.bot import Bot
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Account, Synapse
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import InboxEvent, OutboxRow


@dataclass
class World:
    """One helpdesk with two stadsdelen. `invited` people are in every private room."""

    synapse: Synapse
    account: Account
    folder: Path
    bot: Bot = field(init=False)

    @property
    def config_path(self) -> Path:
        return self.folder / "config" / "helpdesk.yaml"

    @property
    def config(self) -> Config:
        return configuration.load(self.config_path)

    @classmethod
    async def make(cls, synapse: Synapse, account: Account, folder: Path, *invited: str) -> "World":
        world = cls(synapse, account, folder)
        (folder / "config").mkdir()
        password = folder / "password"
        password.touch(mode=0o600)
        password.write_text(account.password)
        flags = ["--yes", "--stadsdeel", "Noord", "--stadsdeel", "West", "--name", "Helpdesk"]
        flags += ["--homeserver", synapse.url, "--user", account.user_id, "--password-file", str(password)]
        for person in invited:
            flags += ["--invite", person]
        code, said = await world.helpdesk("init", *flags)
        assert code == 0, said
        world.config_path.write_text(world.config_path.read_text().replace("port: 8090", "port: 0"))
        world.bot = Bot(world.config_path, folder / "bot.log")
        return world

    async def helpdesk(self, command: str, *arguments: str) -> tuple[int, str]:
        """Runs a `helpdesk` command; returns its exit status and what it said."""
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-P",
                "-m",
                "helpdesk_bot",
                command,
                "--config",
                str(self.config_path),
                *arguments,
            ),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    async def quiet(self) -> None:
        """Until the bot has nothing left to do and people's clients have heard all of it."""
        db = Database(self.config.database_url)
        try:
            async with asyncio.timeout(30):
                while True:
                    await asyncio.sleep(1)
                    if not await self._work(db):
                        return
        finally:
            await db.close()

    async def _work(self, db: Database) -> int:
        async with db.reading() as session:
            waiting = (
                select(func.count()).select_from(InboxEvent).where(InboxEvent.state.in_(("next", "pending")))
            )
            unsent = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "pending")
            return (await session.scalar(waiting) or 0) + (await session.scalar(unsent) or 0)

    def room(self, name: str) -> str:
        """A room of the helpdesk by what it is for: 'noord.help', 'west.team', 'overflow', 'coordination'."""
        config = self.config
        stadsdeel, _, kind = name.partition(".")
        if not kind:
            return str(getattr(config.rooms, name))
        found = next(s for s in config.stadsdelen if s.id == stadsdeel)
        return str(getattr(found, f"{kind}_room"))

    async def let_in(self, person: Person, *rooms: str) -> None:
        """The person accepts the invitations that `init` sent."""
        for name in rooms:
            await person.accept_invite(self.room(name))
