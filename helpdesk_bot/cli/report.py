"""`helpdesk report`: the figures that people get from the bot, for whoever looks after it or hands them on.

It reads the database beside a running helpdesk. What it prints is for people, so in the helpdesk's own language.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.cli.output import DEFAULT_CONFIG, ConfigOption, Refusal, load_config, put, run_async
from helpdesk_bot.cli.report_vouchers import vouchers
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config import Config
from helpdesk_bot.domain.weeks import NoSuchWeek, Week, last_finished, named
from helpdesk_bot.matrix.account import refuse_half_restored
from helpdesk_bot.reports import pen
from helpdesk_bot.reports.open_text import open_chart, open_table, open_text
from helpdesk_bot.reports.open_week import reckon_open
from helpdesk_bot.reports.scope import CITY, Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import reckon
from helpdesk_bot.reports.week_chart import week_chart
from helpdesk_bot.reports.week_details import details
from helpdesk_bot.reports.week_table import week_table
from helpdesk_bot.reports.week_text import View, WeekText
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.texts.render import Texts
from helpdesk_bot.texts.topics import topics_of

app = typer.Typer(help="Figures, as the bot gives them to people.", no_args_is_help=True)
app.command()(vouchers)


class Format(StrEnum):
    TEXT = "text"
    PNG = "png"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One week of one scope, in one form. `openly`: as it may leave the team."""

    scope: str
    week: Week
    form: Format
    openly: bool


@app.command("week")
def week(
    config: ConfigOption = DEFAULT_CONFIG,
    stadsdeel: Annotated[str | None, typer.Option(help="Its id or name. Without it: the whole city.")] = None,
    which: Annotated[
        str | None,
        typer.Option("--week", help="Such as 46 or 2026-W46. Without it: the last one that is over."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What it is made as.")] = Format.TEXT,
    openly: Annotated[
        bool, typer.Option("--open", help="Without names, and nothing about fewer than five people.")
    ] = False,
    to: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> None:
    """The figures of one week. Without --open they name people: keep them among the coordinators."""
    loaded = load_config(config)
    run_async(_week(loaded, stadsdeel, which, form, to, openly=openly))


async def _week(
    config: Config, stadsdeel: str | None, which: str | None, form: Format, to: Path | None, *, openly: bool
) -> None:
    from helpdesk_bot.app import layout_of  # the other commands need not wait for all of it

    refuse_half_restored(config.account_dir)
    texts = Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
    place = Place(layout_of(config), texts.zone, config.homeserver.user_id)
    wanted = Wanted(_scope(place, stadsdeel), _which(place, which), form, openly)
    db = Database(config.database_url)
    try:
        async with db.reading() as session:
            made = await _made(
                session, place, Voice(topics_of(config.topics, texts), None, utc_now()), wanted
            )
    finally:
        await db.close()
    put(made, to)


def _scope(place: Place, stadsdeel: str | None) -> str:
    if stadsdeel is None:
        return CITY
    found = place.layout.stadsdeel(stadsdeel) or place.layout.find(stadsdeel)
    if found is None:
        known = ", ".join(one.id for one in place.layout.stadsdelen)
        raise Refusal(f"There is no stadsdeel {stadsdeel}.", f"The configuration has: {known}.")
    return found.id


def _which(place: Place, words: str | None) -> Week:
    now = utc_now()
    last = last_finished(now, place.zone)
    if words is None:
        return last
    try:
        week = named(words, now, place.zone)
    except NoSuchWeek:
        week = None
    if week is None:
        raise Refusal(f"{words} is no week.", "Write it as 46 or as 2026-W46.")
    if week > last:
        raise Refusal(f"Week {week} is not over yet.", f"The last one that is over is {last}.")
    return week


async def _made(session: AsyncSession, place: Place, voice: Voice, wanted: Wanted) -> bytes:
    if wanted.openly:
        return await _made_open(session, place, voice, wanted)
    figures = await reckon(session, place, wanted.scope, wanted.week)
    named_there = await details(session, figures, voice)
    match wanted.form:
        case Format.TEXT:
            return _lines(WeekText(figures, named_there, place, voice, View.INSIDE).whole().body)
        case Format.CSV:
            return week_table(figures, named_there, place, voice, View.INSIDE)
        case Format.PNG:
            return await pen.draw(week_chart(figures, place, voice).recipe)
        case Format.JSON:
            return _json(figures.as_json(inside=True))


async def _made_open(session: AsyncSession, place: Place, voice: Voice, wanted: Wanted) -> bytes:
    figures = await reckon_open(session, place, wanted.scope, wanted.week)
    match wanted.form:
        case Format.TEXT:
            return _lines(open_text(figures, wanted.week, place, voice).body)
        case Format.CSV:
            return open_table(figures, place, voice)
        case Format.PNG:
            return await pen.draw(open_chart(figures, wanted.week, place, voice).recipe)
        case Format.JSON:
            return _json(figures.as_json())


def _lines(text: str) -> bytes:
    return f"{text}\n".encode()


def _json(value: object) -> bytes:
    return _lines(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True))
