"""Monday morning: the week that is over, in words, a picture and a table."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.storage.models import File, OutboxRow, Timer
from tests.conversation.conftest import COORDINATION, FATIMA, SANNE, TEAM
from tests.conversation.stage import Said, Stage, to
from tests.conversation.week.overview import MONDAY, files, planned, table, until, words


async def test_the_city_comes_first_then_where_something_happened(monday: list[Said]) -> None:
    city, noord = words(monday)
    assert city.body.startswith("Week 48 · hele stad (maandag 23 november t/m zondag 29 november)")
    assert noord.body.startswith("Week 48 · Noord")
    assert "Nieuw: 1" in city.body
    assert "Open aan het eind: 1" in city.body
    assert city.content["msgtype"] == "m.text"
    assert noord.content["msgtype"] == "m.notice", "one message makes phones buzz, not nine"


async def test_not_a_minute_early_and_not_twice(stage: Stage, helped: str) -> None:
    await planned(stage)
    assert not await until(stage, MONDAY - timedelta(seconds=1))
    assert words(await until(stage, MONDAY))
    assert not await stage.passes(timedelta(minutes=1))


async def test_the_five_that_wait_longest_with_where_they_are(stage: Stage, monday: list[Said]) -> None:
    city = words(monday)[0]
    assert "1. vraag 1 (https://matrix.to/#/!team-noord:test/$out2): Onze" in city.body
    assert "Onze gedeelde agenda is ineens leeg. Open sinds maandag 23 november" in city.body
    assert f"https://matrix.to/#/!team-noord:test/{await stage.card()}" in city.content["formatted_body"]


async def test_a_picture_says_in_words_what_it_shows(stage: Stage, monday: list[Said]) -> None:
    picture = files(monday)[0]
    assert picture.content["msgtype"] == "m.image"
    assert picture.content["filename"] == "week-2026-W48-city.png"
    assert "Week 48, hele stad" in picture.body
    assert "nieuw: wk 44: 0, wk 45: 0, wk 46: 0, wk 47: 0, wk 48: 1." in picture.body
    assert picture.content["info"] == {"mimetype": "image/png", "w": 1080, "h": 1620}
    assert not picture.refs
    async with stage.db.reading() as session:
        file = await session.get_one(File, int(picture.event_id.removeprefix("$out")))
    assert (file.data, file.recipe is not None) == (None, True), "it is drawn when it is sent"


async def test_the_table_stands_in_the_thread(stage: Stage, monday: list[Said]) -> None:
    csv = files(monday)[1]
    assert csv.content["filename"] == "week-2026-W48-city.csv"
    assert csv.refs == {"thread": words(monday)[0].event_id}
    text = await table(stage, csv)
    assert text.splitlines()[0] == "waar;code;cijfer;van;2026-W48;2026-W47;2026-W46;2026-W45;2026-W44"
    assert "hele stad;new;nieuw;;1;0;0;0;0" in text
    assert "hele stad;person_in_hand;in handen aan het eind;Sanne;1;;;;" in text


async def test_a_week_in_which_nothing_happened(stage: Stage) -> None:
    await planned(stage)
    [city] = words(await until(stage, MONDAY))
    assert "Nieuw: 0" in city.body


async def test_a_week_in_which_somebody_only_said_thanks(stage: Stage, helped: str) -> None:
    """Praise for what was done the week before is all there is to tell of Noord."""
    await stage.passes(timedelta(days=4))
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.says(FATIMA, helped, "ja")
    await planned(stage)
    await until(stage, MONDAY)
    await stage.says(FATIMA, helped, "5")
    _, noord = words(await until(stage, MONDAY + timedelta(days=7)))
    assert noord.body.startswith("Week 49 · Noord")
    assert "1 cijfer van een vrager: 5 van 5." in noord.body


async def test_three_weeks_stopped_tells_the_last_and_names_the_others(
    stage: Stage, monday: list[Said]
) -> None:
    said = await stage.passes(timedelta(weeks=3, days=2))
    overviews = [s for s in words(said) if s.body.startswith("Week ")]
    assert [s.body.split(" ")[1] for s in overviews] == ["51", "51"]
    assert "Deze weken heb je daardoor niet gehad: 49 en 50" in overviews[0].body
    assert "`!week 50`" in overviews[0].content["formatted_body"] or "!week 50" in overviews[0].body
    assert "niet gehad" not in overviews[1].body
    async with stage.db.reading() as session:
        due = (await session.scalars(select(Timer.due_at).where(Timer.kind == "week"))).all()
    assert set(due) == {datetime(2026, 12, 28, 8, 0, tzinfo=UTC)}


async def test_planned_twice_is_planned_once(stage: Stage, helped: str) -> None:
    await planned(stage)
    stage.now += timedelta(hours=5)
    await planned(stage)
    assert len(words(await until(stage, MONDAY))) == 2


async def test_nine_stays_nine_when_the_clock_changes(stage: Stage) -> None:
    stage.now = datetime(2027, 3, 22, 9, tzinfo=UTC)
    await planned(stage)
    assert not await until(stage, datetime(2027, 3, 29, 6, 59, tzinfo=UTC))
    assert words(await until(stage, datetime(2027, 3, 29, 7, 0, tzinfo=UTC)))


async def test_a_file_that_could_not_be_sent_is_said_in_the_room_itself(
    stage: Stage, monday: list[Said]
) -> None:
    async with stage.db.transaction() as session:
        row = await session.get_one(OutboxRow, int(files(monday)[0].event_id.removeprefix("$out")))
        row.content, row.state = files(monday)[0].content, "failed"
        await undelivered(Act(session, stage.now, stage.setting), row, "M_TOO_LARGE")
    [told] = to(COORDINATION, await stage.settle())
    assert "week-2026-W48-city.png" in told
    assert f"helpdesk replay {row.id}" in told
