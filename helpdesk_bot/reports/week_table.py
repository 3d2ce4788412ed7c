"""The week as a table: a row for each figure, with the four weeks before beside it."""

from collections.abc import Iterator
from dataclasses import fields

from helpdesk_bot.domain.week_counts import Counts
from helpdesk_bot.reports.csv_file import Cell, csv_file
from helpdesk_bot.reports.scope import Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import COMPARED_WITH, WeekFigures
from helpdesk_bot.reports.week_details import Details, scope_name, team_name
from helpdesk_bot.reports.week_text import View, risk_text

FIGURES = tuple(each.name for each in fields(Counts) if each.type is int or each.type == "int")


def week_table(figures: WeekFigures, details: Details, place: Place, voice: Voice, view: View) -> bytes:
    """CSV. `figure` is the same word in every language; the one beside it is for people."""
    weeks = [str(figures.week.before(n)) for n in range(COMPARED_WITH + 1)]
    head = [voice.word(f"week.column.{name}") for name in ("scope", "figure", "what", "of")] + weeks
    where = scope_name(figures.scope, place, voice)
    rows = [[where, *row] for row in _rows(figures, details, place, voice, view)]
    return csv_file(head, [row + [""] * (len(head) - len(row)) for row in rows])


def _rows(
    figures: WeekFigures, details: Details, place: Place, voice: Voice, view: View
) -> Iterator[list[Cell]]:
    weeks = (figures.now, *reversed(figures.before))
    for name in FIGURES:
        yield [name, voice.word(f"week.figure.{name}"), "", *(getattr(counts, name) for counts in weeks)]
    yield ["left_minutes", voice.word("week.figure.left_minutes"), "", figures.left_minutes]
    for topic in sorted({topic for counts in weeks for topic in counts.topics}):
        numbers = (counts.topics.get(topic, 0) for counts in weeks)
        yield ["topic", voice.word("week.figure.topic"), voice.topic(topic), *numbers]
    for tool in sorted({tool for counts in weeks for tool in counts.left_tools}):
        numbers = (counts.left_tools.get(tool, 0) for counts in weeks)
        yield ["left_tool", voice.word("week.figure.left_tool"), tool, *numbers]
    for lent in figures.lending:
        pair = f"{team_name(lent.by, place, voice)} → {scope_name(lent.of, place, voice)}"
        yield ["lent", voice.word("week.figure.lent"), pair, lent.tickets]
    if view is View.INSIDE:
        for risk in figures.risks:
            text = risk_text(risk, details, place, voice)
            yield [f"risk_{risk.kind}_{risk.reason}", voice.word("week.figure.risk"), text.body]
        for person in figures.people:
            for name in ("in_hand", "solved", "volunteer_minutes", "paid_minutes"):
                label = voice.word(f"week.figure.{name}")
                yield [f"person_{name}", label, details.people[person.user_id], getattr(person, name)]
