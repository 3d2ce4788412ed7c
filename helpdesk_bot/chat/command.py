"""What a command is, and how one is found in what somebody wrote."""

import difflib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.domain.layout import STAFF_KINDS, RoomKind
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import access, queries
from helpdesk_bot.storage.models import Ticket
from helpdesk_bot.texts.render import Rendered

_COMMAND = re.compile(r"\A\s*!\s?([^\W\d_][\w-]*)[:,]?\s*", re.UNICODE)
# '12', '#12', '12:' and 'vraag 12', but not the first half of '12:30' or '1,5'.
_A_NUMBER = r"(?:(?:vraag|question|nummer|number|nr|no)\b\.?\s*)?(#?)([0-9]{1,9})"
_NUMBER = re.compile(rf"\A{_A_NUMBER}(?!\w|[.,:][0-9])(?:[:,]|\.(?=\s))?\s*", re.IGNORECASE)
_LAST_NUMBER = re.compile(rf"\s{_A_NUMBER}\s*\Z", re.IGNORECASE)
ALIKE, VERY_ALIKE = 0.7, 0.85  # of 1; see `difflib`
SHORTEST_START = 3  # letters; '!prio' is enough for '!prioriteit'
_USER = re.compile(r"@[^\s:]+:[^\s,;]+")


class For(Enum):
    """Whom a command is for. Somebody else's attempt is refused with a plain sentence."""

    ANYONE = "anyone"
    TECHNICIAN = "technician"
    TRAINER = "trainer"  # and coordinators
    COORDINATOR = "coordinator"
    HELPERS = "helpers"  # all of these


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
    command: "Command"
    about: Ticket | None = None
    meant: Ticket | None = None  # what `ticket` found

    def words(self, key: str, /, **params: object) -> Rendered:
        return self.act.words(self.language, key, **params)

    @property
    def only_a_number(self) -> bool:
        return _NUMBER.fullmatch(self.rest) is not None

    async def ticket(
        self,
        latest: "Latest" = queries.latest_ticket,
        *,
        wordy: bool = False,
        by_colleagues: bool = False,
        also: "Door | None" = None,
    ) -> Ticket:
        """The ticket that is meant: by number in front (outside a thread also at the end), else by the thread or the message replied to,
        else, for what anyone may do, one's own `latest`. Raises UserError when there is none or it is not clear.

        `wordy`: words follow that may begin with a number of their own. `by_colleagues`: in a room of an organisation's
        own, anybody there may do it. `also`: so may whoever has this door to it.
        """
        self.meant = await self._ticket(latest, wordy=wordy, by_colleagues=by_colleagues, also=also)
        return self.meant

    async def _ticket(
        self, latest: "Latest", *, wordy: bool, by_colleagues: bool, also: "Door | None"
    ) -> Ticket:
        found = _NUMBER.match(self.rest)
        if found and (ticket := await self._numbered(found, wordy=wordy, also=also)):
            self.rest = self.rest[found.end() :]
            return ticket
        # In a thread '!pak, ik kijk er om 14 naar' is about that thread.
        last = None if wordy or self.about is not None else _LAST_NUMBER.search(self.rest)
        if last and (ticket := await self._numbered(last, wordy=False, also=also)):
            self.rest = self.rest[: last.start()]
            return ticket
        if self.about is not None and await self._may_act_on(self.about, by_colleagues=by_colleagues):
            return self.about
        if self.room not in STAFF_KINDS and self.command.who is For.ANYONE:
            # In a direct chat one may well ask how it stands with what was asked elsewhere.
            places = (
                (self.incoming.room_id, None) if self.room is RoomKind.DIRECT else (self.incoming.room_id,)
            )
            for place in places:
                if ticket := await latest(self.act.session, place, self.who.user_id):
                    return ticket
        raise UserError("error.which_ticket")

    async def _may_act_on(self, about: Ticket, *, by_colleagues: bool) -> bool:
        """Raises UserError where others read along and would read, or change, what is not theirs."""
        if access.may_see(self.who, about) or (by_colleagues and self.room is RoomKind.OWN):
            if not self._belongs_here(about):
                raise UserError("error.elsewhere", number=about.id)
            return True
        if self.room in (RoomKind.HELP, RoomKind.OWN):
            name = await self.act.name(about.requester, self.incoming.room_id)
            raise UserError("error.of_another", number=about.id, name=name)
        return False

    async def ticket_if_any(self, *, wordy: bool = False, by_colleagues: bool = False) -> Ticket | None:
        """The same; None when somebody asks about their own, and has none."""
        try:
            return await self.ticket(wordy=wordy, by_colleagues=by_colleagues)
        except UserError as error:
            if error.key != "error.which_ticket" or self.room in STAFF_KINDS:
                raise
            return None

    async def _numbered(self, found: re.Match[str], *, wordy: bool, also: "Door | None") -> Ticket | None:
        """The ticket with the number in front; None when that number is part of the words."""
        number, exactly = int(found[2]), bool(found[1])
        ticket = await access.ticket_for(self.act.session, self.who, number)
        if ticket is None and also:
            ticket = await also(self.act.session, self.who, number)
        if wordy and not exactly:
            # '!antwoord 2 dingen: …' in the thread of question 12 must not reach whoever asked question 2.
            if self.about is not None and (ticket is None or ticket.id != self.about.id):
                return None
            if ticket is None and self.command.who is For.ANYONE:
                return None
        if ticket is None:
            raise UserError("error.no_such_ticket", number=number)
        if not self._belongs_here(ticket):
            raise UserError("error.elsewhere", number=number)
        return ticket

    def _belongs_here(self, ticket: Ticket) -> bool:
        """Others read along: in a shared room only what was asked there, in a team room only what is that team's."""
        if self.room in (RoomKind.HELP, RoomKind.OWN):
            return ticket.room_id == self.incoming.room_id
        return self.room is not RoomKind.TEAM or ticket.team_room == self.incoming.room_id

    async def colleague(self, ticket: Ticket) -> str:
        """The person of the ticket's team that is named, wherever this is written."""
        return await self.user(ticket.team_room or self.act.layout.team_room(ticket.stadsdeel))

    async def user(self, *rooms: str) -> str:
        """The person that is named: by a mention, a full Matrix id, or a name that only one person has in one of `rooms`
        or, if nobody does, here."""
        others = self.incoming.mentions - {self.act.setting.bot}
        if len(others) == 1:
            user = next(iter(others))
            name = await self.act.name(user, self.incoming.room_id)
            self.rest = re.sub(rf"\A\s*@?{re.escape(name)}\s*:?\s*", "", self.rest, flags=re.IGNORECASE)
            self.rest = self.rest.replace(user, "", 1).strip(" :,")
            return user
        full = _USER.search(self.rest)
        if full:
            self.rest = (self.rest[: full.start()] + self.rest[full.end() :]).strip()
            return full.group(0)
        word, _, rest = self.rest.strip().partition(" ")
        called = word.removeprefix("@").rstrip(":,")
        for room in (*rooms, self.incoming.room_id):
            users = await queries.users_called(self.act.session, room, called)
            if word and len(users) == 1:
                self.rest = rest.strip()
                return users[0]
            if users:
                break
        raise UserError("error.which_person", word=word) if word else UserError("error.name_a_person")

    async def somebody_else(self) -> str | None:
        """Who is named by a command that otherwise is about whoever gives it; None when it is. Raises UserError as `user`."""
        rooms = sorted(self.act.layout.team_rooms)
        words = self.rest.split()
        at = next((word for word in words if word.startswith("@")), None)
        if at is not None:  # 'tot vrijdag @sanne'
            self.rest = " ".join([at, *(word for word in words if word != at)])
        elif not self.incoming.mentions - {self.act.setting.bot} and not await self._called(words[:1], rooms):
            return None
        user = await self.user(*rooms)
        return None if user == self.who.user_id else user

    async def _called(self, words: Sequence[str], rooms: Sequence[str]) -> bool:
        """Whether somebody in one of these rooms has such a name."""
        session = self.act.session
        return any(
            [await queries.users_called(session, room, word.rstrip(":,")) for word in words for room in rooms]
        )

    async def people(self, *rooms: str) -> list[str]:
        """The one or two people that are named, in their order. Raises UserError as `user` does."""
        others = self.incoming.mentions - {self.act.setting.bot}
        if len(others) != 2:
            first = await self.user(*rooms)
            return [first, await self.user(*rooms)] if self.rest.strip() else [first]
        said, places = self.rest.casefold(), {}
        for user in others:
            name = await self.act.name(user, self.incoming.room_id)
            at = [said.find(words.casefold()) for words in (user, name)]
            places[user] = min((place for place in at if place >= 0), default=len(said))
        return sorted(others, key=lambda user: (places[user], user))


