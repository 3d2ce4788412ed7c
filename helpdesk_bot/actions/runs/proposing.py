"""Before a run starts: a trainer is asked what the playbook wants to know, for one organisation after the other."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.dialogs import ask_personally, forget_personally
from helpdesk_bot.actions.direct_chat import chat_with
from helpdesk_bot.actions.runs.starting import Party, missing, organisation_name, start
from helpdesk_bot.errors import UserError
from helpdesk_bot.playbooks.format import Input
from helpdesk_bot.playbooks.plan import Answer, plan_of
from helpdesk_bot.playbooks.shelf import Shelved
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.storage.models import Cohort
from helpdesk_bot.texts.render import Rendered

DIALOG = "start_run"


@dataclass(frozen=True, slots=True)
class Proposal:
    """`answers`: for each party what was told about it, by key; None for what was left open."""

    playbook: str
    parties: tuple[Party, ...]
    answers: tuple[Mapping[str, Answer | None], ...]

    @classmethod
    def to(cls, shelved: Shelved, parties: list[Party]) -> Self:
        return cls(shelved.id, tuple(parties), tuple({} for _ in parties))

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> Self:
        parties = tuple(Party(**party) for party in detail["parties"])
        return cls(detail["playbook"], parties, tuple(detail["answers"]))

    def shelved(self, act: Act) -> Shelved:
        """Raises UserError when the playbook is not used any more."""
        found = act.setting.shelf.playbooks.get(self.playbook)
        if found is None:
            raise UserError("start.gone")
        return found

    def next(self, act: Act) -> tuple[int, Input] | None:
        """What has to be asked, about which of the parties; None when all has been told."""
        inputs = self.shelved(act).open().inputs
        for part, told in enumerate(self.answers):
            for asked in inputs:
                if asked.key not in told:
                    return part, asked
        return None

    def told(self, part: int, key: str, value: Answer | None) -> "Proposal":
        answers = [dict(known) for known in self.answers]
        answers[part][key] = value
        return Proposal(self.playbook, self.parties, tuple(answers))

    def inputs(self, part: int) -> dict[str, Answer]:
        return {key: value for key, value in self.answers[part].items() if value is not None}


async def go_on(act: Act, trainer: str, proposal: Proposal) -> None:
    """Asks the next question; when there is none, shows what will begin."""
    asked = proposal.next(act)
    language = await act.language_of(trainer)
    text = (
        await _summary(act, language, proposal)
        if asked is None
        else await _question(act, language, proposal, *asked)
    )
    room_id = await chat_with(act, await act.person(trainer))
    said = await act.post(room_id, text, notify=True)
    await ask_personally(
        act,
        room_id,
        trainer,
        DIALOG,
        said,
        playbook=proposal.playbook,
        parties=[asdict(party) for party in proposal.parties],
        answers=[dict(told) for told in proposal.answers],
    )


async def _question(act: Act, language: str, proposal: Proposal, part: int, asked: Input) -> Rendered:
    parts = [
        act.words(
            language,
            "start.ask",
            organisation=await organisation_name(act, proposal.parties[part]),
            question=act.texts.own(language, in_language(asked.label, language)),
        )
    ]
    if asked.choices:
        labels = [act.texts.own(language, in_language(choice.label, language)) for choice in asked.choices]
        parts.append(act.texts.bullets(labels, numbered=True))
    parts.append(act.words(language, f"start.how.{asked.type}"))
    if not asked.required:
        parts.append(act.words(language, "start.may_skip"))
    if part > 0:
        parts.append(act.words(language, "start.may_be_same"))
    if part == 0 and not proposal.answers[0]:
        parts.append(act.words(language, "start.may_stop"))
    return act.texts.join(parts)


async def _summary(act: Act, language: str, proposal: Proposal) -> Rendered:
    shelved = proposal.shelved(act)
    playbook = shelved.open()
    title = act.texts.own(language, in_language(shelved.title, language))
    lines = []
    for part, party in enumerate(proposal.parties):
        lines.append(
            act.words(
                language,
                "start.summary_room" if party.room_id else "start.summary_direct",
                organisation=await organisation_name(act, party),
                name=await act.name(party.person),
                steps=len(plan_of(playbook, proposal.inputs(part))),
            )
        )
    parts = [act.words(language, "start.summary", title=title), act.texts.bullets(lines)]
    for party in proposal.parties:
        lacking = await missing(act, shelved, party)
        if lacking:
            name = await organisation_name(act, party)
            parts.append(act.words(language, "start.lacking", organisation=name))
            parts.append(act.texts.bullets([_title(act, language, one) for one in lacking]))
    return act.texts.join([*parts, act.words(language, "start.confirm")])


def _title(act: Act, language: str, name: str) -> Rendered:
    known = act.setting.shelf.playbooks.get(name)
    return act.texts.own(language, in_language(known.title, language) if known else name)


async def begin(act: Act, trainer: str, proposal: Proposal) -> Rendered:
    """Starts a run for each organisation; returns what the trainer hears."""
    shelved = proposal.shelved(act)
    await forget_personally(act, trainer, DIALOG)
    cohort = None
    if len(proposal.parties) > 1:
        cohort = Cohort(playbook=shelved.id, trainer=trainer, created_at=act.now)
        act.session.add(cohort)
        await act.session.flush()
    language = await act.language_of(trainer)
    lines = []
    for part, party in enumerate(proposal.parties):
        run = await start(
            act, shelved, party, proposal.inputs(part), trainer, cohort.id if cohort is not None else None
        )
        name = await organisation_name(act, party)
        lines.append(act.words(language, "start.begun_one", number=run.id, organisation=name))
    parts = [act.words(language, "start.begun"), act.texts.bullets(lines), act.words(language, "start.now")]
    if cohort is not None:
        parts.append(act.words(language, "start.cohort", number=cohort.id))
    return act.texts.join(parts)
