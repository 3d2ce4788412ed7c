"""Hours are never used beyond what there is without a coordinator."""

import asyncio
from datetime import timedelta

import pytest

from helpdesk_bot.actions import hours
from helpdesk_bot.actions.context import Act
from helpdesk_bot.domain.minutes import read
from helpdesk_bot.domain.people import Standing
from helpdesk_bot.storage import vouchers
from helpdesk_bot.storage.models import Ticket, Voucher
from tests.conversation.conftest import COORDINATION, ELS, JORIS, SANNE, TEAM
from tests.conversation.stage import Stage, to
from tests.conversation.vouchers.work import parts, works


async def test_the_time_is_kept_and_everybody_knows(stage: Stage, sun: str) -> None:
    said = await stage.says(SANNE, TEAM, "!tijd 11u betaald 1")
    told = next(words for words in to(TEAM, said) if "Genoteerd" in words)
    assert "voucher van De Zon is op. Voor 1 uur is geen plek. Die tijd blijft bewaard" in told
    assert "!voucher toestaan 1" in told
    assert "!tijd 1 vrijwillig" in told
    assert any(
        "Sanne werkte betaald voor De Zon aan vraag 1. Voor 1 uur" in words
        for words in to(COORDINATION, said)
    )
    assert await parts(stage) == [(600, 1, False), (60, None, True)]
    [shown] = to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1"))
    assert "- Sanne: 1 uur (betaald, maar er is geen voucher voor)" in shown


async def test_given_after_all(stage: Stage, sun: str) -> None:
    await works(stage, "11u")
    assert "geen betaalde tijd" in to(TEAM, await stage.says(JORIS, TEAM, "!tijd 1 vrijwillig"))[0]
    assert (
        "1 uur bij vraag 1 is nu vrijwillig"
        in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1 vrijwillig"))[0]
    )
    assert await parts(stage) == [(600, 1, False), (60, None, False)]
    assert "geen betaalde tijd" in to(TEAM, await stage.says(SANNE, TEAM, "!tijd 1 vrijwillig"))[0]


async def test_allowed_by_a_coordinator(stage: Stage, sun: str) -> None:
    await works(stage, "11u")
    said = await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
    assert "Er wachtte 1 uur" in to(COORDINATION, said)[0]
    assert "1 uur bij vraag 1 goed" in to(TEAM, said)[0]
    assert await parts(stage) == [(600, 1, False), (60, 1, False)]
    assert "1 uur en 30 minuten te veel" in await works(stage, "30m", JORIS)
    async with stage.db.reading() as session:
        assert (await session.get_one(Voucher, 1)).overdrawn_by == ELS


async def test_allowed_when_nothing_waits(stage: Stage, sun: str) -> None:
    said = await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
    assert "Er wachtte nu geen tijd" in to(COORDINATION, said)[0]


async def test_allowed_after_it_expired(stage: Stage, sun: str) -> None:
    stage.now += timedelta(days=50)
    await works(stage, "1u")
    said = await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
    assert "ook al is die voucher verlopen" in to(COORDINATION, said)[0]


async def test_what_waits_stands_in_the_list_until_it_is_decided(stage: Stage, sun: str) -> None:
    await works(stage, "11u")
    [shown] = to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))
    assert "vraag 1, De Zon: 1 uur wacht op een besluit" in shown
    assert "!voucher toestaan 1" in shown
    assert "wacht op" not in to(TEAM, await stage.says(SANNE, TEAM, "!vouchers 1"))[0]
    await stage.says(ELS, COORDINATION, "!voucher toestaan 1")
    assert "wacht op" not in to(COORDINATION, await stage.says(ELS, COORDINATION, "!vouchers"))[0]


async def test_used_up_is_not_nearly_used_up(stage: Stage, sun: str) -> None:
    said = await stage.says(SANNE, TEAM, "!tijd 10u betaald 1")
    for room in (TEAM, COORDINATION):
        assert any("is op. Er is 10 uur gebruikt van 10 uur" in words for words in to(room, said))
        assert not any("bijna op" in words for words in to(room, said))


async def test_a_new_voucher_takes_what_waited(stage: Stage, sun: str) -> None:
    await works(stage, "13u")
    said = await stage.says(ELS, COORDINATION, "!voucher De Zon 2u Fonds tot 1-3-2027")
    assert "Daarvan is 2 uur meteen van deze voucher gegaan" in to(COORDINATION, said)[0]
    assert sorted(await parts(stage), key=str) == [(120, 2, False), (60, None, True), (600, 1, False)]


async def test_what_is_taken_back_is_there_for_what_waits(stage: Stage, sun: str) -> None:
    await works(stage, "9u")
    first = stage.last
    await works(stage, "3u", JORIS)
    said = await stage.edits(SANNE, TEAM, first, "!tijd 8u betaald 1")
    assert any("1 uur bij vraag 1 gaat nu toch van een voucher" in words for words in to(TEAM, said))
    assert sum(minutes for minutes, _, waits in await parts(stage) if waits) == 60
    await stage.deletes(SANNE, TEAM, first)
    assert not any(waits for *_, waits in await parts(stage))


async def test_nothing_to_allow(stage: Stage, asked: str) -> None:
    assert "geen voucher" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!voucher toestaan 1"))[0]


async def test_stopped(stage: Stage, sun: str) -> None:
    assert "is gestopt" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!voucher stop 1"))[0]
    assert "geen voucher 1" in to(COORDINATION, await stage.says(ELS, COORDINATION, "!voucher stop 1"))[0]
    await works(stage, "1u")
    assert await parts(stage) == [(60, None, False)]


@pytest.mark.both_databases
async def test_two_at_once_never_overdraw(stage: Stage, sun: str) -> None:
    who = [Standing(user, frozenset({TEAM})) for user in (SANNE, JORIS) * 4]

    async def book(at: int, helper: Standing) -> None:
        async with stage.db.transaction() as session:
            act = Act(session, stage.now, stage.setting)
            ticket = await session.get_one(Ticket, 1)
            await hours.book(
                act, ticket, helper, read("2u betaald", act.today), event_id=f"$at{at}", room_id=TEAM
            )

    await asyncio.gather(*(book(at, helper) for at, helper in enumerate(who)))
    async with stage.db.reading() as session:
        assert await vouchers.used(session, 1) == 600
    assert sum(minutes for minutes, _, waits in await parts(stage) if waits) == 360
