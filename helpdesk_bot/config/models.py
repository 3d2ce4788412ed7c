"""The shape of the configuration file. Descriptions end up in the JSON Schema, where editors show them."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, SecretStr

from helpdesk_bot.config.channels import Channels
from helpdesk_bot.config.checks import Checks
from helpdesk_bot.config.durations import Duration
from helpdesk_bot.config.federation import Federation
from helpdesk_bot.config.helping import Helping
from helpdesk_bot.config.opening import OpeningHours, Targets, hours_of
from helpdesk_bot.config.own_topic import OwnTopic
from helpdesk_bot.config.panic import Panic
from helpdesk_bot.config.section import Section
from helpdesk_bot.config.types import (
    Address,
    Folder,
    Language,
    PublicAddress,
    RoomRef,
    ServerName,
    Slug,
    Text,
    UserId,
    Zone,
)
from helpdesk_bot.domain.worktime import Hours


class Helpdesk(Section):
    """Who this helpdesk is."""

    name: Text = Field(description="The name people see, such as 'Helpdesk Amsterdam'.")
    languages: list[Language] = Field(
        default=["nl", "en"], min_length=1, description="The first is used until a person's own is known."
    )
    timezone: Zone = Field(default="Europe/Amsterdam", description="Times are told in this zone.")


class HomeserverAddress(Section):
    """Where the bot's account is."""

    url: Address = Field(description="The homeserver's address, such as https://matrix.example.org.")
    user_id: UserId = Field(description="The bot's own Matrix address.")


class DatabaseAddress(Section):
    """Where everything is kept. Leave it out for SQLite in `data_dir`."""

    url: Text | None = Field(
        default=None,
        description="A SQLAlchemy address without a password; with one it belongs in HELPDESK_DATABASE_URL.",
    )


class Stadsdeel(Section):
    """A part of the city with its own team."""

    id: Slug = Field(description="A short name that never changes.")
    name: Text
    aliases: list[Text] = Field(default=[], description="Other names people use, such as neighbourhoods.")
    help_room: RoomRef | None = Field(default=None, description="The public room where people ask.")
    team_room: RoomRef = Field(description="The room of the technicians; invite-only.")
    opening_hours: OpeningHours | None = Field(
        default=None, description="What is different here; what is not said is as for the whole helpdesk."
    )


class CityRooms(Section):
    """The rooms of the whole city."""

    space: RoomRef | None = Field(default=None, description="The space all rooms are in.")
    overflow: RoomRef = Field(description="Questions without a stadsdeel go to this team room.")
    coordination: RoomRef = Field(description="Members of this room are coordinators.")
    trainers: RoomRef | None = Field(default=None, description="Members of this room are trainers.")


class Asking(Section):
    """How a message becomes a question."""

    overflow_after: Duration = Field(
        default=timedelta(minutes=10),
        description="Nobody tells the stadsdeel within this time? Then the question goes to the city's team.",
    )
    same_conversation_window: Duration = Field(
        default=timedelta(minutes=10),
        description="A plain message in a shared room this soon after the bot's belongs to the same question.",
    )
    max_text: int = Field(
        default=20_000,
        ge=500,
        le=40_000,
        description="Longer messages are shortened when passed on (characters).",
    )
    questions_per_day: int = Field(
        default=20,
        ge=1,
        le=10_000,
        description="New questions of one person within 24 hours; what comes after goes with an open one.",
    )
    offer_help: bool = Field(
        default=True,
        description="Whether somebody who asks the others in a help room is told that a helper can look.",
    )
    offer_again_after: Duration = Field(
        default=timedelta(days=30), description="So long the same person is not told that again."
    )


class Finishing(Section):
    """How a question ends."""

    remind_after: Duration = Field(
        default=timedelta(days=3), description="Waiting for the person who asked: a reminder."
    )
    warn_after: Duration = Field(default=timedelta(days=7), description="… then a warning.")
    close_after: Duration = Field(default=timedelta(days=10), description="… then it is kindly closed.")
    confirm_within: Duration = Field(
        default=timedelta(days=7), description="'Is it solved?' unanswered for this long counts as yes."
    )
    reopen_within: Duration = Field(
        default=timedelta(days=14), description="So long an answer opens a closed question again."
    )


class People(Section):
    """How the helpdesk gets to know its technicians, and what it does when they are away."""

    meet_after: Duration = Field(
        default=timedelta(minutes=1),
        description="So long after somebody joined a team room they are asked how they want to help.",
    )
    remind_after: Duration = Field(
        default=timedelta(days=4), description="Questions left alone for this long are asked once more."
    )
    hand_back_after: Duration = Field(
        default=timedelta(days=2),
        description="Who is away for longer than this gives their tickets back, unless they say otherwise.",
    )
    silent_after: Duration = Field(
        default=timedelta(days=2),
        description="Nothing heard for this long after somebody would be back? Their tickets go to others.",
    )


