"""'I'll come back to you on Tuesday': kept, or nudged."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpdesk_bot.config.opening import OpeningHours
from helpdesk_bot.storage.models import Promise
from tests.conversation.conftest import FATIMA, JORIS, SANNE, TEAM
from tests.conversation.helpers import helps
from tests.conversation.stage import CONFIG, Said, Stage, to, unhurried

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nothing_else_is_late(stage: Stage) -> None:
    stage.configure(unhurried(CONFIG))


async def standing(stage: Stage) -> int:
    async with stage.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(Promise)) or 0


def pinged(said: list[Said]) -> set[str]:
    return {user for s in said for user in s.content.get("m.mentions", {}).get("user_ids", [])}


@pytest.fixture
async def promised(stage: Stage, helped: str) -> str:
    """It is Monday, ten o'clock."""
    await stage.replies(SANNE, TEAM, await stage.card(), "Dank je. Ik kom er dinsdag op terug.")
    return helped


async def test_it_is_noted_inside_and_in_words(stage: Stage, helped: str) -> None:
    said = await stage.replies(SANNE, TEAM, await stage.card(), "I'll get back to you on Tuesday.")
    [note] = [s for s in said if "Afspraak genoteerd" in s.body]
    assert note.room == TEAM
    assert "morgen om 17:00" in note.body
    assert note.refs["thread"] == await stage.card()
    assert not [words for words in to(helped, said) if "Afspraak" in words]


async def test_other_answers_promise_nothing(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Als het dinsdag nog niet werkt, bel ik je.")
    assert await standing(stage) == 0


async def test_a_note_promises_nothing(stage: Stage, helped: str) -> None:
    await stage.in_thread(SANNE, TEAM, await stage.card(), "Ik kom er dinsdag op terug.")
    assert await standing(stage) == 0


async def test_an_answer_keeps_it_in_silence(stage: Stage, promised: str) -> None:
    await stage.passes(24 * HOUR)
    said = await stage.replies(SANNE, TEAM, await stage.card(), "Het werkt weer, kijk maar.")
    assert await standing(stage) == 0
    assert not [s for s in said if "fspraak" in s.body]
    assert not await stage.passes(10 * HOUR)


@pytest.mark.both_databases
async def test_at_the_end_of_the_day_the_helper_then_the_team(stage: Stage, promised: str) -> None:
    assert not await stage.passes(30 * HOUR)  # Tuesday at four
    said = await stage.passes(HOUR)
    [nudge] = to(TEAM, said)
    assert "je schreef dat je iets zou laten horen" in nudge
    assert pinged(said) == {SANNE}
    assert not to(promised, said)
    assert not await stage.passes(23 * HOUR)
    said = await stage.passes(HOUR)
    assert "is een afspraak niet nagekomen" in to(TEAM, said)[0]
    assert not to(promised, said)
    assert not await stage.passes(timedelta(days=6))
    assert await standing(stage) == 0


async def test_no_phone_buzzes_while_the_helper_is_quiet(stage: Stage, promised: str) -> None:
    await helps(stage, SANNE, quiet_days=[1])
    [nudge] = await stage.passes(31 * HOUR)
    assert "je schreef dat je iets zou laten horen" in nudge.body
    assert nudge.content["msgtype"] == "m.notice"
    assert not pinged([nudge])


async def test_a_friday_is_followed_by_a_monday(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Ik bel je vrijdag.")
    assert to(TEAM, await stage.passes(timedelta(days=4, hours=7)))
    assert not await stage.passes(timedelta(days=2, hours=23))
    assert "niet nagekomen" in to(TEAM, await stage.passes(HOUR))[0]


async def test_a_question_of_the_requester_does_not_keep_it(stage: Stage, promised: str) -> None:
    await stage.says(FATIMA, promised, "Is er al nieuws?")
    assert to(TEAM, await stage.passes(31 * HOUR))


async def test_taken_back_in_words(stage: Stage, promised: str) -> None:
    assert "geen afspraak meer" in to(TEAM, await stage.says(SANNE, TEAM, "!geen-afspraak 1"))[0]
    assert "staat geen afspraak" in to(TEAM, await stage.says(SANNE, TEAM, "!no-promise 1"))[0]
    assert not await stage.passes(31 * HOUR)


async def test_it_is_gone_with_the_answer(stage: Stage, helped: str) -> None:
    await stage.replies(SANNE, TEAM, await stage.card(), "Ik kom er dinsdag op terug.")
    await stage.deletes(SANNE, TEAM, stage.last)
    assert not await stage.passes(31 * HOUR)


class TestCorrected:
    async def test_to_another_day(self, stage: Stage, helped: str) -> None:
        await stage.replies(SANNE, TEAM, await stage.card(), "Ik kom er dinsdag op terug.")
        said = await stage.edits(SANNE, TEAM, stage.last, "Ik kom er donderdag op terug.")
        assert any("donderdag 26 november om 17:00" in words for words in to(TEAM, said))
        assert not await stage.passes(31 * HOUR)
        assert to(TEAM, await stage.passes(48 * HOUR))

    async def test_to_none(self, stage: Stage, helped: str) -> None:
        await stage.replies(SANNE, TEAM, await stage.card(), "Ik kom er dinsdag op terug.")
        await stage.edits(SANNE, TEAM, stage.last, "Ik kijk of iemand anders dat weet.")
        assert await standing(stage) == 0

    async def test_an_old_answer_takes_nothing_away(self, stage: Stage, helped: str) -> None:
        await stage.replies(SANNE, TEAM, await stage.card(), "Staat hij nog aan?")
        first = stage.last
        await stage.replies(SANNE, TEAM, await stage.card(), "Ik kom er dinsdag op terug.")
        await stage.edits(SANNE, TEAM, first, "Staat hij nog wel aan?")
        assert await standing(stage) == 1


@pytest.mark.parametrize("then", ["!opgelost 1", "!loslaten 1", "!overdragen 1 @joris:test"])
async def test_nobody_is_held_to_what_is_no_longer_theirs(stage: Stage, promised: str, then: str) -> None:
    await stage.says(SANNE, TEAM, then)
    said = await stage.passes(31 * HOUR)
    assert not [s for s in said if "iets zou laten horen" in s.body]


async def test_two_helpers_who_both_promise(stage: Stage, promised: str) -> None:
    """Only the last one stands: the requester has heard from somebody."""
    await stage.replies(JORIS, TEAM, await stage.card(), "Ik kijk er woensdag naar.")
    assert await standing(stage) == 1


async def test_late_after_a_stop_once(stage: Stage, promised: str) -> None:
    said = await stage.passes(timedelta(days=21))
    assert len([s for s in said if "iets zou laten horen" in s.body]) == 1
    assert not await stage.passes(timedelta(0))


async def test_where_they_are_open_in_the_evening_too(stage: Stage, helped: str) -> None:
    """Noord closes at nine in the evening, the others at five: the nudge waits for nobody's morning."""
    noord, *others = CONFIG.stadsdelen
    late = OpeningHours.model_validate({"monday": "13:00-21:00", "tuesday": "13:00-21:00"})
    parts = (noord.model_copy(update={"opening_hours": late}), *others)
    stage.configure(unhurried(CONFIG).model_copy(update={"stadsdelen": parts}))
    await stage.replies(SANNE, TEAM, await stage.card(), "Ik kom er vandaag op terug.")
    said = await stage.passes(11 * HOUR)  # nine in the evening, Amsterdam
    assert pinged(said) == {SANNE}
