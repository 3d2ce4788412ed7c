"""What people in a run would write, out of what the helpdesk's own tables say they were asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.actions.context import Act, Setting
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask, Asked
from helpdesk_bot.actions.runs.walk import TECHNICIAN, Walk
from helpdesk_bot.domain.runs.states import ENDED, Step
from helpdesk_bot.domain.tickets import OPEN, Status
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.storage import runs, timers
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Dialog, RunCheck, RunTicket, Ticket

WORDS = {
    "nl": {
        "done": "gedaan",
        "agree": "akkoord",
        "right": "klopt",
        "all": "alles",
        "and": "en",
        "yes": "ja",
        "sign": "DEFINITIEF",
        "told": "Dat staat in de map van het bestuur",
        "later": "Goed te doen",
        "!done": "!gedaan",
        "!sign": "!teken",
        "!solved": "!opgelost",
        "!back": "!terugdraaien",
        "why": "het bestuur wil niet",
    },
    "en": {
        "done": "done",
        "agree": "agreed",
        "right": "yes",
        "all": "all",
        "and": "and",
        "yes": "yes",
        "sign": "PERMANENT",
        "told": "That is in the folder of the board",
        "later": "It went well",
        "!done": "!done",
        "!sign": "!sign",
        "!solved": "!solved",
        "!back": "!rollback",
        "why": "the board does not want it",
    },
}
A_FEW = 3  # steps that a trainer names one by one
LINK = "https://drive.google.com/file/d/abc/view"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a technician does about a question out of the queue. `says` None: takes it, by the card."""

    ticket: Ticket
    says: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """All that can be read of a run at one moment. `ticket` and `looks` matter only when nobody is `asked` anything: the first
    question of this run in the queue, its step and who signed for that; and whether the helpdesk's server has to look."""

    walk: Walk
    asked: Sequence[Asked]
    script: "Script"
    ticket: tuple[Ticket, str, Mapping[str, str]] | None = None
    looks: bool = False

    @property
    def next(self) -> Asked | None:
        """What whoever is in no hurry answers first."""
        asked = [one for one in self.asked if self.walk.states.get(one.step or "") is not Step.WAITING]
        first = [one for one in asked if one.what in (Ask.ACCEPT, Ask.CONFIRM)]
        return next(iter(first or asked), None)

    def words(self, asked: Asked) -> str:
        """As whoever was asked would answer."""
        words = self.script.words
        match asked.what:
            case Ask.ACCEPT:
                return words["agree"]
            case Ask.DO:
                return self.evidence(str(asked.step)) or words["done"]
            case Ask.CONFIRM:
                return words["right"]
            case Ask.LINK:
                return self.script.link
            case Ask.SIGN:
                return words["sign"]
            case Ask.LOOK:
                return self._looked(asked)
            case Ask.UNDO:
                return words["done"]
            case Ask.LATER:
                return words["later"]
            case Ask.DECIDE | Ask.ADOPT:
                return words["yes"]

    def _looked(self, asked: Asked) -> str:
        """Whoever has several to look at in one message says it of all, in the way that the message names."""
        here = [one for one in self.asked if one.what is Ask.LOOK and one.dialog.asked == asked.dialog.asked]
        words, places = self.script.words, [self.place(str(one.step)) for one in here]
        named = words["all"] if len(places) > A_FEW else f" {words['and']} ".join(places)
        return f"{words['right']} {named}"

    def evidence(self, name: str) -> str | None:
        told = self.walk.written(name).evidence
        if told is None:
            return None
        if (known := self.script.told.get(told.key or "")) is not None:
            return known
        if told.type == "number":
            return str(_same_for(self.walk, told.key))
        if told.type == "choice":
            return told.choices[0].label[self.script.language]
        return self.script.words["told"]

    def place(self, name: str) -> str:
        return f"{self.walk.run.id}.{self.walk.steps[name].place}"

    @property
    def technician(self) -> Turn | None:
        """Takes a question of this run out of the queue, and solves it as its card says."""
        if self.ticket is None:
            return None
        ticket, name, signs = self.ticket
        if ticket.status == Status.NEW:
            return Turn(ticket, None)
        row, step, words = self.walk.steps[name], self.walk.planned(name), self.script.words
        if row.evidence is None and row.state in (Step.DOING, Step.FAILED):
            told = self.evidence(name)
            if told is not None:
                return Turn(ticket, f"{words['!done']} {self.place(name)} {told}")
        if step.irreversible and TECHNICIAN in step.signers and TECHNICIAN not in signs:
            return Turn(ticket, f"{words['!sign']} {self.place(name)} {words['sign']}")
        return Turn(ticket, f"{words['!solved']} {ticket.id}")


@dataclass
class Script:
    """Of one run; `now` and `setting` are asked each time, since a test changes both."""

    db: Database
    number: int
    language: str
    setting: Callable[[], Setting]
    now: Callable[[], datetime]
    link: str = LINK
    told: Mapping[str, str] = field(default_factory=dict)  # by the key of evidence

    @property
    def words(self) -> Mapping[str, str]:
        return WORDS[self.language]

    async def look(self) -> Sight:
        """Reads once; what is decided by it is decided by one and the same moment."""
        async with self.db.reading() as session:
            walk = await Walk.numbered(Act(session, self.now(), self.setting()), self.number)
            sight = Sight(walk, await self._asked(session), self)
            if sight.next is not None or walk.run.state in ENDED:
                return sight
            ticket = await self._ticket(session, walk)
            due = select(RunCheck.id).where(RunCheck.due_at <= self.now()).limit(1)
            looks = await session.scalar(due) is not None
            return replace(sight, ticket=ticket, looks=looks)

    async def _asked(self, session: AsyncSession) -> list[Asked]:
        mine = Dialog.kind.startswith(f"run:{self.number}/")
        dialogs = (await session.scalars(select(Dialog).where(mine).order_by(Dialog.id))).all()
        return [asked for dialog in dialogs if (asked := asks.read(dialog))]

    async def _ticket(
        self, session: AsyncSession, walk: Walk
    ) -> tuple[Ticket, str, Mapping[str, str]] | None:
        query = (
            select(Ticket, RunTicket.step)
            .join(RunTicket, RunTicket.ticket_id == Ticket.id)
            .where(Ticket.status.in_(OPEN), RunTicket.does, RunTicket.run_id == self.number)
        )
        found = (await session.execute(query.order_by(Ticket.id).limit(1))).first()
        if found is None or found[0].team_room is None:
            return None
        ticket, step = found
        return ticket, step, await runs.signs_of(session, walk.run, step)

    async def until_something_is_due(self) -> datetime:
        """The next moment at which something happens by itself; now, when there is none."""
        async with self.db.reading() as session:
            moments = [
                await timers.next_moment(session),
                await session.scalar(select(func.min(RunCheck.due_at))),
            ]
        return min((moment for moment in moments if moment is not None), default=self.now())


def _same_for(walk: Walk, key: str | None) -> Answer:
    """The number that makes every comparison come out: what was told on the other side, or seven."""
    for step in walk.playbook.steps:
        sides = {getattr(step.verify, "left", None), getattr(step.verify, "right", None)}
        if key in sides:
            other = next(iter(sides - {key}), None)
            if other in walk.values():
                return walk.values()[str(other)]
    return 7
