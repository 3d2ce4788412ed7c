"""`helpdesk report vouchers`: what a funder's hours were used for."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from helpdesk_bot.cli.output import (
    DEFAULT_CONFIG,
    ConfigOption,
    Refusal,
    load_config,
    out,
    put,
    run_async,
    say,
)
from helpdesk_bot.config import Config
from helpdesk_bot.matrix.account import refuse_half_restored
from helpdesk_bot.reports import vouchers as reports
from helpdesk_bot.reports.vouchers import Month
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.texts.render import Texts


class Format(StrEnum):
    TEXT = "text"
    CSV = "csv"


def vouchers(
    funder: Annotated[str, typer.Option(help="Whose vouchers.")],
    config: ConfigOption = DEFAULT_CONFIG,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day that counts.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day that counts.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> None:
    """What a funder's hours were used for, per initiative and month. No names of people are in it."""
    days = (first.date() if first else date.min, last.date() if last else date.max)
    if days[0] > days[1]:
        raise typer.BadParameter("--from is later than --to")
    run_async(_vouchers(load_config(config), funder, days, form, to))


async def _vouchers(
    config: Config, funder: str, days: tuple[date, date], form: Format, to: Path | None
) -> None:
    refuse_half_restored(config.account_dir)
    db = Database(config.database_url)
    try:
        async with db.reading() as session:
            rows = await reports.months(session, funder, *days)
            known = await reports.funders(session)
    finally:
        await db.close()
    if not rows:
        raise Refusal(
            f"There is no voucher of '{funder}'.",
            f"Known funders: {', '.join(known)}." if known else "A coordinator makes one with `!voucher`.",
        )
    if form is Format.CSV:
        texts = Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
        put(reports.as_csv(rows, texts), to)
    elif to is not None:
        raise Refusal("Text goes to the screen.", "Add --format csv to write a file.")
    else:
        _show(rows)


def _show(rows: list[Month]) -> None:
    table = Table(
        "Initiative", "Voucher", "Until", "Month", "Questions", "Hours", title=escape(rows[0].funder)
    )
    for row in rows:
        cells = (row.organisation, str(row.voucher), row.expires_on.isoformat(), row.month or "-")
        table.add_row(*map(escape, cells), str(row.questions), _hours(row.used))
    out.print(table)
    granted = sum({row.voucher: row.granted for row in rows}.values())
    used = sum(row.used for row in rows)
    say(f"Used in this time: {_hours(used)} of {_hours(granted)} hours.")


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
