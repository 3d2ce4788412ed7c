"""One run with all that is known of it, as every action on it needs it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.runs.plan import Plan, Planned
from helpdesk_bot.domain.runs.rules import Refused
from helpdesk_bot.domain.runs.states import Run as State
from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks.format import Input, Playbook
from helpdesk_bot.playbooks.format import Step as Written
from helpdesk_bot.playbooks.plan import Answer, plan_of
from helpdesk_bot.playbooks.words import fields_of, in_language
from helpdesk_bot.storage import runs
from helpdesk_bot.storage.models import Organisation, Run, RunEvent, RunRole, RunStep
from helpdesk_bot.texts.render import Person, Rendered

TRAINER, TECHNICIAN, INITIATIVE = "trainer", "technician", "initiative"
UNKNOWN = "…"  # in the place of what nobody has told


@dataclass(slots=True)
class Walk:
    """`steps` and `roles` are rows: what is changed in them is kept."""

    act: Act
    run: Run
    playbook: Playbook
    plan: Plan
    steps: dict[str, RunStep]
    roles: dict[str, RunRole]

    @classmethod
    async def of(cls, act: Act, run: Run) -> Self:
        playbook = await runs.playbook_of(act.session, run)
        steps = await runs.steps_of(act.session, run)
        roles = await runs.roles_of(act.session, run)
        return cls(act, run, playbook, plan_of(playbook, run.inputs), steps, roles)

    @classmethod
    async def numbered(cls, act: Act, number: int) -> Self:
        """Raises NoResultFound when there is none."""
        return await cls.of(act, await act.session.get_one(Run, number))

    @property
    def states(self) -> dict[str, Step]:
        return {name: row.state for name, row in self.steps.items()}

    def written(self, name: str) -> Written:
        """What the playbook says of a step."""
        return next(step for step in self.playbook.steps if step.id == name)

    def at(self, place: int) -> str | None:
        """The step with this number."""
        return next((name for name, row in self.steps.items() if row.place == place), None)

    def who(self, role: str) -> str | None:
        """Who has the role; of technicians nobody: each step of theirs is a question that one of them takes."""
        found = self.roles.get(role)
        return found.user_id if found else None

    def holds(self, user_id: str, role: str) -> bool:
        """Whether somebody has the role, or stands in for who has it."""
        found = self.roles.get(role)
        return found is not None and user_id in (found.user_id, found.deputy)

    def decides(self) -> str | None:
        """The role that decides on the turning point, and on going back; None when that is nobody's in particular."""
        cutover = self.playbook.cutover
        return cutover.decides if cutover is not None and cutover.decides in self.roles else None

    async def undecided(self, name: str) -> str | None:
        """The role that has still to say whether a step may begin."""
        decides = self.planned(name).decides
        if decides is None or decides in await runs.signs_of(self.act.session, self.run, name):
            return None
        return decides

    async def unsigned(self, name: str) -> list[str]:
        """The roles that have still to say yes before a step without a way back begins."""
        step = self.planned(name)
        if not step.irreversible:
            return []
        there = await runs.signs_of(self.act.session, self.run, name)
        return [role for role in step.signers if role not in there]

    async def waits_for(self, name: str) -> list[str]:
        """The roles that have to do something about a step first: say whether it may begin, sign for it, or else do it."""
        if (decides := await self.undecided(name)) is not None:
            return [decides]
        return await self.unsigned(name) or [self.planned(name).role]

    def about(self, step: str | None = None) -> str:
        """What a message is about, as the outbox keeps it: this run, or one step of it."""
        return f"{self.run.id}/{step or ''}"

    def record(self, actor: str | None, what: str, step: str | None = None, **detail: Any) -> None:
        """One line of the timeline: who did what, never what was said."""
        self.act.session.add(
            RunEvent(run_id=self.run.id, at=self.act.now, actor=actor, what=what, step=step, detail=detail)
        )

    # What people read

    def own(self, words: Mapping[str, str], language: str) -> Rendered:
        """A text of the playbook, with what was told in its places."""
        return self.filled(in_language(words, language), language)

    def filled(self, text: str, language: str) -> Rendered:
        """The same of a text that is in one language already."""
        fields = fields_of(text)
        known = self.told(language) if fields else {}
        values = {key: known.get(key, UNKNOWN) for key in fields}
        return self.act.texts.own(language, text, self.act.now, **values)

    def title(self, language: str) -> Rendered:
        return self.own(self.playbook.title, language)

    def step_title(self, name: str, language: str) -> Rendered:
        return self.own(self.written(name).title, language)

    def told(self, language: str) -> dict[str, str]:
        """What was asked at the start and what the steps told, as people read it."""
        found = {
            asked.key: _shown(self.act, asked, self.run.inputs[asked.key], language)
            for asked in self.playbook.inputs
            if asked.key in self.run.inputs
        }
        return found | {key: self.told_at(name, language) for key, name in self._keys()}

    def told_at(self, name: str, language: str) -> str:
        """What somebody told about a step, as people read it."""
        asked, kept = self.written(name).evidence, self.steps[name].evidence
        if asked is None or kept is None:
            return ""
        if asked.type == "file":
            return self.act.texts.word(language, "run.evidence.a_file")
        label = next((choice.label for choice in asked.choices if choice.value == kept), None)
        return in_language(label, language) if label else kept

    def values(self) -> dict[str, Answer]:
        """The same as it is reckoned with."""
        return {**self.run.inputs, **self.evidence()}

    def evidence(self) -> dict[str, Answer]:
        """What the steps told, by its key; the last one told counts."""
        found: dict[str, Answer] = {}
        for key, name in self._keys():
            told, kept = self.written(name).evidence, self.steps[name].evidence or ""
            found[key] = int(kept) if told is not None and told.type == "number" else kept
        return found

    def _keys(self) -> Iterator[tuple[str, str]]:
        """Of what was told under a key: that, and the step; in the order of the steps."""
        for planned in self.plan:
            told = self.written(planned.id).evidence
            if told and told.key and self.steps[planned.id].evidence is not None:
                yield told.key, planned.id

    async def spoken_to(self, user_id: str) -> Person:
        """By name; so that their phone buzzes where others read along. A chat of their own buzzes anyhow, and clients colour a
        message in which somebody is named as an alarm."""
        among_others = self.run.threaded and not self.holds(user_id, TRAINER)
        return Person(user_id, await self.name(user_id), ping=among_others)

    async def name(self, user_id: str) -> str:
        """How others read of somebody. Of who is not in the reader's room, a client would show a mention as a bare address."""
        return await self.act.name(user_id, self.run.room_id)

    async def named(self, role: str, language: str) -> str:
        """Who has a role, as people read it; of technicians only that it is one."""
        who = self.who(role) if role != TECHNICIAN else None
        return await self.name(who) if who else self.act.words(language, f"playbook.role.{role}").body

    async def whose_turn(self, name: str, language: str) -> list[str]:
        """The names of those that a step waits for."""
        return [await self.named(role, language) for role in await self.waits_for(name)]

    async def organisation(self) -> str:
        """What the organisation is called; else the name of whoever walks for it."""
        if self.run.organisation_id is not None:
            return (await self.act.session.get_one(Organisation, self.run.organisation_id)).name
        return await self.act.name(self.who(INITIATIVE) or self.run.started_by, self.run.room_id)

    def planned(self, name: str) -> Planned:
        return self.plan.step(name)


def only_running(walk: Walk) -> None:
    """Raises UserError while nothing may be begun or allowed."""
    if walk.run.state is not State.RUNNING:
        raise UserError(f"run.refused.{Refused.NOT_RUNNING}", number=walk.run.id)


def _shown(act: Act, asked: Input, value: Answer, language: str) -> str:
    if isinstance(value, bool):
        return act.texts.word(language, "playbook.answer.yes" if value else "playbook.answer.no")
    if asked.type == "date":
        return act.texts.own(language, "{day}", act.now, day=date.fromisoformat(str(value))).body
    label = next((choice.label for choice in asked.choices if choice.value == value), None)
    return in_language(label, language) if label else str(value)