class Invites(Section):
    """Whose invitations the bot accepts."""

    servers: list[ServerName] = Field(
        default=[],
        description="Servers whose people may invite the bot. Empty: the bot's own; '*': every server.",
    )
    people: list[UserId] = Field(default=[], description="People who may always invite the bot.")
    per_hour: int = Field(
        default=30,
        ge=1,
        le=10_000,
        description="So many are accepted in an hour, a sixth of them of one person; the others wait their turn.",
    )


class Sending(Section):
    max_in_flight: int = Field(
        default=4, ge=1, le=32, description="So many rooms are written to at the same time."
    )


class Undecryptable(Section):
    """Messages whose key has not come."""

    tell_after: Duration = Field(default=timedelta(minutes=2), description="Then the sender is kindly told.")
    tell_again_after: Duration = Field(
        default=timedelta(hours=1), description="At most once in this time, however many messages wait."
    )
    give_up_after: Duration = Field(default=timedelta(days=7), description="Then it is no longer tried.")


class Retention(Section):
    """How long things are kept that nobody needs any more."""

    inbox_payloads: Duration = Field(
        default=timedelta(days=7), description="The content of what could not be worked on or delivered."
    )
    inbox_rows: Duration = Field(
        default=timedelta(days=60),
        description="Who wrote when in which room, without what was said, once it has been worked on.",
    )


class Web(Section):
    """Health and figures over HTTP, for the machine that watches the bot."""

    public_url: PublicAddress | None = Field(
        default=None,
        description="Where people reach this server, such as https://helpdesk.example.org. Without it a call outside "
        "Matrix holds no link with which to say that one comes.",
    )
    host: Text = "127.0.0.1"
    port: int = Field(default=8090, ge=0, le=65_535)
    sync_stale_after: Duration = Field(
        default=timedelta(minutes=3),
        description="Unhealthy when the homeserver gave no answer for this long.",
    )
    outbox_stale_after: Duration = Field(
        default=timedelta(minutes=15), description="Unhealthy when a message waits this long to be sent."
    )
    inbox_stale_after: Duration = Field(
        default=timedelta(minutes=5),
        description="Unhealthy when something that came in waits this long to be worked on.",
    )


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Playbooks(Section):
    """Where the playbooks are, and the catalogue of tools beside them."""

    folder: Folder = Field(
        default=Path("../playbooks"),
        description="Seen from the folder of this file. Without one there are none.",
    )


class Config(Section):
    """The configuration of one helpdesk: one bot account, one database, one or more stadsdelen."""

    helpdesk: Helpdesk
    homeserver: HomeserverAddress
    data_dir: Folder = Field(
        default=Path("../data"), description="The bot's own folder, seen from the folder of this file."
    )
    database: DatabaseAddress = DatabaseAddress()
    stadsdelen: Annotated[list[Stadsdeel], Field(min_length=1)]
    rooms: CityRooms
    opening_hours: OpeningHours = OpeningHours()
    targets: Targets = Targets()
    asking: Asking = Asking()
    helping: Helping = Helping()
    finishing: Finishing = Finishing()
    people: People = People()
    topics: list[OwnTopic] = Field(
        default=[], description="What questions are about, beside what every helpdesk knows already."
    )
    invites: Invites = Invites()
    sending: Sending = Sending()
    undecryptable: Undecryptable = Undecryptable()
    retention: Retention = Retention()
    panic: Panic = Panic()
    playbooks: Playbooks = Playbooks()
    checks: Checks = Checks()
    federation: Federation = Federation()
    web: Web = Web()
    log: Log = Log()

    _database_url: SecretStr | None = PrivateAttr(default=None)
    _bot_password: SecretStr | None = PrivateAttr(default=None)
    _source: Path | None = PrivateAttr(default=None)
    _channels: Channels = PrivateAttr(default=Channels())

    @property
    def database_url(self) -> str:
        """With the password in it: never log this."""
        if self._database_url:
            return self._database_url.get_secret_value()
        return self.database.url or f"sqlite+aiosqlite:///{self.data_dir / 'helpdesk.db'}"

    @property
    def bot_password(self) -> SecretStr | None:
        """Only needed to sign in; a running bot has its own token."""
        return self._bot_password

    def opening(self, stadsdeel: str | None) -> OpeningHours:
        """When helpers of this stadsdeel are there; those of the city when none is known."""
        own = next((part.opening_hours for part in self.stadsdelen if part.id == stadsdeel), None)
        return own.over(self.opening_hours) if own else self.opening_hours

    def hours(self, stadsdeel: str | None) -> Hours:
        return hours_of(self.opening(stadsdeel), self.helpdesk.timezone)

    @property
    def channels(self) -> Channels:
        """How people are called outside Matrix. With secrets in it: never log this."""
        return self._channels

    @property
    def account_dir(self) -> Path:
        return self.data_dir / "account"

    @property
    def server_name(self) -> str:
        """The server of the bot's account, which need not be the host in `homeserver.url`."""
        return self.homeserver.user_id.partition(":")[2]

    @property
    def invite_servers(self) -> frozenset[str]:
        return frozenset(self.invites.servers or [self.server_name])

    @property
    def source(self) -> Path | None:
        """The file this was read from."""
        return self._source

    @property
    def default_language(self) -> str:
        return self.helpdesk.languages[0]
