"""A playbook in one language: its own texts filled in, and what is said around them."""

from collections.abc import Iterable, Mapping
from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from helpdesk_bot.playbooks.format import Fact, Input, Phase, Playbook, Source, Step
from helpdesk_bot.playbooks.plan import Answer, Answers, is_there, needs_of
from helpdesk_bot.playbooks.verify import ByPerson, Dns, Equal, Http, LinkClosed, MatrixMembers, Tls
from helpdesk_bot.playbooks.words import fill, in_language
from helpdesk_bot.texts.render import Texts


class Speaker:
    """Steps that the answers leave out are not there; those that an input without an answer decides on are."""

    def __init__(self, texts: Texts, playbook: Playbook, language: str, answers: Answers) -> None:
        self._texts = texts
        self.playbook = playbook
        self.language = language
        self.answers = answers
        self._filled = {
            asked.key: self.answer(asked, answers[asked.key])
            for asked in playbook.inputs
            if asked.key in answers
        }
        self._needs = needs_of(playbook.steps, lambda step: self._open(step) or is_there(step, answers))
        self.numbers = {name: number for number, name in enumerate(self._needs, 1)}

    def _open(self, step: Step) -> bool:
        """Whether it is not known yet that the step is there."""
        return step.when is not None and step.when.input not in self.answers

    def say(self, key: str, **params: Any) -> str:
        return self._texts.word(self.language, f"playbook.{key}", **params)

    def own(self, words: Mapping[str, str]) -> str:
        """A text of the playbook."""
        return fill(in_language(words, self.language), self._filled)

    def role(self, role: str) -> str:
        return self.say(f"role.{role}")

    def roles(self, roles: Iterable[str]) -> str:
        return self.listed(self.role(role) for role in roles)

    def listed(self, items: Iterable[str]) -> str:
        return format_list(list(items), locale=self._texts.catalogues.locale(self.language))

    def answer(self, asked: Input, value: Answer) -> str:
        if isinstance(value, bool):
            return self.say("answer.yes" if value else "answer.no")
        label = next((choice.label for choice in asked.choices if choice.value == value), None)
        return in_language(label, self.language) if label else str(value)

    def steps(self, phase: Phase) -> list[Step]:
        """Those that are there."""
        return [step for step in phase.steps if step.id in self.numbers]

    def phases(self) -> list[Phase]:
        return [phase for phase in self.playbook.phases if self.steps(phase)]

    def needs(self, step: Step) -> list[int]:
        """The numbers of the steps that have to be done before it."""
        return sorted(self.numbers[needed] for needed in self._needs[step.id])

    def condition(self, step: Step) -> str | None:
        """What has to be so for the step to be there, unless that is known already."""
        if step.when is None or not self._open(step):
            return None
        asked = next(asked for asked in self.playbook.inputs if asked.key == step.when.input)
        return self.say("when_is", question=self.own(asked.label), answer=self.answer(asked, step.when.is_))

    def verified(self, step: Step) -> str:
        """How it is known that the step worked."""
        match step.verify:
            case ByPerson() as look:
                return self.say("verify.person", check=self.own(look.check), who=self.role(look.by))
            case LinkClosed() as look:
                return self.own(look.ask)
            case Http() as look:
                return self.say("verify.http", url=fill(look.url, self._filled))
            case Tls() as look:
                return self.say("verify.tls", host=fill(look.host, self._filled))
            case Dns() as look:
                return self.say("verify.dns", name=fill(look.name, self._filled), type=look.type)
            case MatrixMembers() as look:
                room = fill(look.room, self._filled)
                return self.say("verify.matrix_members", room=room, least=look.min)
            case Equal() as look:
                sides = {"left": self._question(look.left), "right": self._question(look.right)}
                if look.tolerance:
                    return self.say("verify.nearly_equal", **sides, most=look.tolerance)
                return self.say("verify.equal", **sides)

    def _question(self, key: str) -> str:
        """That a number answers."""
        evidence = (step.evidence for step in self.playbook.steps if step.evidence)
        questions = {told.key: told.ask for told in evidence}
        questions |= {asked.key: asked.label for asked in self.playbook.inputs}
        return self.own(questions[key])

    def fact(self, fact: Fact) -> str:
        known = {"says": self.own(fact.says), **self._known(fact.source)}
        return (
            self.say("fact_at", **known, url=fact.source.url)
            if fact.source.url
            else self.say("fact", **known)
        )

    def source(self, source: Source) -> str | None:
        return self.say("source", **self._known(source), url=source.url) if source.url else None

    def _known(self, source: Source) -> dict[str, str]:
        locale = self._texts.catalogues.locale(self.language)
        return {
            "confidence": self.say(f"confidence.{source.confidence}"),
            "day": format_date(source.seen, "d MMMM y", locale=locale),
        }
