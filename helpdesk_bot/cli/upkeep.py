"""Small commands: schema, migrate, replay."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from helpdesk_bot.cli.output import DEFAULT_CONFIG, ConfigOption, Refusal, load_config, out, run_async, say
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config import Config, schema
from helpdesk_bot.matrix.account import refuse_half_restored
from helpdesk_bot.storage import delivery, inbox
from helpdesk_bot.storage import migrate as migration
from helpdesk_bot.storage.engine import Database


def print_schema(
    to: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> None:
    """Print the JSON Schema of the configuration, with which an editor helps while you type."""
    if to:
        to.write_text(schema.text(), "utf-8")
    else:
        typer.echo(schema.text(), nl=False)


def migrate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the tables of this version. `helpdesk run` does it too."""
    run_async(_migrate(load_config(config)))


async def _migrate(config: Config) -> None:
    refuse_half_restored(config.account_dir)
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    await migration.upgrade(config.database_url)
    say(f"The database is at step {await migration.revision_of(config.database_url)}.")


def replay(
    config: ConfigOption = DEFAULT_CONFIG,
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="An event ($…) to work on again, or the number of a message to send again."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them, both ways.")] = False,
) -> None:
    """List what could not be worked on and what could not be delivered, or put it back in line."""
    run_async(_replay(load_config(config), which, everything=everything))


async def _replay(config: Config, which: str | None, *, everything: bool) -> None:
    if which and everything:
        raise Refusal("Either one, or --all.", "Leave out one of the two.")
    refuse_half_restored(config.account_dir)
    db = Database(config.database_url)
    try:
        if not which and not everything:
            await _list(db)
            return
        number = int(which) if which and which.isdecimal() else None
        events, messages, overtaken = 0, 0, 0
        async with db.transaction() as session:
            if number is None:
                events = await inbox.replay(session, utc_now(), which)
            if number is not None or everything:
                messages, overtaken = await delivery.replay(session, number)
    finally:
        await db.close()
    if which and not events + messages + overtaken:
        raise Refusal(f"{which} is not among what failed.", "`helpdesk replay` lists it.")
    if overtaken:
        say(f"{overtaken} not sent again: it was said in a newer version since, or deleted.")
    if events + messages or not overtaken:
        say(f"Put back in line: {events} that came in, {messages} that go out.")
        say("A running helpdesk takes them up within seconds, another at its next start.")


async def _list(db: Database) -> None:
    async with db.reading() as session:
        events, messages = await inbox.failed(session), await delivery.failed(session)
    if events:
        table = Table(
            "Event", "Room", "Kind", "Received", "Attempts", "Error", title="Came in, not worked on"
        )
        for row in events:
            when, tries = _moment(row.received_at), str(row.attempts)
            table.add_row(*map(escape, (row.event_id, row.room_id, row.type, when, tries, row.error or "")))
        out.print(table)
    if messages:
        table = Table(
            "Message", "Room", "Kind", "Queued", "Attempts", "Error", title="Goes out, not delivered"
        )
        for sent in messages:
            kind = sent.type if sent.kind == "send" else sent.kind
            when, tries = _moment(sent.created_at), str(sent.attempts)
            table.add_row(*map(escape, (str(sent.id), sent.room_id, kind, when, tries, sent.error or "")))
        out.print(table)
    if events or messages:
        say("`helpdesk replay ID` or `helpdesk replay --all` puts them back in line.")
    else:
        say("Nothing has failed.")


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
