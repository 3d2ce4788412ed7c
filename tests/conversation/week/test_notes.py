"""What coordinators say about a week is kept with it, and nothing else is."""

from sqlalchemy import select

from helpdesk_bot.storage.models import WeekNote, WeekPost
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, TEAM
from tests.conversation.stage import Said, Stage, to
from tests.conversation.week.overview import NORA, words


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
