"""From files to playbooks, or to the list of everything that is wrong with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from helpdesk_bot.config import document
from helpdesk_bot.config.findings import Finding
from helpdesk_bot.config.validating import name_of, validated
from helpdesk_bot.playbooks import rules
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.tools import TOOLS_FILE, Tool, Tools


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file as it was read. `playbook` is None when it can't be used."""

    document: document.Document
    playbook: Playbook | None

    @property
    def findings(self) -> list[Finding]:
        return sorted(self.document.findings, key=lambda found: (found.line or 0, found.column or 0))


@dataclass(frozen=True, slots=True)
class Library:
    """Every playbook of a folder that can be used, by id, and the catalogue of tools."""

    playbooks: dict[str, Playbook]
    tools: dict[str, Tool]
    findings: tuple[Finding, ...]


def load(path: Path) -> Loaded:
    read = document.read(path)
    playbook = validated(read, Playbook)
    if playbook is not None:
        if playbook.id != path.stem:
            read.complain(
                ("id",), f"id is '{playbook.id}', the file is '{path.stem}'", "Give both the same name."
            )
        for route, what, remedy in rules.broken(playbook):
            read.complain(route, f"{name_of(route)} {what}", remedy)
    return Loaded(read, None if read.findings else playbook)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.name != TOOLS_FILE)


def library(folder: Path) -> Library:
    """What is not in order is left out and told; it stops nothing else."""
    read = document.read(folder / TOOLS_FILE)
    catalogue = validated(read, Tools)
    tools = {tool.id: tool for tool in catalogue.tools} if catalogue else {}
    loaded = [load(path) for path in files_of(folder)]
    together(loaded, tools)
    found = [*read.findings, *(finding for one in loaded for finding in one.findings)]
    usable = {one.playbook.id: one.playbook for one in loaded if one.playbook and not one.findings}
    return Library(usable, tools, tuple(found))


def together(loaded: Iterable[Loaded], tools: dict[str, Tool]) -> None:
    """What they say of each other and of tools; complaints go into their documents."""
    loaded = list(loaded)
    known = {one.playbook.id for one in loaded if one.playbook}
    for one in loaded:
        if one.playbook is None:
            continue
        for at, required in enumerate(one.playbook.requires):
            if required.playbook not in known:
                one.document.complain(
                    ("requires", at),
                    f"'{required.playbook}' is no playbook here",
                    "Use the id of one that is.",
                )
        named = [
            *((("from", at), tool) for at, tool in enumerate(one.playbook.from_)),
            *((("to", at), tool) for at, tool in enumerate(one.playbook.to)),
            *((("value", "leaves", at), tool) for at, tool in enumerate(one.playbook.value.leaves)),
        ]
        for route, tool in named:
            if tools and tool not in tools:
                one.document.complain(route, f"'{tool}' is not in the catalogue", f"Add it to {TOOLS_FILE}.")
