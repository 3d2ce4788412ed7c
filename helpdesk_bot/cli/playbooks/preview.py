"""A whole playbook as the organisation reads it, in plain text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from textwrap import wrap

from helpdesk_bot.cli.playbooks.speaker import Speaker
from helpdesk_bot.playbooks.format import Phase, Playbook, Step
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.values import Hours


def preview(speaker: Speaker, others: Mapping[str, Playbook], *, trainer: bool, width: int = 80) -> str:
    """`others`: playbooks that this one names. `trainer`: with what only trainers read."""
    return "\n".join(_Preview(speaker, others, trainer, width).whole()).strip("\n") + "\n"


class _Preview:
    def __init__(self, speaker: Speaker, others: Mapping[str, Playbook], trainer: bool, width: int) -> None:
        self._it = speaker
        self._others = others
        self._trainer = trainer
        self._width = width

    def whole(self) -> Iterator[str]:
        it, playbook = self._it, self._it.playbook
        yield from self._heading(it.own(playbook.title), "=")
        yield from self._text(it.own(playbook.summary))
        yield from self._part("losses", [it.own(loss) for loss in playbook.losses] or [it.say("losses_none")])
        yield from self._part("stop_if", [it.own(reason) for reason in playbook.stop_if])
        yield from self._part("effort", self._effort())
        yield from self._part("personal", self._personal())
        yield from self._part("requires", [self._title(one.playbook) for one in playbook.requires])
        yield from self._part("inputs", self._inputs())
        phases = it.phases()
        for number, phase in enumerate(phases, 1):
            yield from self._phase(phase, number, len(phases))
        yield from self._part("cutover", self._cutover())
        if playbook.retrospective:
            questions = [it.own(question) for question in playbook.retrospective.questions]
            yield from self._list(it.say("questions", time=playbook.retrospective.after), questions)
        if self._trainer:
            yield from self._known_to_trainers()

    def _not_required(self) -> Iterator[str]:
        for one in self._it.playbook.not_required:
            yield f"{self._title(one.playbook)}: {self._it.own(one.because)}"

    def _title(self, name: str) -> str:
        other = self._others.get(name)
        return in_language(other.title, self._it.language) if other else name

    def _effort(self) -> Iterator[str]:
        it, effort = self._it, self._it.playbook.effort
        for role, time in (
            ("initiative", effort.initiative),
            ("technician", effort.technician),
            ("trainer", effort.trainer),
        ):
            if time:
                who = it.role(role)
                hours = Hours(time // timedelta(minutes=1))
                yield it.say("effort_of", who=who[:1].upper() + who[1:], time=hours)
        yield it.say("elapsed", time=effort.elapsed)

    def _personal(self) -> Iterator[str]:
        it, data = self._it, self._it.playbook.personal_data
        if data.kinds:
            yield it.say("personal_kinds", kinds=it.listed(it.own(kind) for kind in data.kinds))
        if data.breach_check:
            yield it.say("breach_check")
        if data.note:
            yield it.own(data.note)

    def _inputs(self) -> Iterator[str]:
        it = self._it
        for asked in it.playbook.inputs:
            label = it.own(asked.label)
            if asked.key in it.answers:
                yield it.say("input_answered", label=label, answer=it.answer(asked, it.answers[asked.key]))
            else:
                yield label if asked.required else it.say("input_optional", label=label)

    def _cutover(self) -> Iterator[str]:
        it, cutover = self._it, self._it.playbook.cutover
        if cutover:
            if cutover.freeze:
                yield it.say("freeze")
            yield it.say("decides", who=it.role(cutover.decides))
            yield it.say("rollback_window", time=cutover.rollback_window)

    def _phase(self, phase: Phase, number: int, count: int) -> Iterator[str]:
        it = self._it
        yield from self._heading(it.say("phase", n=number, all=count, title=it.own(phase.title)), "=")
        for step in it.steps(phase):
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[str]:
        it = self._it
        yield from self._heading(it.say("step", number=it.numbers[step.id], title=it.own(step.title)), "-")
        if condition := it.condition(step):
            yield from self._labelled("when", condition)
        who = it.role(step.role)
        if step.helps:
            who = it.say("helped_by", who=who, helpers=it.roles(step.helps))
        yield from self._labelled("who", who)
        yield from self._labelled("time", it.say("minutes", time=Hours(step.minutes)))
        if needs := [it.say("needs_step", number=number) for number in it.needs(step)]:
            yield from self._labelled("needs", it.listed(needs))
        if step.wait:
            waiting = it.say("wait_for", time=timedelta(days=step.wait.days), why=it.own(step.wait.for_))
            yield from self._labelled("wait", waiting)
        yield from self._labelled("why", it.own(step.why))
        yield from self._numbered("how", [it.own(line) for line in step.how])
        if step.privacy:
            yield from self._labelled("privacy", it.own(step.privacy))
        if step.evidence:
            yield from self._labelled("evidence", it.own(step.evidence.ask))
        yield from self._labelled("verify", it.verified(step))
        yield from self._way_back(step)
        for address in step.help.kb:
            yield from self._labelled("more", address)

    def _way_back(self, step: Step) -> Iterator[str]:
        it = self._it
        if step.irreversible:
            yield from self._labelled("irreversible", it.say("no_way_back", who=it.roles(step.sign_off)))
        if step.rollback:
            how = [it.own(line) for line in step.rollback.how]
            titles = {phase.id: phase.title for phase in it.playbook.phases}
            if step.rollback.until:
                how[-1] += " " + it.say("rollback_until", phase=it.own(titles[step.rollback.until]))
            yield from self._numbered("rollback", how)

    def _known_to_trainers(self) -> Iterator[str]:
        it, playbook = self._it, self._it.playbook
        yield from self._part("not_required", self._not_required())
        yield from self._part("facts_whole", [it.fact(fact) for fact in playbook.facts])
        for phase in it.phases():
            for step in it.steps(phase):
                title = it.say("facts_step", number=it.numbers[step.id])
                yield from self._list(title, [it.fact(fact) for fact in step.facts])
        yield from self._part("sources", [said for one in playbook.sources if (said := it.source(one))])

    def _part(self, key: str, items: Iterable[str]) -> Iterator[str]:
        yield from self._list(self._it.say(key), [*items])

    def _list(self, heading: str, items: Sequence[str]) -> Iterator[str]:
        """Nothing when there are no items."""
        if items:
            yield from self._heading(heading, "-")
            for item in items:
                yield from self._text(item, "- ", "  ")

    def _labelled(self, label: str, text: str) -> Iterator[str]:
        yield from self._text(f"{self._it.say(f'label.{label}')}: {text}", "", "  ")

    def _numbered(self, label: str, lines: Sequence[str]) -> Iterator[str]:
        if len(lines) == 1:
            yield from self._labelled(label, lines[0])
            return
        yield self._it.say(f"label.{label}") + ":"
        for number, line in enumerate(lines, 1):
            yield from self._text(line, f"  {number}. ", "     ")

    def _heading(self, text: str, mark: str) -> Iterator[str]:
        lines = wrap(text, self._width)
        yield from ("", *lines, mark * max(map(len, lines)))

    def _text(self, text: str, first: str = "", rest: str = "") -> Iterator[str]:
        # A long address stays whole, to click on.
        yield from wrap(
            text,
            self._width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
