"""`helpdesk playbook`: for whoever writes them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpdesk_bot.cli.output import err, fail, out, put, say
from helpdesk_bot.cli.playbooks.graph import graph as drawn
from helpdesk_bot.cli.playbooks.preview import preview as as_read
from helpdesk_bot.cli.playbooks.speaker import Speaker
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config.findings import Finding
from helpdesk_bot.playbooks import schema as schemas
from helpdesk_bot.playbooks.answers import answer
from helpdesk_bot.playbooks.checking import names_of, read_aloud
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.hygiene import starts_from
from helpdesk_bot.playbooks.loading import Library, Loaded, files_of, library, load, load_tools
from helpdesk_bot.playbooks.names import NAME
from helpdesk_bot.playbooks.plan import Answer
from helpdesk_bot.playbooks.skeleton import skeleton
from helpdesk_bot.playbooks.tools import TOOLS_FILE
from helpdesk_bot.playbooks.words import NEEDED
from helpdesk_bot.texts.render import Texts

app = typer.Typer(no_args_is_help=True, help="Write, check and look at playbooks.")
FOLDER = Path("playbooks")
WIDTH = 80  # longer lines read badly
FolderOption = Annotated[Path, typer.Option("--folder", help="Where the playbooks are.")]
NameArgument = Annotated[str, typer.Argument(metavar="ID", help="Its id, which is the name of its file.")]
LanguageOption = Annotated[str, typer.Option("--language", "-l", help="nl or en.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input", "-i", metavar="KEY=VALUE", help="An answer to an input. May be given more often."
    ),
]


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Only say what is wrong with these.")] = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Look at every playbook and the catalogue: form, links between steps, languages, sources, how easy they read."""
    found = library(folder)
    names = names_of(found.tools)
    shown = _chosen(found, files) if files else found.files
    table = Table("Playbook", "Steps", "nl", "en", "Look at again", header_style="bold")
    for one in shown:
        table.add_row(*_row(one, names, utc_now().date()))
    findings = [finding for one in shown for finding in one.findings]
    if not files:
        findings = [*found.catalogue.findings, *findings]
    _tell(findings, out)
    out.print(table)
    say(f"{len(shown)} playbooks, {len(findings)} things to mend.")
    if findings:
        raise typer.Exit(1)


def _chosen(found: Library, files: Sequence[Path]) -> list[Loaded]:
    by_path = {one.document.path.resolve(): one for one in found.files}
    for path in files:
        if path.resolve() not in by_path:
            fail(f"{path} is not among the playbooks.", "Name files of --folder, which end in .yaml.")
    return [by_path[path.resolve()] for path in files]


def _row(one: Loaded, names: frozenset[str], today: date) -> list[str]:
    playbook = one.playbook
    if playbook is None:
        return [escape(one.document.path.stem), "", "", "", ""]
    ease = [f"{reading.ease:.0f}" for reading in read_aloud(one, names).values()]
    late = playbook.review_by < today
    when = f"[bold red]{playbook.review_by}, past[/]" if late else str(playbook.review_by)
    return [escape(playbook.id), str(len(playbook.steps)), *ease, when]


@app.command()
def preview(
    name: NameArgument,
    language: LanguageOption = "nl",
    inputs: InputOption = None,
    trainer: Annotated[bool, typer.Option("--trainer", help="With what only trainers read.")] = False,
    folder: FolderOption = FOLDER,
) -> None:
    """Show a playbook as an organisation reads it."""
    speaker = _speaker(folder, name, language, inputs or [])
    shown = speaker.playbook
    named = [one.playbook for one in shown.requires] + [one.playbook for one in shown.not_required]
    others = {name: playbook for name in named if (playbook := load(folder / f"{name}.yaml").playbook)}
    typer.echo(as_read(speaker, others, trainer=trainer, width=min(out.width, WIDTH)), nl=False)


@app.command()
def graph(
    name: NameArgument,
    language: LanguageOption = "nl",
    inputs: InputOption = None,
    to: OutputOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Draw a playbook as SVG: its phases and steps, what waits for what, and where the way back ends."""
    put(drawn(_speaker(folder, name, language, inputs or [])).encode(), to)


@app.command()
def new(
    name: NameArgument,
    leaves: Annotated[list[str] | None, typer.Option("--from", help="A tool that it leaves.")] = None,
    reaches: Annotated[list[str] | None, typer.Option("--to", help="A tool that it goes to.")] = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Begin a playbook: a file that is in order but for the texts, which are marked TODO."""
    path = folder / f"{name}.yaml"
    if not re.fullmatch(NAME, name) or path.name == TOOLS_FILE:
        fail(f"'{name}' can't be an id.", "Use small letters, digits and hyphens, such as zoom-to-jitsi.")
    leaves, reaches = leaves or [], reaches or []
    _, tools = load_tools(folder)
    for tool in (*leaves, *reaches):
        if tool not in tools:
            fail(f"'{tool}' is not in the catalogue of tools.", _those_like(tool, tools))
    try:
        with path.open("x", encoding="utf-8") as file:
            first = starts_from(leaves, reaches, {other.stem for other in files_of(folder)})
            file.write(skeleton(name, leaves, reaches, first, utc_now().date()))
    except FileExistsError:
        fail(f"{path} is there already.", "Choose another id, or edit that file.")
    except OSError as error:
        fail(f"{path} can't be written: {error.strerror}.", "Say with --folder where the playbooks are.")
    say(f"Written to {path}. Replace each TODO; `helpdesk playbook check {path}` says what is left.")


@app.command()
def schema(
    tools: Annotated[bool, typer.Option("--tools", help="That of the catalogue.")] = False,
    to: OutputOption = None,
) -> None:
    """Print the JSON Schema, with which an editor helps while you type."""
    text = schemas.tools_schema() if tools else schemas.playbook_schema()
    put(text.encode(), to)


def _speaker(folder: Path, name: str, language: str, inputs: Sequence[str]) -> Speaker:
    there = [path.stem for path in files_of(folder)]
    if name not in there:
        fail(f"There is no playbook '{name}' in {folder}.", _those_like(name, there))
    if language not in NEEDED:
        fail(f"There is no text in '{language}'.", f"Use one of: {', '.join(NEEDED)}.")
    loaded = load(folder / f"{name}.yaml")
    if loaded.playbook is None or loaded.findings:
        _tell(loaded.findings, err)
        raise typer.Exit(1)
    return Speaker(Texts.load(language), loaded.playbook, language, _answers(loaded.playbook, inputs))


def _answers(playbook: Playbook, inputs: Sequence[str]) -> dict[str, Answer]:
    asked = {one.key: one for one in playbook.inputs}
    given: dict[str, Answer] = {}
    for pair in inputs:
        key, equals, text = pair.partition("=")
        if not equals or key not in asked:
            fail(f"'{pair}' answers no input.", f"Write KEY=VALUE; keys are: {', '.join(asked) or 'none'}.")
        try:
            given[key] = answer(asked[key], text)
        except ValueError as error:
            fail(f"'{text}' can't be the answer to {key}.", f"Write {error}.")
    return given


def _those_like(name: str, names: Iterable[str]) -> str:
    names = sorted(names)
    close = get_close_matches(name, names)
    return f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(names) or 'none'}."


def _tell(findings: Sequence[Finding], console: Console) -> None:
    for finding in findings:
        console.print(f"[bold red]{escape(finding.place)}[/]: {escape(finding.what)}", soft_wrap=True)
        console.print(f"    {escape(finding.remedy)}", soft_wrap=True)
