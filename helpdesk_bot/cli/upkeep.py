"""Small commands: schema, migrate, replay."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from helpdesk_bot.cli.output import DEFAULT_CONFIG, ConfigOption, Refusal, load_config, out, run_async, say
from helpdesk_bot.config import Config, schema
from helpdesk_bot.storage import inbox
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
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    await migration.upgrade(config.database_url)
    say(f"The database is at step {await migration.revision_of(config.database_url)}.")


def replay(
    config: ConfigOption = DEFAULT_CONFIG,
    event_id: Annotated[str | None, typer.Argument(help="The event to work on again.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """List the events that could not be worked on, or put them back in line."""
    run_async(_replay(load_config(config), event_id, everything=everything))


async def _replay(config: Config, event_id: str | None, *, everything: bool) -> None:
    if event_id and everything:
        raise Refusal("Either one event, or --all.", "Leave out one of the two.")
    db = Database(config.database_url)
    try:
        if not event_id and not everything:
            await _list(db)
            return
        async with db.transaction() as session:
            count = await inbox.replay(session, event_id)
    finally:
        await db.close()
    if event_id and not count:
        raise Refusal(f"{event_id} is not among the failed events.", "`helpdesk replay` lists them.")
    say(
        f"{count} put back in line. A running helpdesk takes them up with the next message that comes in, or at its next start."
    )


async def _list(db: Database) -> None:
    async with db.reading() as session:
        rows = await inbox.failed(session)
    if not rows:
        say("Nothing has failed.")
        return
    table = Table("Event", "Room", "Kind", "Received", "Attempts", "Error")
    for row in rows:
        when = row.received_at.strftime("%Y-%m-%d %H:%M UTC")
        table.add_row(row.event_id, row.room_id, row.type, when, str(row.attempts), row.error or "")
    out.print(table)
    say("`helpdesk replay EVENT` or `helpdesk replay --all` puts them back in line.")