Latest = Callable[[AsyncSession, str | None, str], Awaitable[Ticket | None]]
Door = Callable[[AsyncSession, Standing, int], Awaitable[Ticket | None]]
Run = Callable[[Call], Awaitable[Rendered | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its names (the first Dutch and the first English one are shown in help). `name` is its text key
    in `help.<name>`. `inside`: it shows or does what requesters must not see, so it is only obeyed in staff rooms and
    direct chats. `outside`: it asks something, which is not done in staff rooms. `takes_words`: what stands behind it is
    part of it. `plans`: it is about plans, in which people who walk through one answer in words; help shows it to trainers."""

    name: str
    dutch: Sequence[str]
    english: Sequence[str]
    run: Run
    who: For = For.ANYONE
    inside: bool = False
    outside: bool = False
    takes_words: bool = True
    plans: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.dutch, *self.english)

    def allowed(self, who: Standing, room: RoomKind) -> bool:
        """Whether this person may use it in this kind of room at all."""
        if (self.inside and room in (RoomKind.HELP, RoomKind.OWN)) or (self.outside and room in STAFF_KINDS):
            return False
        if self.who is For.TECHNICIAN:
            return who.technician or who.coordinator
        if self.who is For.TRAINER:
            return who.trainer or who.coordinator
        if self.who is For.HELPERS:
            return who.staff
        return who.coordinator if self.who is For.COORDINATOR else True


def split(text: str) -> tuple[str, str] | None:
    """('pak', '12') for '!pak 12'; None when it is no command."""
    found = _COMMAND.match(text)
    return (found.group(1).casefold(), text[found.end() :].strip()) if found else None


def find(commands: Sequence[Command], name: str) -> Command | None:
    return next((command for command in commands if name in command.names), None)


def suggestion(
    commands: Sequence[Command], name: str, who: Standing, room: RoomKind, language: str
) -> str | None:
    """The command that was probably meant, out of those this person can use here. Of another language than theirs only
    what is very much like it: 'spoed' is no 'solved'."""
    usable = [command for command in commands if command.allowed(who, room)]
    theirs = [n for c in usable for n in (c.dutch if language == "nl" else c.english)]
    names = [n for c in usable for n in c.names]
    close = (
        [n for n in names if len(name) >= SHORTEST_START and n.startswith(name)]
        or difflib.get_close_matches(name, theirs, n=1, cutoff=ALIKE)
        or difflib.get_close_matches(name, names, n=1, cutoff=VERY_ALIKE)
    )
    return close[0] if close else None
