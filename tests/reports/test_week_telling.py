"""The figures as people get them: whatever the numbers, in every language, and never more than is theirs to see."""

import csv
import io
import json
from datetime import timedelta

import pytest

from helpdesk_bot.domain.weeks import Week
from helpdesk_bot.reports.scope import CITY, Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import WeekFigures, reckon
from helpdesk_bot.reports.week_chart import week_chart
from helpdesk_bot.reports.week_details import Details, details
from helpdesk_bot.reports.week_table import week_table
from helpdesk_bot.reports.week_text import View, WeekText
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.texts.topics import topics_of
from tests.conversation.stage import TEXTS
from tests.reports.conftest import PLACE
from tests.reports.generator import HELPERS, months, write

WEEKS = [Week(2026, 13), Week(2026, 43), Week(2026, 53), Week(2027, 1)]
NAMES = [user[1:].partition(":")[0] for user in HELPERS]
Told = tuple[WeekFigures, Details, Voice]


@pytest.fixture
async def told(db: Database, place: Place) -> list[Told]:
    """Made-up weeks of every scope, in both languages."""
    async with db.transaction() as session:
        await write(session, months(6, 300))
    found = []
    async with db.reading() as session:
        for week in WEEKS:
            for scope in place.scopes:
                figures = await reckon(session, place, scope, week)
                for language in TEXTS.languages:
                    voice = Voice(topics_of((), TEXTS), language, figures.ends + timedelta(hours=9))
                    found.append((figures, await details(session, figures, voice), voice))
    return found


async def test_words_table_and_picture_say_the_same(told: list[Told]) -> None:
    for figures, named, voice in told:
        text = WeekText(figures, named, PLACE, voice, View.INSIDE).whole()
        for name in ("new", "solved", "open"):
            assert f": {getattr(figures.now, name)} (" in text.body
        assert text.size < 20_000
        data = week_table(figures, named, PLACE, voice, View.INSIDE).decode("utf-8-sig")
        rows = {row[1]: row for row in csv.reader(io.StringIO(data, newline=""), delimiter=";")}
        assert rows["new"][4:] == [str(c.new) for c in (figures.now, *reversed(figures.before))]
        chart = week_chart(figures, PLACE, voice)
        assert chart.recipe["new"] == [c.new for c in (*figures.before, figures.now)]
        assert all(f": {number}" in chart.alternative for number in chart.recipe["open"])
        assert json.loads(json.dumps(figures.as_json(inside=True)))["now"]["new"] == figures.now.new


async def test_only_coordinators_read_about_people(told: list[Told]) -> None:
    assert any(figures.people and figures.risks for figures, _, _ in told)
    for figures, named, voice in told:
        said = WeekText(figures, named, PLACE, voice, View.TEAM).whole().html
        said += week_table(figures, named, PLACE, voice, View.TEAM).decode()
        said += str(figures.as_json(inside=False)) + str(week_chart(figures, PLACE, voice))
        assert not any(name in said for name in NAMES)


async def test_who_hangs_on_one_person_and_who_lent_a_hand(told: list[Told]) -> None:
    dutch: dict[str, list[str]] = {CITY: [], "noord": []}
    for figures, named, voice in told:
        if voice.language == "nl" and figures.scope in dutch:
            text = WeekText(figures, named, PLACE, voice, View.INSIDE).whole().body
            dutch[figures.scope].append(text)
    assert any("het stadsteam hielp" in text for text in dutch[CITY])
    alone = "team Noord: helper-0 is daar de enige helper. Vraag er iemand bij."
    assert dutch["noord"]
    assert all(alone in text for text in dutch["noord"])
