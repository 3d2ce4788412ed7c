"""`helpdesk playbook`: for whoever writes them."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from helpdesk_bot.cli.output import out, say
from helpdesk_bot.clock import utc_now
from helpdesk_bot.playbooks import schema as schemas
from helpdesk_bot.playbooks.checking import names_of, read_aloud
from helpdesk_bot.playbooks.loading import Loaded, library

app = typer.Typer(no_args_is_help=True, help="Write, check and look at playbooks.")
FOLDER = Path("playbooks")
FolderOption = Annotated[Path, typer.Option("--folder", help="Where the playbooks are.")]


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Only say what is wrong with these.")] = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Look at every playbook and the catalogue: form, links between steps, languages, sources, how easy they read."""
    everything = library(folder)
    loaded, catalogue, names = everything.files, everything.catalogue, names_of(everything.tools)
    shown = [
        one for one in loaded if not files or one.document.path.resolve() in {f.resolve() for f in files}
    ]
    table = Table("Playbook", "Steps", "nl", "en", "Look at again", header_style="bold")
    for one in shown:
        _row(table, one, {lang: f"{found.ease:.0f}" for lang, found in read_aloud(one, names).items()})
    findings = [found for one in shown for found in one.findings]
    if not files:
        findings = [*catalogue.findings, *findings]
    for found in findings:
        out.print(f"[bold red]{escape(found.place)}[/]: {escape(found.what)}", soft_wrap=True)
        out.print(f"    {escape(found.remedy)}", soft_wrap=True)
    out.print(table)
    say(f"{len(shown)} playbooks, {len(findings)} things to mend.")
    if findings:
        raise typer.Exit(1)


def _row(table: Table, one: Loaded, ease: dict[str, str]) -> None:
    playbook = one.playbook
    if playbook is None:
        table.add_row(escape(one.document.path.stem), "", "", "", "")
        return
    late = playbook.review_by < _today()
    when = f"[bold red]{playbook.review_by}, past[/]" if late else str(playbook.review_by)
    table.add_row(escape(playbook.id), str(len(playbook.steps)), ease.get("nl", ""), ease.get("en", ""), when)


def _today() -> date:
    return utc_now().date()


@app.command()
def schema(
    tools: Annotated[bool, typer.Option("--tools", help="That of the catalogue.")] = False,
    to: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> None:
    """Print the JSON Schema, with which an editor helps while you type."""
    text = schemas.tools_schema() if tools else schemas.playbook_schema()
    if to:
        to.write_text(text, "utf-8")
    else:
        typer.echo(text, nl=False)
