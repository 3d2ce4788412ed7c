"""Puts a week's figures in a room: the words, then the picture, then the table in the thread of the words."""

from dataclasses import dataclass

from helpdesk_bot.actions.context import Act, message_content
from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports import csv_file
from helpdesk_bot.reports.scope import Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import WeekFigures, reckon
from helpdesk_bot.reports.week_chart import MIMETYPE, week_chart
from helpdesk_bot.reports.week_details import Details, details, scope_name
from helpdesk_bot.reports.week_table import week_table
from helpdesk_bot.reports.week_text import View, WeekText
from helpdesk_bot.storage import files
from helpdesk_bot.storage.files import Made
from helpdesk_bot.storage.outbox import Outgoing, Urgency, row_ref
from helpdesk_bot.texts.render import Rendered


@dataclass(frozen=True, slots=True)
class Told:
    """One week, ready to be told in one language."""

    figures: WeekFigures
    details: Details
    place: Place
    voice: Voice
    view: View

    def text(self, *closing: Rendered) -> Rendered:
        return WeekText(self.figures, self.details, self.place, self.voice, self.view).whole(*closing)

    @property
    def scope(self) -> str:
        return scope_name(self.figures.scope, self.place, self.voice)


def place_of(act: Act) -> Place:
    return Place(act.layout, act.texts.zone, act.setting.bot)


def voice_of(act: Act, language: str | None) -> Voice:
    return Voice(act.topics, language, act.now)


async def prepared(act: Act, scope: str, week: Week, view: View, language: str | None) -> Told:
    place, voice = place_of(act), voice_of(act, language)
    figures = await reckon(act.session, place, scope, week)
    return Told(figures, await details(act.session, figures, voice), place, voice, view)


async def tell(
    act: Act,
    room_id: str,
    told: Told,
    *closing: Rendered,
    thread: str | None = None,
    reply: str | None = None,
    notify: bool = False,
) -> int:
    """Queues all three; returns the row of the words. In a thread everything stays in that thread."""
    row = await act.post(
        room_id,
        told.text(*closing),
        thread=thread,
        reply=reply,
        notify=notify,
        priority=Urgency.TEAM,
    )
    chart = week_chart(told.figures, told.place, told.voice)
    size = {name: chart.recipe[name] for name in ("width", "height")}
    picture = Made(chart.name, MIMETYPE, recipe=chart.recipe, **size)
    await _put(act, room_id, picture, "m.image", chart.alternative, thread)
    table = Made(
        f"week-{told.figures.week}-{told.figures.scope}.csv",
        csv_file.MIMETYPE,
        data=week_table(told.figures, told.details, told.place, told.voice, told.view),
    )
    words = told.voice.word("week.table", week=told.figures.week.number, scope=told.scope)
    await _put(act, room_id, table, "m.file", words, thread or row_ref(row))
    return row


async def _put(act: Act, room_id: str, made: Made, msgtype: str, words: str, thread: str | None) -> None:
    """`words` say what the file shows, to everybody who does not see it."""
    content = {**message_content(act.texts.user_text(words), notify=False), "msgtype": msgtype}
    out = Outgoing(room_id, content, thread=thread, priority=Urgency.TEAM)
    await files.enqueue(act.session, out, made, act.now)
