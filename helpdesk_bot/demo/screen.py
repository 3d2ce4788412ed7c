"""The demo on a terminal, or as plain lines where there is none. No meaning is in a colour or a sign alone."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from helpdesk_bot.demo.expectations import Expectation
from helpdesk_bot.demo.transcript import Line

_WIDEST = 110
_KINDS = {
    "message": "",
    "file": " sends a file",
    "edit": " changes a message",
    "reaction": " reacts",
    "deletion": " deletes a message",
    "join": " comes in",
}


class Screen:
    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal or self._console.width > _WIDEST:
            self._console.width = _WIDEST
        self._began = asyncio.get_running_loop().time()

    @property
    def live(self) -> bool:
        """Whether somebody is looking at it as it comes."""
        return self._console.is_terminal

    def say(self, text: str = "", style: str = "") -> None:
        self._console.print(Text(text, style), soft_wrap=True)

    def paragraph(self, text: str) -> None:
        self._block(text, indent=2)

    def heading(self, title: str) -> None:
        self._console.print()
        self._console.print(Rule(Text(title, "bold"), align="left", style="dim"))

    def chapter(self, number: int, total: int, title: str, scene: str) -> None:
        self.heading(f"Story {number} of {total}: {title}")
        self._block(scene, "italic")
        self._console.print()

    @contextmanager
    def step(self, *works: str) -> Iterator[None]:
        """Something that takes a while: shown while it goes on, and with its time when it is done."""
        began = asyncio.get_running_loop().time()
        waiting = self._console.status("\n  ".join(works)) if self.live else nullcontext()
        with waiting:
            yield
        seconds = asyncio.get_running_loop().time() - began
        for number, work in enumerate(works):
            self.say(f"  done in {seconds:4.1f} s   {work}" if number == 0 else f"  meanwhile       {work}")

    def line(self, line: Line) -> None:
        """An event as somebody's client has just received it."""
        head = Text(f"{self._seconds():6.1f} s  ")
        head.append(line.person, "bold magenta" if line.direction == "out" else "bold cyan")
        head.append(_KINDS[line.kind])
        locked = "encrypted" if line.encrypted else "not encrypted"
        thread = ", in the question's thread" if line.in_thread else ""
        facts = f" · {line.room}{thread} · " + (f"{locked} · " if line.kind in ("message", "file") else "")
        head.append(f"{facts}seen by {line.seen_by}", "dim")
        self._console.print(head, soft_wrap=True)
        if line.kind == "edit":
            self._block(line.changed or "(the same words as before)", indent=10)
        elif line.kind != "join":
            self._block(line.text, indent=10)

    def notice(self, text: str) -> None:
        """What to look at, in plain words."""
        self._block(f"» {text}", "yellow")

    def expectation(self, expectation: Expectation) -> None:
        took = f" ({expectation.seconds:.2f} s)" if expectation.seconds is not None else ""
        style = "green" if expectation.met else "bold red"
        self._block(f"{expectation.verdict}: {expectation.what}{took}", style)
        if expectation.missing:
            self._block(f"  missing: {expectation.missing}", style)

    def expectations(self, expectations: Sequence[Expectation]) -> None:
        """All of them once more, story by story."""
        chapter = ""
        for expectation in expectations:
            if expectation.chapter != chapter:
                chapter = expectation.chapter
                self.say(f"  {chapter}", "bold")
            self.expectation(expectation)

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time() - self._began

    def _block(self, text: str, style: str = "", *, indent: int = 4) -> None:
        for row in Text(text, style).wrap(self._console, self._console.width - indent):
            row.rstrip()
            self._console.print(Text(" " * indent) + row)
