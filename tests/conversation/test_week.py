"""Monday morning: the week that is over, read, spoken about and asked for again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.actions import weekly
from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.storage.files import FILE_KEY
from helpdesk_bot.storage.models import (
    File,
    OutboxRow,
    Ticket,
    TicketEvent,
    Timer,
    WeekNote,
    WeekPost,
    Work,
)
from tests.conversation.conftest import CITY, COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM, WEST, WIM
from tests.conversation.stage import CONFIG, Said, Stage, to, unhurried

# The stage begins on Monday 23 November 2026 at ten, local time; the next Monday at nine is this.
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
NORA = "@nora:test"


async def planned(stage: Stage) -> None:
    async with stage.db.transaction() as session:
        await weekly.plan(Act(session, stage.now, stage.setting))


async def until(stage: Stage, moment: datetime) -> list[Said]:
    return await stage.passes(moment - stage.now)


def words(said: list[Said], room: str = COORDINATION) -> list[Said]:
    return [s for s in said if s.room == room and s.type == "m.room.message" and FILE_KEY not in s.content]


def files(said: list[Said], room: str = COORDINATION) -> list[Said]:
    return [s for s in said if s.room == room and FILE_KEY in s.content]


async def table(stage: Stage, said: Said) -> str:
    """The CSV that was sent, as text."""
    async with stage.db.reading() as session:
        file = await session.get_one(File, int(said.event_id.removeprefix("$out")))
        assert file.data is not None
        return file.data.decode("utf-8-sig")


@pytest.fixture(autouse=True)
def nothing_is_late(stage: Stage) -> None:
    stage.configure(unhurried(CONFIG))


@pytest.fixture
async def monday(stage: Stage, helped: str) -> list[Said]:
    """A week in which Sanne helped Fatima in Noord; returns what was said on Monday at nine."""
    await planned(stage)
    return await until(stage, MONDAY)


# Monday


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


# Read


async def test_read_by_a_check_mark(stage: Stage, monday: list[Said]) -> None:
    overview = words(monday)[1]
    [told] = await stage.reacts(ELS, COORDINATION, overview.event_id, "✅")
    assert told.body == "Els heeft week 48 gelezen (Noord)."
    assert told.refs["thread"] == overview.event_id
    async with stage.db.reading() as session:
        post = await session.scalar(select(WeekPost).where(WeekPost.scope == "noord"))
    assert post is not None
    assert (post.read_by, post.read_at) == (ELS, stage.now)


async def test_read_twice_and_by_two(stage: Stage, monday: list[Said]) -> None:
    await stage.join(COORDINATION, NORA)
    overview = words(monday)[0].event_id
    await stage.reacts(ELS, COORDINATION, overview, "✔️")
    assert await stage.reacts(ELS, COORDINATION, overview, "✅") == []
    [told] = await stage.reacts(NORA, COORDINATION, overview, "✅")
    assert "Els had week 48 al gelezen" in told.body


async def test_another_sign_is_no_reading(stage: Stage, monday: list[Said]) -> None:
    assert await stage.reacts(ELS, COORDINATION, words(monday)[0].event_id, "👀") == []


@pytest.mark.parametrize("command", ["!gelezen", "!read"])
async def test_read_by_words_in_the_thread(stage: Stage, monday: list[Said], command: str) -> None:
    said = await stage.in_thread(ELS, COORDINATION, words(monday)[1].event_id, command)
    assert to(COORDINATION, said) == ["Els heeft week 48 gelezen (Noord)."]


async def test_read_by_words_without_threads(stage: Stage, monday: list[Said]) -> None:
    [all_] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!gelezen"))
    assert all_ == "Genoteerd: gelezen door Els. Het gaat om: week 48 (hele stad) en week 48 (Noord)."
    [nothing] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!gelezen"))
    assert "Er is geen weekoverzicht" in nothing


async def test_a_helper_ticks_nothing_off(stage: Stage, monday: list[Said]) -> None:
    [no] = to(TEAM, await stage.says(SANNE, TEAM, "!gelezen"))
    assert "gelezen" in no
    async with stage.db.reading() as session:
        assert not (await session.scalars(select(WeekPost).where(WeekPost.read_at.is_not(None)))).all()


async def test_unread_by_wednesday_is_reminded_once(stage: Stage, monday: list[Said]) -> None:
    await stage.reacts(ELS, COORDINATION, words(monday)[1].event_id, "✅")
    assert not await until(stage, MONDAY + timedelta(days=2, seconds=-1))
    [reminder] = await stage.passes(timedelta(seconds=1))
    assert "Nog niemand heeft dit weekoverzicht als gelezen gemeld: week 48, hele stad" in reminder.body
    assert reminder.refs["thread"] == words(monday)[0].event_id
    assert not await stage.passes(timedelta(days=1))


async def test_told_late_there_is_a_day_to_read_it(stage: Stage, helped: str) -> None:
    await planned(stage)
    [city, _] = words(await until(stage, MONDAY + timedelta(days=1, hours=23, minutes=55)))
    assert not await stage.passes(timedelta(hours=23, minutes=59))
    reminders = await stage.passes(timedelta(minutes=1))
    assert reminders[0].refs["thread"] == city.event_id


async def test_nobody_is_reminded_of_a_week_behind_another(stage: Stage, monday: list[Said]) -> None:
    said = await stage.passes(timedelta(weeks=1))
    assert len([s for s in words(said) if s.body.startswith("Week 49")]) == 2
    assert not [s for s in words(said) if "Nog niemand" in s.body]


# Notes


async def test_what_is_said_in_the_thread_is_kept_and_shown(stage: Stage, monday: list[Said]) -> None:
    overview = words(monday)[0].event_id
    said = await stage.in_thread(ELS, COORDINATION, overview, "Druk door de actie van de buurtmoestuin")
    assert [s.body for s in said] == ["📌 bewaard"]
    later = await stage.says(ELS, COORDINATION, "!week 48")
    [shown] = words(later)
    assert "Notities bij deze week" in shown.body
    assert "Els: ‘Druk door de actie van de buurtmoestuin’" in shown.body
    assert overview in shown.content["formatted_body"]


async def test_a_reply_counts_where_there_are_no_threads(stage: Stage, monday: list[Said]) -> None:
    await stage.replies(ELS, COORDINATION, words(monday)[0].event_id, "Ik bel West")
    async with stage.db.reading() as session:
        assert (await session.scalars(select(WeekNote.text))).all() == ["Ik bel West"]


async def test_notes_follow_corrections_and_deletions(stage: Stage, monday: list[Said]) -> None:
    overview = words(monday)[0].event_id
    await stage.in_thread(ELS, COORDINATION, overview, "Wie belt Wset?")
    note = stage.last
    assert await stage.edits(ELS, COORDINATION, note, "Wie belt West?") == []
    await stage.edits(NORA, COORDINATION, note, "iets van een ander")
    [shown] = words(await stage.says(ELS, COORDINATION, "!week"))
    assert "Wie belt West?" in shown.body
    await stage.deletes(ELS, COORDINATION, note)
    [shown] = words(await stage.says(ELS, COORDINATION, "!week"))
    assert "Wie belt" not in shown.body


async def test_nobody_reaches_a_note_from_another_room(stage: Stage, monday: list[Said]) -> None:
    await stage.in_thread(ELS, COORDINATION, words(monday)[0].event_id, "Wie belt West?")
    note = stage.last
    await stage.deletes(FATIMA, await stage.direct(FATIMA), note)
    await stage.edits(ELS, TEAM, note, "iets anders")
    [shown] = words(await stage.says(ELS, COORDINATION, "!week"))
    assert "Wie belt West?" in shown.body


async def test_other_talk_of_coordinators_is_nobodys_note(stage: Stage, monday: list[Said]) -> None:
    assert await stage.says(ELS, COORDINATION, "Goedemorgen!") == []
    async with stage.db.reading() as session:
        assert not (await session.scalars(select(WeekNote))).all()


async def test_in_a_room_that_anyone_can_join_nothing_is_kept_or_ticked_off(
    stage: Stage, monday: list[Said]
) -> None:
    await stage.room(COORDINATION, join_rule="public", encrypted=True)
    overview = words(monday)[0].event_id
    for said in (
        await stage.in_thread(ELS, COORDINATION, overview, "een notitie"),
        await stage.reacts(ELS, COORDINATION, overview, "✅"),
    ):
        assert "Iedereen kan deze kamer" in to(COORDINATION, said)[0]
    async with stage.db.reading() as session:
        assert not (await session.scalars(select(WeekNote))).all()
        assert not (await session.scalars(select(WeekPost).where(WeekPost.read_at.is_not(None)))).all()


# On demand


@pytest.mark.parametrize(
    ("command", "head"),
    [
        ("!week", "Week 48 · hele stad"),
        ("!week vorige", "Week 48 · hele stad"),
        ("!week noord", "Week 48 · Noord"),
        ("!week noord 47", "Week 47 · Noord"),
        ("!week 47 Noord", "Week 47 · Noord"),
        ("!week osdorp vorige week", "Week 48 · Nieuw-West"),
        ("!week nieuw-west 2026-40", "Week 40 · Nieuw-West"),
        ("!week hele stad 2026-W40", "Week 40 · hele stad"),
        ("!week 53", "Week 53 · hele stad"),
    ],
)
async def test_asked_for(stage: Stage, monday: list[Said], command: str, head: str) -> None:
    said = await stage.says(ELS, COORDINATION, command)
    [overview] = words(said)
    assert overview.body.startswith(head)
    picture, csv = files(said)
    assert picture.content["msgtype"] == "m.image"
    assert csv.refs == {"thread": overview.event_id}


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("!week zuid", "Ik begrijp ‘zuid’ niet"),
        ("!week noord 46 graag snel", "Ik begrijp ‘noord 46 graag snel’ niet"),
        ("!week 60", "Een week ‘60’ bestaat niet"),
        ("!week 2025-53", "Een week ‘2025-53’ bestaat niet"),
        ("!week 2026-49", "Week 49 is nog niet voorbij. De cijfers komen maandag 7 december om 09:00"),
    ],
)
async def test_what_can_not_be_asked(stage: Stage, monday: list[Said], command: str, answer: str) -> None:
    said = await stage.says(ELS, COORDINATION, command)
    assert answer in words(said)[0].body
    assert not files(said)


async def test_a_typo_gets_a_suggestion(stage: Stage, monday: list[Said]) -> None:
    [meant] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!weke"))
    assert "!week" in meant


async def test_in_english(stage: Stage, monday: list[Said]) -> None:
    await stage.says(ELS, COORDINATION, "!language English")
    said = await stage.says(ELS, COORDINATION, "!week noord last week")
    assert "New: 1" in words(said)[0].body
    assert "Questions" not in words(said)[0].body
    assert "new: wk 44: 0" in files(said)[0].body


async def test_an_old_week_is_as_it_was_then(stage: Stage, monday: list[Said], helped: str) -> None:
    """It was open at the end of week 48, whatever has become of it since."""
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    await stage.says(FATIMA, helped, "ja")
    stage.now += timedelta(weeks=3)
    [then] = words(await stage.says(ELS, COORDINATION, "!week 48"))
    assert "Open aan het eind: 1" in then.body
    [after] = words(await stage.says(ELS, COORDINATION, "!week 49"))
    assert "Open aan het eind: 0" in after.body
    assert "Opgelost: 1" in after.body
    assert "1 bevestigd door de vrager" in after.body


async def test_a_promise_that_was_broken_is_not_mended_by_the_next(
    stage: Stage, monday: list[Said], helped: str
) -> None:
    stage.now += timedelta(weeks=3)
    await stage.reacts(SANNE, TEAM, await stage.card(), "✅")
    due = (await stage.ticket()).solve_due
    await stage.says(FATIMA, helped, "nee, nog niet")
    assert due is not None
    async with stage.db.reading() as session:
        ticket = await session.get_one(Ticket, 1)
        [step] = await session.scalars(select(TicketEvent).where(TicketEvent.what == "reopen"))
        assert ticket.solve_due is not None
    assert ticket.solve_due > due
    assert datetime.fromisoformat(step.detail["solve_due"]) == due


async def test_who_does_what_is_for_coordinators_only(stage: Stage, monday: list[Said]) -> None:
    async with stage.db.transaction() as session:
        session.add(
            Work(
                ticket_id=1,
                user_id=SANNE,
                minutes=90,
                paid=False,
                worked_on=datetime(2026, 11, 24, tzinfo=UTC).date(),
                event_id="$w1",
                created_at=stage.now,
            )
        )
    inside = await stage.says(ELS, COORDINATION, "!week noord")
    assert "Sanne: 1 in handen, 0 opgelost, 1 uur en 30 minuten gewerkt" in words(inside)[0].body
    team = await stage.says(SANNE, TEAM, "!week")
    assert "Vrijwillig: 1 uur en 30 minuten" in words(team, TEAM)[0].body
    assert "Sanne" not in words(team, TEAM)[0].body
    assert "Sanne" not in await table(stage, files(team, TEAM)[1])
    assert "Hangt op één persoon" not in words(team, TEAM)[0].body


async def test_a_team_sees_its_own_and_no_other(stage: Stage, monday: list[Said]) -> None:
    own = await stage.says(WIM, WEST, "!week 48")
    assert words(own, WEST)[0].body.startswith("Week 48 · West")
    [no] = to(WEST, await stage.says(WIM, WEST, "!week noord"))
    assert "alleen de cijfers van West" in no


async def test_the_citys_team_sees_the_city(stage: Stage, monday: list[Said]) -> None:
    await stage.join(CITY, JORIS, "@hulp:test")
    said = await stage.says(JORIS, CITY, "!week")
    assert words(said, CITY)[0].body.startswith("Week 48 · hele stad")
    assert "Sanne" not in words(said, CITY)[0].body


async def test_in_a_direct_chat(stage: Stage, monday: list[Said]) -> None:
    els, sanne = await stage.direct(ELS), await stage.direct(SANNE)
    said = await stage.says(ELS, els, "!week noord")
    assert "Sanne: 1 in handen" in words(said, els)[0].body
    [no] = to(sanne, await stage.says(SANNE, sanne, "!week"))
    assert "in je teamkamer" in no


async def test_nobody_else_gets_figures(stage: Stage, monday: list[Said], dm: str) -> None:
    [no] = to(dm, await stage.says(FATIMA, dm, "!week"))
    assert "Week 48" not in no
    said = await stage.says(SANNE, "!help-noord:test", "!week")
    assert all("Week 48 ·" not in s.body for s in said)


async def test_who_was_a_coordinator_is_none_any_more(stage: Stage, monday: list[Said]) -> None:
    els = await stage.direct(ELS)
    await stage.join(COORDINATION, ELS, membership="leave")
    [no] = to(els, await stage.says(ELS, els, "!week"))
    assert "Week 48 ·" not in no


# What goes wrong


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


async def test_paid_work_that_nobody_pays_yet_is_said_apart(stage: Stage, monday: list[Said]) -> None:
    async with stage.db.transaction() as session:
        for minutes, undecided in ((90, True), (30, False)):
            session.add(
                Work(
                    ticket_id=1,
                    user_id=SANNE,
                    minutes=minutes,
                    paid=True,
                    undecided=undecided,
                    worked_on=datetime(2026, 11, 24, tzinfo=UTC).date(),
                    event_id=f"$w{minutes}",
                    created_at=stage.now,
                )
            )
    said = await stage.says(ELS, COORDINATION, "!week")
    assert "Betaald: 2 uur" in words(said)[0].body
    assert "past 1 uur en 30 minuten in geen enkele voucher" in words(said)[0].body
    assert "undecided_minutes;betaald, past in geen voucher, minuten;;90;0" in await table(
        stage, files(said)[1]
    )
    assert "voucher" not in words(await stage.says(SANNE, TEAM, "!week"), TEAM)[0].body


@pytest.mark.parametrize("name", ["deze week", "noord deze week", "this week", "nu"])
async def test_this_week_is_not_over(stage: Stage, monday: list[Said], name: str) -> None:
    [refused] = words(await stage.says(ELS, COORDINATION, f"!week {name}"))
    assert "Week 49 is nog niet voorbij" in refused.body
