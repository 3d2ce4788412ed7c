"""A whole helpdesk on an embedded homeserver: an account, rooms and a configuration, made anew for each benchmark."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.person import Person
from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.matrix.http import Homeserver
from helpdesk_bot.matrix.provision import room_body
from helpdesk_bot.matrix.sign_in import sign_in
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.models import Organisation
from helpdesk_bot.storage.models import Person as Remembered

BOT = "hulp"
STADSDELEN = {"noord": "Noord", "west": "West"}
ROOMS = {
    **{f"hulp-{id_}": RoomKind.HELP for id_ in STADSDELEN},
    **{f"team-{id_}": RoomKind.TEAM for id_ in STADSDELEN},
    "team-stad": RoomKind.TEAM,
    "coordinatie": RoomKind.COORDINATION,
}
MANY = 10_000  # where limits that keep people from flooding a helpdesk must not slow a benchmark
TEAM_ROOMS = tuple(name for name, kind in ROOMS.items() if kind is RoomKind.TEAM)


@dataclass
class House:
    """A helpdesk that is ready to run. `rooms` are ids by alias, without '#' and server."""

    synapse: Synapse
    folder: Path
    database_url: str
    homeserver: Homeserver
    rooms: dict[str, str] = field(default_factory=dict)

    @property
    def bot(self) -> str:
        return self.synapse.user_id(BOT)

    @property
    def config(self) -> Path:
        return self.folder / "config" / "helpdesk.yaml"

    @property
    def team_rooms(self) -> frozenset[str]:
        return frozenset(self.rooms[name] for name in TEAM_ROOMS)

    @classmethod
    @asynccontextmanager
    async def built(
        cls,
        synapse: Synapse,
        folder: Path,
        *,
        database_url: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> AsyncIterator["House"]:
        """Signs the bot in, makes the rooms, writes the configuration; `settings` go over it."""
        url = database_url or f"sqlite+aiosqlite:///{folder / 'data' / 'helpdesk.db'}"
        async with AsyncExitStack() as here:
            session = await here.enter_async_context(aiohttp.ClientSession())
            nobody = Homeserver(synapse.url, None, session=session)
            await synapse.register(BOT, displayname="Helpdesk")
            account = await sign_in(folder / "data" / "account", nobody, user=BOT, password="secret")
            house = cls(synapse, folder, url, nobody.signed_in(account.access_token))
            for name, kind in ROOMS.items():
                body = room_body(kind, f"#{name}:{synapse.server_name}", name, "", None, house.bot)
                house.rooms[name] = await house.homeserver.create_room(**body)
            house._configure(settings or {})
            await upgrade(url)
            yield house

    async def take_in(self, person: Person, *rooms: str) -> None:
        """Makes somebody a member of rooms of the helpdesk."""
        for room in rooms:
            await self.homeserver.invite(self.rooms[room], person.user_id)
            await person.join(self.rooms[room])

    async def remember(self, stadsdeel: str, people: Sequence[str]) -> None:
        """Lets the helpdesk know these people already, so that it asks them nothing but what they come for."""
        db = Database(self.database_url)
        try:
            async with db.transaction() as session:
                organisation = Organisation(
                    name=f"Buurtwarmte {stadsdeel}", name_key=f"buurtwarmte {stadsdeel}", created_at=utc_now()
                )
                session.add(organisation)
                await session.flush()
                for user_id in people:
                    session.add(
                        Remembered(
                            user_id=user_id,
                            language="nl",
                            language_said=True,
                            stadsdeel=stadsdeel,
                            organisation_id=organisation.id,
                            created_at=utc_now(),
                        )
                    )
        finally:
            await db.close()

    def _configure(self, settings: Mapping[str, Any]) -> None:
        config: dict[str, Any] = {
            "helpdesk": {"name": "Helpdesk"},
            "homeserver": {"url": self.synapse.url, "user_id": self.bot},
            "data_dir": str(self.folder / "data"),
            "stadsdelen": [
                {
                    "id": id_,
                    "name": name,
                    "help_room": self.rooms[f"hulp-{id_}"],
                    "team_room": self.rooms[f"team-{id_}"],
                }
                for id_, name in STADSDELEN.items()
            ],
            "rooms": {"overflow": self.rooms["team-stad"], "coordination": self.rooms["coordinatie"]},
            "invites": {"per_hour": MANY},
            "asking": {"questions_per_day": MANY},
            **settings,
        }
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(json.dumps(config, indent=1))  # JSON is YAML
