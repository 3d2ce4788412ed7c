"""What a command is, and how one is found in what somebody wrote."""

import difflib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import RoomKind
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, queries
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Rendered

_COMMAND = re.compile(r"\A\s*!\s?([^\W\d_][\w-]*)\s*", re.UNICODE)
_NUMBER = re.compile(r"\A#?(\d{1,9})\b\s*")
_USER = re.compile(r"@[^\s:]+:[^\s,;]+")


class For(Enum):
    """Whom a command is for. Somebody else's attempt is refused with a plain sentence."""

    ANYONE = "anyone"
    TECHNICIAN = "technician"
    COORDINATOR = "coordinator"


@dataclass(slots=True)
class Call:
    """One command as somebody gave it. `rest` is what stands behind the name; `about` the ticket of this thread."""

    act: Act
    incoming: Incoming
    who: Standing
    room: RoomKind
    language: str
    rest: str
    commands: "Sequence[Command]"
    about: Ticket | None = None

    def words(self, key: str, /, **params: object) -> Rendered:
        return self.act.words(self.language, key, **params)

    async def ticket(self) -> Ticket:
        """The ticket that is meant: by number in front, else by the thread or the message replied to, else the only
        possible one. Raises UserError when there is none or it is not clear."""
        found = _NUMBER.match(self.rest)
        if found:
            self.rest = self.rest[found.end() :]
            ticket = await access.ticket_for(self.act.session, self.who, int(found.group(1)))
            return await access.followed(self.act.session, ticket)
        if self.about is not None and access.may_see(self.who, self.about):
            return self.about
        if self.room not in (RoomKind.TEAM, RoomKind.COORDINATION, RoomKind.TRAINERS):
            latest = await queries.latest_ticket(self.act.session, self.incoming.room_id, self.who.user_id)
            if latest is not None:
                return latest
        raise UserError("error.which_ticket")

    async def user(self) -> str:
        """The person that is named: by a mention, a full Matrix id, or a name that only one person here has."""
        others = self.incoming.mentions - {self.act.setting.bot}
        if len(others) == 1:
            user = next(iter(others))
            self.rest = re.sub(rf"\A\s*@?{re.escape(await self.act.name(user))}\s*:?\s*", "", self.rest)
            self.rest = self.rest.replace(user, "", 1).strip()
            return user
        full = _USER.search(self.rest)
        if full:
            self.rest = (self.rest[: full.start()] + self.rest[full.end() :]).strip()
            return full.group(0)
        word, _, rest = self.rest.strip().partition(" ")
        users = await queries.users_called(
            self.act.session, self.incoming.room_id, word.removeprefix("@").rstrip(":,")
        )
        if word and len(users) == 1:
            self.rest = rest.strip()
            return users[0]
        raise UserError("error.which_person", word=word) if word else UserError("error.name_a_person")


Run = Callable[[Call], Awaitable[Rendered | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its names (the first Dutch and the first English one are shown in help). `name` is its text key
    in `help.<name>`. `inside`: it shows or does what requesters must not see, so it is only obeyed in staff rooms and
    direct chats."""

    name: str
    dutch: Sequence[str]
    english: Sequence[str]
    run: Run
    who: For = For.ANYONE
    inside: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.dutch, *self.english)

    def allowed(self, who: Standing, room: RoomKind) -> bool:
        """Whether this person may use it in this kind of room at all."""
        if self.inside and room in (RoomKind.HELP, RoomKind.OWN):
            return False
        if self.who is For.TECHNICIAN:
            return who.technician or who.coordinator
        return who.coordinator if self.who is For.COORDINATOR else True


def split(text: str) -> tuple[str, str] | None:
    """('pak', '12') for '!pak 12'; None when it is no command."""
    found = _COMMAND.match(text)
    return (found.group(1).casefold(), text[found.end() :].strip()) if found else None


def find(commands: Sequence[Command], name: str) -> Command | None:
    return next((command for command in commands if name in command.names), None)


def suggestion(commands: Sequence[Command], name: str, who: Standing, room: RoomKind) -> str | None:
    """The command that was probably meant, out of those this person can use here."""
    names = [n for command in commands if command.allowed(who, room) for n in command.names]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return close[0] if close else None
