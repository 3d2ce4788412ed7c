"""From files to playbooks, or to the list of everything that is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpdesk_bot.config import document
from helpdesk_bot.config.broken import Broken
from helpdesk_bot.config.document import Route
from helpdesk_bot.config.findings import Finding
from helpdesk_bot.config.validating import name_of, validated
from helpdesk_bot.domain.topics import TOPICS
from helpdesk_bot.playbooks import hygiene, rules
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.tools import TOOLS_FILE, Tool, Tools, broken_tools

_NO_PLAYBOOK = "Begin one with `helpdesk playbook new`."
_NO_TOOLS = f"Keep the catalogue of tools as {TOOLS_FILE} beside the playbooks; --folder says where they are."


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file as it was read. `playbook` is None when it has not the form of one."""

    document: document.Document
    playbook: Playbook | None

    @property
    def findings(self) -> list[Finding]:
        return sorted(self.document.findings, key=lambda found: (found.line or 0, found.column or 0))


@dataclass(frozen=True, slots=True)
class Library:
    """A folder of playbooks. `playbooks`: those that can be used, by id. `files`: all that is there."""

    playbooks: dict[str, Playbook]
    tools: dict[str, Tool]
    files: tuple[Loaded, ...]
    catalogue: document.Document

    @property
    def findings(self) -> list[Finding]:
        return [*self.catalogue.findings, *(found for one in self.files for found in one.findings)]


def load(path: Path) -> Loaded:
    """One file by itself, be it finished or not."""
    read = document.read(path, _NO_PLAYBOOK)
    playbook = validated(read, Playbook)
    if playbook is not None:
        if playbook.id != path.stem:
            what = f"id is '{playbook.id}', the file is '{path.stem}'"
            read.complain(("id",), what, "Give both the same name.")
        _complain(read, rules.broken(playbook))
    return Loaded(read, playbook)


def load_tools(folder: Path) -> tuple[document.Document, dict[str, Tool]]:
    """The catalogue as it was read, and its tools by id."""
    read = document.read(folder / TOOLS_FILE, _NO_TOOLS)
    listed = validated(read, Tools)
    if listed is None:
        return read, {}
    _complain(read, broken_tools(listed))
    return read, {tool.id: tool for tool in listed.tools}


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.name != TOOLS_FILE)


def library(folder: Path) -> Library:
    """What is not in order is left out and told; it stops nothing else."""
    catalogue, tools = load_tools(folder)
    files = [load(path) for path in files_of(folder)]
    there = {one.document.path.stem for one in files}
    for one in files:
        if one.playbook:
            _complain(one.document, rules.unwritten(one.playbook))
            _complain(one.document, hygiene.broken(one.playbook, there))
            if tools:
                _complain(one.document, _unknown_tools(one.playbook, tools))
                _complain(one.document, _unknown_skills(one.playbook, tools))
    return Library(_with_what_they_require(files), tools, tuple(files), catalogue)


def _unknown_tools(playbook: Playbook, tools: dict[str, Tool]) -> Iterator[Broken]:
    named: list[tuple[Route, Sequence[str]]] = [
        (("from",), playbook.from_),
        (("to",), playbook.to),
        (("value", "leaves"), playbook.value.leaves),
    ]
    for route, names in named:
        for at, name in enumerate(names):
            if name not in tools:
                yield Broken((*route, at), f"'{name}' is not in the catalogue", f"Add it to {TOOLS_FILE}.")


def _unknown_skills(playbook: Playbook, tools: dict[str, Tool]) -> Iterator[Broken]:
    """What nobody can say that they know would find nobody."""
    for at, phase in enumerate(playbook.phases):
        for number, step in enumerate(phase.steps):
            skill = step.help.skill
            if skill is not None and skill not in tools and skill not in TOPICS:
                remedy = f"Name a tool of {TOOLS_FILE}, or one of: {', '.join(TOPICS)}."
                route: Route = ("phases", at, "steps", number, "help", "skill")
                yield Broken(route, f"'{skill}' is no tool of the catalogue and no topic", remedy)


def _with_what_they_require(files: Sequence[Loaded]) -> dict[str, Playbook]:
    """Those that can be used, each with all that it requires: so none waits for itself."""
    there = {one.document.path.stem for one in files}
    waiting = [(one, one.playbook) for one in files if one.playbook and not one.findings]
    usable: dict[str, Playbook] = {}
    while ready := [pair for pair in waiting if all(r.playbook in usable for r in pair[1].requires)]:
        usable |= {playbook.id: playbook for _, playbook in ready}
        waiting = [pair for pair in waiting if pair not in ready]
    for one, playbook in waiting:
        for at, required in enumerate(playbook.requires):
            if required.playbook in usable:
                continue
            if required.playbook in there:
                what, remedy = "can't be used itself", "Mend that one, or end a circle of them."
            else:
                what, remedy = "is no playbook here", "Use the id of one that is."
            one.document.complain(("requires", at), f"requires '{required.playbook}', which {what}", remedy)
    return dict(sorted(usable.items()))


def _complain(read: document.Document, found: Iterator[Broken]) -> None:
    for route, what, remedy in found:
        read.complain(route, f"{name_of(route)} {what}", remedy)
