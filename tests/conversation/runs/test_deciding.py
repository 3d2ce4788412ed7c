"""Who decides on the turning point: when it may begin, and whether to go back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage.models import RunEvent, RunTicket
from tests.conversation.conftest import COORDINATION, ELS
from tests.conversation.runs.walker import NOOR, OWN, TARIK, Walker, inputs_of
from tests.conversation.stage import BOT, Said, Stage, edits_in, to

MAIL = "gmail-to-open-mail-host"  # in which a technician begins the cutover
BAS, DM = "@bas:test", "!dm-tarik:test"
HERE = {"m.mentions": {"user_ids": [BOT]}}


@pytest.fixture
async def turning(stage: Stage, library: Shelf) -> Walker:
    """Just before the turning point."""
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(MAIL, inputs_of(library.playbooks[MAIL].open().inputs, 0))
    await walker.until(Ask.DECIDE)
    return walker


async def asked(walker: Walker) -> list[str]:
    """Who is asked whether it may begin."""
    return [one.dialog.user_id for one in await walker.open() if one.what is Ask.DECIDE]


async def in_the_queue(walker: Walker, step: str) -> bool:
    async with walker.stage.db.reading() as session:
        query = select(RunTicket.ticket_id).where(RunTicket.step == step, RunTicket.does)
        return await session.scalar(query.limit(1)) is not None


def all_of(said: list[Said]) -> str:
    return "\n".join(one.body for one in said if one.kind == "send" and not one.edits)


async def told(walker: Walker, what: str) -> list[RunEvent]:
    async with walker.stage.db.reading() as session:
        query = select(RunEvent).where(RunEvent.what == what).order_by(RunEvent.id)
        return list((await session.scalars(query)).all())


async def test_nothing_begins_before_they_say_yes(turning: Walker) -> None:
    stage = turning.stage
    please = [one.body for one in turning.said if "Jij beslist" in one.body]
    assert len(please) == 1
    assert "technische helper" in please[0]
    assert "dan kun je terug" in please[0]
    assert await asked(turning) == [NOOR]
    assert not await in_the_queue(turning, "freeze")
    assert "Noor beslist of het mag beginnen" in edits_in(OWN, turning.said)[-1]
    place = f"{turning.number}.{(await turning.row('freeze')).place}"
    refused = await stage.says(TARIK, DM, f"!gedaan {place}")
    assert "mag nog niet beginnen" in to(DM, refused)[0]
    [one] = [one for one in await turning.open() if one.what is Ask.DECIDE]
    said = await turning.reply(one, "ja")
    assert "Dit begint nu" in to(OWN, said)[0]
    assert await in_the_queue(turning, "freeze")
    assert await asked(turning) == []
    assert [event.actor for event in await told(turning, "decided")] == [NOOR]
    await turning.walk()
    assert await turning.state() is Run.FINISHED


@pytest.mark.parametrize(("words", "why"), [("nee, het bestuur is op reis", "op reis"), ("nee", "contact")])
async def test_they_say_no_and_later_yes(turning: Walker, words: str, why: str) -> None:
    [one] = [one for one in await turning.open() if one.what is Ask.DECIDE]
    said = await turning.reply(one, words)
    assert "er wordt nog niets omgezet" in to(OWN, said)[0]
    assert why in to(DM, said)[0]
    assert not await in_the_queue(turning, "freeze")
    again = await turning.stage.passes(timedelta(days=8))
    assert "Jij beslist" in all_of(again), "it is not forgotten"
    await turning.stage.reacts(NOOR, OWN, f"$out{one.dialog.asked}", "👍")
    assert await in_the_queue(turning, "freeze")


async def test_help_is_no_answer(turning: Walker) -> None:
    [one] = [one for one in await turning.open() if one.what is Ask.DECIDE]
    await turning.reply(one, "hulp")
    assert await asked(turning) == [NOOR]
    assert not await in_the_queue(turning, "freeze")


async def test_a_trainer_can_nudge_but_not_decide(turning: Walker) -> None:
    stage = turning.stage
    [one] = [one for one in await turning.open() if one.what is Ask.DECIDE]
    await stage.replies(TARIK, OWN, f"$out{one.dialog.asked}", "ja")
    assert not await in_the_queue(turning, "freeze")
    place = f"{turning.number}.{(await turning.row('freeze')).place}"
    said = await stage.says(TARIK, DM, f"!seintje {place}")
    assert "Jij beslist" in all_of([s for s in said if s.room == OWN])


async def test_who_comes_in_their_place_is_asked(turning: Walker) -> None:
    stage = turning.stage
    await stage.says(TARIK, DM, f"!rol {turning.number} initiatief {BAS}")
    assert await asked(turning) == [BAS]
    await stage.says(BAS, OWN, "ja", **HERE)
    assert await in_the_queue(turning, "freeze")


async def test_after_a_pause_they_are_asked_again(turning: Walker) -> None:
    await turning.stage.says(TARIK, DM, f"!stilzetten {turning.number} vakantie")
    said = await turning.stage.says(TARIK, DM, f"!hervat {turning.number}")
    assert "Jij beslist" in all_of(said)
    assert (await turning.states())["freeze"] is Step.DOING


class TestGoingBack:
    async def test_it_is_for_who_decides(self, turning: Walker) -> None:
        stage, number = turning.stage, turning.number
        refused = to(DM, await stage.says(TARIK, DM, f"!terugdraaien {number} het lukt niet"))
        assert "beslist Noor" in refused[0]
        assert await turning.state() is Run.RUNNING
        await stage.says(NOOR, OWN, f"!terugdraaien {number} het lukt niet", **HERE)
        assert await turning.state() is Run.RETURNING
        assert "beslist Noor" in to(DM, await stage.says(TARIK, DM, f"!hervat {number}"))[0]
        await stage.says(NOOR, OWN, f"!hervat {number}", **HERE)
        assert await turning.state() is Run.RUNNING
        [back] = await told(turning, "run_go_back")
        assert (back.actor, back.detail) == (NOOR, {})

    async def test_their_reserve_may(self, turning: Walker) -> None:
        await turning.stage.says(NOOR, OWN, f"!rol {turning.number} reserve {BAS}")
        await turning.stage.says(BAS, OWN, f"!terugdraaien {turning.number} Noor is ziek", **HERE)
        assert await turning.state() is Run.RETURNING

    async def test_a_coordinator_in_their_place(self, turning: Walker) -> None:
        """Whoever decides hears it, and it stands in the timeline whose decision it was."""
        stage, number = turning.stage, turning.number
        said = await stage.says(ELS, COORDINATION, f"!terugdraaien {number} de host is failliet")
        assert await turning.state() is Run.RETURNING
        assert "de host is failliet" in all_of([one for one in said if one.room == OWN])
        await stage.says(ELS, COORDINATION, f"!hervat {number}")
        events = [*await told(turning, "run_go_back"), *await told(turning, "run_resume")]
        assert [(event.actor, event.detail) for event in events] == [(ELS, {"instead_of": NOOR})] * 2

    async def test_the_trainer_reads_at_the_end_whose_it_is(self, turning: Walker) -> None:
        await turning.walk()
        ends = [one for one in turning.said if "nog terug" in one.body]
        assert any("Daarover beslist Noor" in one.body for one in ends if one.room == DM)
        assert any("!terugdraaien" in one.body for one in ends if one.room == OWN)


async def test_in_english(stage: Stage, library: Shelf) -> None:
    walker = Walker(stage, library, language="en")
    await walker.set_up()
    await walker.start(MAIL, inputs_of(library.playbooks[MAIL].open().inputs, 0))
    await walker.until(Ask.DECIDE)
    assert "You decide whether it may begin" in all_of(walker.said)
    await walker.walk()
    assert await walker.state() is Run.FINISHED
