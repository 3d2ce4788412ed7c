"""A playbook as a picture: steps from top to bottom, in their phases, with what waits for what.

All that lines, dashes and colours show also stands there in words, and a screen reader finds the steps as a list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from textwrap import wrap

from helpdesk_bot.cli.playbooks.speaker import Speaker
from helpdesk_bot.playbooks.format import Phase, Step
from helpdesk_bot.playbooks.verify import ByPerson
from helpdesk_bot.texts.values import Hours

# Pixels.
_LEFT, _BOX, _LANE, _MARGIN = 32, 480, 18, 16
_LINE, _PAD, _GAP = 19, 12, 13
_RIGHT = _LEFT + _BOX
_LETTERS = 58  # of a line in a box, with wide ones counted in
_STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1b1b1b }
.title { font-size: 20px; font-weight: 700 } .phase { font-size: 16px; font-weight: 700 } .step { font-weight: 700 }
.band { fill: #f1f4f8; stroke: #6b7785 } .box { fill: #ffffff; stroke: #1b1b1b; stroke-width: 1.5 }
.perhaps { stroke-dasharray: 7 4 } .final { stroke-width: 4 }
.line { fill: none; stroke: #34495e; stroke-width: 1.5 } .edge { stroke: #a4161a; stroke-width: 3 }
.warning { fill: #8f1013; font-weight: 700 }
"""
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0 L10 5 L0 10 z" fill="#34495e"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class _Box:
    top: int
    bottom: int


def graph(speaker: Speaker) -> str:
    """The SVG."""
    return _Picture(speaker).drawn()


class _Picture:
    def __init__(self, speaker: Speaker) -> None:
        self._it = speaker
        self._steps = [step for phase in speaker.phases() for step in speaker.steps(phase)]
        self._boxes: list[_Box] = []  # of the steps, in their order
        self._parts: list[str] = []

    def drawn(self) -> str:
        it, phases = self._it, self._it.phases()
        title = it.say("graph.title", title=it.own(it.playbook.title))
        about = it.say(
            "graph.about", summary=it.own(it.playbook.summary), phases=len(phases), steps=len(self._steps)
        )
        height = self._write(wrap(title, 45), "title", _MARGIN, _MARGIN, 26)
        for phase in phases:
            height = self._phase(phase, height + _GAP)
        height += _MARGIN
        width = _RIGHT + _MARGIN * 2 + self._arrows() * _LANE
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
                f'height="{height}" role="group" aria-labelledby="title" aria-describedby="about" '
                f'lang="{it.language}">',
                f'<title id="title">{escape(title)}</title>',
                f'<desc id="about">{escape(about)}</desc>',
                f"<style>{_STYLE}</style>",
                _TIP,
                f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
                *self._parts,
                "</svg>\n",
            ]
        )

    def _phase(self, phase: Phase, top: int) -> int:
        """Draws it, and returns where it ends. Its band is drawn before its steps, to lie below them."""
        name = self._it.own(phase.title)
        at = len(self._parts)
        y = self._write(wrap(name, 55), "phase", _LEFT, top + _PAD // 2, _LINE + 2)
        for step in self._it.steps(phase):
            y = self._step(step, y + _PAD)
        bottom = y + _PAD
        self._parts[at:at] = [
            f'<g role="list" aria-label="{escape(name)}">',
            f'<rect class="band" x="{_MARGIN}" y="{top}" width="{_BOX + 2 * (_LEFT - _MARGIN)}" '
            f'height="{bottom - top}" rx="8"/>',
        ]
        self._parts.append("</g>")
        return bottom

    def _step(self, step: Step, top: int) -> int:
        it = self._it
        if step.irreversible:
            top = self._edge(top)
        title, said = f"{it.numbers[step.id]}. {it.own(step.title)}", [*self._said(step)]
        heading = wrap(title, _LETTERS - 6)
        lines = [line for one in said for line in wrap(one, _LETTERS)]
        box = _Box(top, top + _PAD * 2 + _LINE * (len(heading) + len(lines)) - 4)
        self._boxes.append(box)
        look = " ".join(
            ["box", *["perhaps"] * (it.condition(step) is not None), *["final"] * step.irreversible]
        )
        spoken = escape(". ".join([title, *said]))
        self._parts += [
            f'<g role="listitem" aria-label="{spoken}"><title>{spoken}</title>',
            f'<rect class="{look}" x="{_LEFT}" y="{top}" width="{_BOX}" height="{box.bottom - top}" rx="5"/>',
        ]
        y = self._write(heading, "step", _LEFT + _PAD, top + _PAD - 3, _LINE)
        self._write(lines, "said", _LEFT + _PAD, y, _LINE)
        self._parts.append("</g>")
        return box.bottom + _PAD // 2

    def _said(self, step: Step) -> Iterator[str]:
        """What the box says below its title."""
        it = self._it
        if condition := it.condition(step):
            yield it.say("graph.only_if", condition=condition)
        needs = it.needs(step)
        after = [it.say("graph.after", steps=it.listed(map(str, needs)))] if needs else []
        yield " · ".join([it.role(step.role), it.say("minutes", time=Hours(step.minutes)), *after])
        if step.wait:
            yield it.say("graph.wait", time=timedelta(days=step.wait.days))
        if isinstance(step.verify, ByPerson):
            yield it.say("graph.looked_at", who=it.role(step.verify.by))
        else:
            yield it.say("graph.automatic")
        if step.irreversible:
            yield it.say("graph.no_return")
        if step.sign_off:
            yield it.say("signs_off", who=it.roles(step.sign_off))

    def _edge(self, top: int) -> int:
        """The line that is crossed once; returns where it ends."""
        y = self._write([f"⚠ {self._it.say('graph.edge')}"], "warning", _LEFT, top, _LINE) + 6
        self._parts.append(f'<path class="edge" d="M{_LEFT} {y} H{_RIGHT}"/>')
        return y + _PAD // 2 + 2

    def _write(self, lines: Sequence[str], look: str, x: int, top: int, height: int) -> int:
        """Returns where the lines end. They are said by the labels of what they stand in."""
        for line in lines:
            top += height
            self._parts.append(
                f'<text class="{look}" x="{x}" y="{top - 4}" aria-hidden="true">{escape(line)}</text>'
            )
        return top

    def _arrows(self) -> int:
        """Draws them, each in a lane beside the boxes that no other is using there; returns how many lanes it took."""
        ends: list[int] = []  # of the last arrow in each lane
        for start, end in sorted(self._pairs()):
            lane = next((at for at, last in enumerate(ends) if last <= start), len(ends))
            ends[lane : lane + 1] = [end]
            x = _RIGHT + _MARGIN + 10 + lane * _LANE
            begin, tip = self._boxes[start].bottom - 12, self._boxes[end].top + 12
            self._parts.append(
                f'<path class="line" aria-hidden="true" marker-end="url(#tip)" '
                f'd="M{_RIGHT} {begin} H{x} V{tip} H{_RIGHT + 2}"/>'
            )
        return len(ends)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Places of two steps of which the second needs the first, without what follows from other pairs."""
        above: list[set[int]] = []  # for each step: all that it needs, directly or through others
        for at, step in enumerate(self._steps):
            needed = {number - 1 for number in self._it.needs(step)}
            further = set[int]().union(*(above[one] for one in needed))
            above.append(needed | further)
            yield from ((one, at) for one in needed - further)
