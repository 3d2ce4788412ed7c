"""The open week in words, as a table and as a picture. What is not told is said to be about too few people."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from helpdesk_bot.domain.disclosure import FEWEST
from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports.csv_file import csv_file
from helpdesk_bot.reports.open_week import OpenWeek
from helpdesk_bot.reports.scope import Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week_chart import HEIGHT, WIDTH, Chart
from helpdesk_bot.reports.week_details import scope_name
from helpdesk_bot.reports.week_text import one_decimal
from helpdesk_bot.texts.render import Hours, Rendered


def open_text(open_week: OpenWeek, week: Week, place: Place, voice: Voice) -> Rendered:
    head = voice.say(
        "week.head",
        week=week.number,
        scope=scope_name(open_week.scope, place, voice),
        first=week.monday,
        last=week.sunday,
    )
    lines = [voice.say("week.open_line", what=what, value=value) for what, value in _lines(open_week, voice)]
    why = voice.say("week.open_rule", fewest=FEWEST)
    return voice.texts.join([head, voice.texts.bullets(lines), why])


def open_table(open_week: OpenWeek, place: Place, voice: Voice) -> bytes:
    where = scope_name(open_week.scope, place, voice)
    head = [voice.word(f"week.column.{name}") for name in ("scope", "figure", "what")] + [open_week.week]
    rows = [
        [where, name, _label(name, voice), _hidden(voice) if value is None else value]
        for name, value in open_week.figures.items()
    ]
    return csv_file(head, rows)


def open_chart(open_week: OpenWeek, week: Week, place: Place, voice: Voice) -> Chart:
    title = voice.word("week.chart.title", week=week.number, scope=scope_name(open_week.scope, place, voice))
    bars: list[dict[str, Any]] = [
        {"label": _label(name, voice), "value": open_week.figures[name], "said": said}
        for name in ("new", "solved", "open")
        for said in [_value(open_week.figures[name], "week.chart.hidden", voice)]
    ]
    recipe = {"title": title, "width": WIDTH, "height": HEIGHT // 2, "bars": bars}
    lines = [title, *(f"{bar['label']}: {bar['said']}" for bar in bars)]
    return Chart(f"week-{open_week.week}-{open_week.scope}-open.png", recipe, "\n".join(lines))


def _lines(open_week: OpenWeek, voice: Voice) -> Iterator[tuple[str, str | Hours]]:
    for name, value in open_week.figures.items():
        if name == "stars":
            continue
        yield _label(name, voice), _said(open_week, name, value, voice)


def _said(open_week: OpenWeek, name: str, value: int | None, voice: Voice) -> str | Hours:
    if value is None:
        return _hidden(voice)
    if name.startswith("minutes"):
        return Hours(value)
    stars = open_week.figures.get("stars")
    if name == "ratings" and stars is not None:
        return voice.word("week.ratings", n=value, mark=one_decimal(Fraction(stars, value)))
    return str(value)


def _value(value: int | None, hidden: str, voice: Voice) -> str:
    return voice.word(hidden) if value is None else str(value)


def _hidden(voice: Voice) -> str:
    return voice.word("week.hidden", fewest=FEWEST)


def _label(name: str, voice: Voice) -> str:
    first, _, rest = name.partition("_")
    if first == "topic":
        return f"{voice.word('week.figure.topic')}: {voice.topic(rest)}"
    if first == "minutes":
        return voice.word(f"week.figure.{rest or 'all'}_hours")
    if name == "open":
        return voice.word("week.figure.open_rounded")
    return voice.word(f"week.figure.{name}")
