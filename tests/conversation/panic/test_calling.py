"""Somebody is called until somebody comes, and whoever waits sees all of it."""

from datetime import datetime

import pytest

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.undelivered import undelivered
from helpdesk_bot.domain.tickets import Priority
from helpdesk_bot.schedule.jobs import Jobs
from helpdesk_bot.storage.models import OutboxRow, PanicCall
from helpdesk_bot.storage.outbox import Urgency
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, HELP, JORIS, KWAME, SANNE, TEAM, WIM
from tests.conversation.duty import KIM, chat
from tests.conversation.panic.emergency import HOUR, MINUTE, PATIENCE, SECOND, called, panics, state
from tests.conversation.stage import Stage, to


@pytest.mark.both_databases
async def test_one_after_the_other_up_to_the_coordinators(duty: Stage, ringing: str) -> None:
    assert not await duty.passes(PATIENCE - MINUTE)
    said = await duty.passes(MINUTE)
    assert to(ringing, said) == [
        "Nog geen antwoord.\n\nIk bel nu Joris, de volgende in de rij voor Noord. Komt er binnen 5 minuten geen "
        "antwoord, dan bel ik weer iemand anders."
    ]
    assert to(chat(JORIS), said)
    assert "Ik bel nu Kim, die dienst heeft voor de hele stad" in to(ringing, await duty.passes(PATIENCE))[0]
    assert "Ik bel nu Wim" in to(ringing, await duty.passes(PATIENCE))[0]
    said = await duty.passes(PATIENCE)
    assert "alle coördinatoren" in to(ringing, said)[0]
    [room] = [s for s in said if s.room == COORDINATION]
    assert room.content["m.mentions"] == {"user_ids": [ELS]}
    assert any("noodgeval" in s.body for s in said if s.room.startswith(("!new-dm-els", "direct:@els")))
    said = await duty.passes(PATIENCE)
    [words] = to(ringing, said)
    assert "nog niemand heeft geantwoord" in words
    assert "Uiterlijk" in words
    assert "112" in words
    assert "niemand heeft geantwoord" in to(COORDINATION, said)[0]
    assert await state(duty) == "unanswered"


async def test_whoever_slept_is_called_once_more(duty: Stage, ringing: str) -> None:
    await duty.passes(PATIENCE)
    await duty.says(JORIS, chat(JORIS), "nee")
    for _ in range(4):
        await duty.passes(PATIENCE)
    assert await state(duty) == "unanswered"
    said = await duty.passes(24 * HOUR)  # late, after a stop
    assert "iedereen nog een keer" in to(ringing, said)[0]
    assert all("meer mensen tegelijk" in words for words in to(chat(SANNE), said))
    assert [len(to(chat(user), said)) for user in (SANNE, JORIS, KIM, WIM)] == [1, 0, 1, 1]
    said = await duty.says(SANNE, chat(SANNE), "ik kom")
    assert "Sanne heeft het gezien" in to(ringing, said)[0]
    assert [len(to(chat(user), said)) for user in (JORIS, KIM, WIM)] == [0, 1, 1]
    assert not await duty.passes(24 * HOUR)


async def test_a_second_time_is_the_last(duty: Stage, ringing: str) -> None:
    for _ in range(6):
        await duty.passes(PATIENCE)
    assert await duty.passes(3 * PATIENCE)
    assert not await duty.passes(24 * HOUR)


async def test_nobody_is_asked_beside_whoever_is_called(duty: Stage, dm: str) -> None:
    await duty.says(FATIMA, dm, "Onze agenda is ineens leeg")
    said = await duty.says(FATIMA, dm, "!paniek")
    offers = [s.body for s in said if "kun jij vraag 1 oppakken" in s.body]
    assert not offers
    assert (await duty.ticket()).suggested == []
    await duty.says(FATIMA, dm, "het gaat over onze website")
    for _ in range(3):
        assert not [s for s in await duty.passes(PATIENCE) if "oppakken" in s.body]
    said = await duty.passes(PATIENCE)  # now it is up to the coordinators, and to anybody
    assert any("Er komt nog niemand" in words for words in to(TEAM, said))
    assert not [s for s in said if "kun jij vraag 1 oppakken" in s.body and "Sanne" in s.body]


async def test_late_after_a_stop_it_goes_on_where_it_was_and_once(duty: Stage, ringing: str) -> None:
    said = await duty.passes(6 * HOUR)
    assert [words for words in to(ringing, said) if "Ik bel nu" in words] == to(ringing, said)
    assert len(to(ringing, said)) == 1
    assert (await called(duty)) == [(SANNE, "silent"), (JORIS, None)]


async def test_a_homeserver_that_is_away_holds_up_no_call(duty: Stage, ringing: str) -> None:
    heard: list[datetime] = []
    jobs = Jobs(duty.db, duty.setting, lambda: duty.now, lambda: None, lambda: heard[-1] if heard else None)
    await duty.says(KWAME, HELP, "!hulp Mijn mail doet het niet")
    duty.now += PATIENCE + MINUTE  # it was stopped, and has just been started: what was said is waited for
    await jobs.due()
    duty.now += 2 * MINUTE - SECOND
    await jobs.due()
    assert await called(duty) == [(SANNE, None)]
    duty.now += SECOND
    await jobs.due()
    assert await called(duty) == [(SANNE, "silent"), (JORIS, None)]
    heard.append(duty.now)
    await jobs.due()
    heard.clear()
    duty.now += PATIENCE
    await jobs.due()  # away again, and it may be back at once
    assert await called(duty) == [(SANNE, "silent"), (JORIS, None)]


async def test_merged_with_another_question_it_goes_on_for_that(duty: Stage, ringing: str) -> None:
    await duty.says(FATIMA, ringing, "!nieuw De printer doet het ook niet")
    await duty.says(JORIS, TEAM, "!samenvoegen 1 2")
    assert (await panics(duty))[0].ticket_id == 2
    assert (await duty.ticket(2)).priority == Priority.URGENT
    assert await state(duty) == "calling"
    said = await duty.says(SANNE, chat(SANNE), "ik kom")
    assert "Sanne heeft het gezien" in to(ringing, said)[0]
    assert (await duty.ticket(2)).assignee == SANNE


async def test_a_call_that_the_homeserver_refuses_is_not_waited_for(duty: Stage, ringing: str) -> None:
    async with duty.db.transaction() as session:
        call = await session.get_one(PanicCall, 1)
        row = await session.get_one(OutboxRow, call.asked)
        assert row.priority == Urgency.ALARM
        await undelivered(Act(session, duty.now, duty.setting), row, "M_FORBIDDEN")
    said = await duty.settle()
    assert "Mijn oproep kwam niet aan" in to(ringing, said)[0]
    assert "Ik bel nu Joris" in to(ringing, said)[0]
    assert "kon niet worden verstuurd" in to(COORDINATION, said)[0]


async def test_whoever_cannot_come_is_not_waited_for(duty: Stage, ringing: str) -> None:
    said = await duty.says(SANNE, chat(SANNE), "Nee, sorry")
    assert "kan nu niet komen" in to(ringing, said)[0]
    assert "Ik bel nu Joris" in to(ringing, said)[0]
    assert "ik bel de volgende" in to(chat(SANNE), said)[-1]
