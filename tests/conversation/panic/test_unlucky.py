"""An emergency on an unlucky day: nobody must wait longer than they have to, or read what is not so."""

import pytest
from sqlalchemy import select

from helpdesk_bot.actions.context import Act
from helpdesk_bot.actions.panic.calling import not_delivered, unreachable
from helpdesk_bot.alarm.sending import WAIT
from helpdesk_bot.storage.models import Alarm, PanicCall
from tests.conversation.conftest import CITY, COORDINATION, ELS, FATIMA, JORIS, SANNE, TEAM, WIM
from tests.conversation.duty import KIM, NOORD, WHOLE_CITY, away, chat, with_duty
from tests.conversation.panic.emergency import PATIENCE, called, state
from tests.conversation.panic.outside import Endpoint, leave, reach
from tests.conversation.stage import Said, Stage, to


async def users_called(stage: Stage) -> list[str | None]:
    return [user for user, _ in await called(stage)]


async def every_channel_failed(stage: Stage, user: str) -> list[Said]:
    """What is reached outside Matrix is a row; here all of this person's have failed."""
    async with stage.db.transaction() as session:
        call = (await session.scalars(select(PanicCall).where(PanicCall.user_id == user))).one()
        session.add(
            Alarm(
                call_id=call.id,
                who=user,
                channel="broken",
                kind="call",
                state="failed",
                not_before=stage.now,
                created_at=stage.now,
            )
        )
        await session.flush()
        await unreachable(Act(session, stage.now, stage.setting), call)
    return await stage.settle()


async def message_failed(stage: Stage, user: str) -> list[Said]:
    async with stage.db.transaction() as session:
        call = (await session.scalars(select(PanicCall).where(PanicCall.user_id == user))).one()
        await not_delivered(Act(session, stage.now, stage.setting), call)
    return await stage.settle()


class TestWhoeverIsInNeed:
    """Sanne, who is on duty, is in need herself."""

    @pytest.fixture
    async def in_need(self, duty: Stage) -> Stage:
        await duty.says(SANNE, chat(SANNE), "!stadsdeel Noord")
        await duty.says(SANNE, chat(SANNE), "!paniek mijn account is gehackt")
        return duty

    async def test_somebody_else_is_called(self, in_need: Stage) -> None:
        assert await users_called(in_need) == [JORIS]

    async def test_is_nobody_who_comes(self, in_need: Stage) -> None:
        said = await in_need.says(SANNE, chat(SANNE), "!ik-kom 1")
        assert "je eigen noodgeval" in to(chat(SANNE), said)[0]
        assert await state(in_need) == "calling"

    async def test_their_hand_at_the_card_calls_nobody_off(self, in_need: Stage) -> None:
        said = await in_need.reacts(SANNE, TEAM, await in_need.card(), "✋")
        assert any("je eigen noodgeval" in words for words in to(TEAM, said))
        assert not to(chat(JORIS), said)
        assert await state(in_need) == "calling"

    async def test_a_false_alarm_ends_it(self, in_need: Stage) -> None:
        said = await in_need.says(SANNE, chat(SANNE), "vals alarm")
        assert "geen hulp meer nodig" in to(chat(JORIS), said)[0]


class TestWhereItIsBecomesKnown:
    """Nobody should wait until the city's patience is over to have their own stadsdeel called."""

    @pytest.mark.parametrize("words", ["Noord", "!stadsdeel Noord"])
    async def test_whoever_is_on_duty_there_is_called_at_once(
        self, stage: Stage, dm: str, words: str
    ) -> None:
        await with_duty(stage)
        await stage.says(FATIMA, dm, "!paniek gehackt")
        assert await users_called(stage) == [KIM]
        said = await stage.says(FATIMA, dm, words)
        assert await users_called(stage) == [KIM, SANNE]
        assert "Ik bel nu Sanne, die dienst heeft voor Noord" in to(dm, said)[0]
        assert "meer mensen tegelijk" in to(chat(SANNE), said)[0]
        assert "vraag 1" in to(chat(KIM), await stage.says(KIM, chat(KIM), "ik kom"))[0]
        assert await state(stage) == "answered"

    async def test_then_both_have_the_whole_time(self, stage: Stage, dm: str) -> None:
        await with_duty(stage)
        await stage.says(FATIMA, dm, "!paniek gehackt")
        await stage.passes(PATIENCE * 0.9)
        await stage.says(FATIMA, dm, "Noord")
        await stage.passes(PATIENCE * 0.9)
        assert await users_called(stage) == [KIM, SANNE]
        await stage.passes(PATIENCE * 0.1)
        assert await users_called(stage) == [KIM, SANNE, JORIS]

    async def test_also_when_the_coordinators_were_called_for_want_of_a_rota(
        self, stage: Stage, dm: str
    ) -> None:
        await with_duty(stage, NOORD)
        await stage.says(FATIMA, dm, "!paniek gehackt")
        assert await users_called(stage) == [ELS, None]
        await stage.says(FATIMA, dm, "Noord")
        assert await users_called(stage) == [ELS, None, SANNE]

    async def test_also_when_everybody_was_called(self, stage: Stage, dm: str) -> None:
        await with_duty(stage, NOORD)
        await stage.says(FATIMA, dm, "!paniek gehackt")
        await stage.passes(PATIENCE)
        assert await state(stage) == "unanswered"
        await stage.says(FATIMA, dm, "Noord")
        assert (await users_called(stage))[-1] == SANNE
        assert await state(stage) == "calling"

    async def test_without_a_rota_there_nobody_else_is_called(self, stage: Stage, dm: str) -> None:
        await with_duty(stage)
        await stage.says(FATIMA, dm, "!paniek gehackt")
        said = await stage.says(FATIMA, dm, "West")
        assert to(dm, said) == ["Dank je. Vraag 1 is nu bij het team van West."]
        assert await users_called(stage) == [KIM]

    async def test_who_is_on_duty_in_both_is_called_once(self, stage: Stage, dm: str) -> None:
        await stage.join(TEAM, KIM)
        await with_duty(stage, NOORD | {"people": [KIM, JORIS]}, WHOLE_CITY)
        await stage.says(FATIMA, dm, "!paniek gehackt")
        await stage.says(FATIMA, dm, "Noord")
        assert await users_called(stage) == [KIM]


class TestCallsThatFail:
    async def test_both_ways_fail_and_one_is_called_for_it(self, duty: Stage, ringing: str) -> None:
        await every_channel_failed(duty, SANNE)
        await message_failed(duty, SANNE)
        assert await users_called(duty) == [SANNE, JORIS]

    async def test_nobody_waits_for_who_could_not_be_reached(self, duty: Stage, ringing: str) -> None:
        await every_channel_failed(duty, SANNE)
        said = await duty.says(JORIS, chat(JORIS), "nee")
        assert await users_called(duty) == [SANNE, JORIS, KIM]
        assert "ik bel de volgende" in to(chat(JORIS), said)[0]

    async def test_who_could_not_be_reached_outside_may_still_come(self, duty: Stage, ringing: str) -> None:
        await every_channel_failed(duty, SANNE)
        await duty.says(SANNE, chat(SANNE), "ik kom")
        assert await state(duty) == "answered"


class TestCoordinators:
    async def test_who_has_said_no_is_not_called_again(self, duty: Stage, dm: str) -> None:
        await duty.join(COORDINATION, SANNE)
        await duty.says(FATIMA, dm, "!paniek gehackt")
        await duty.says(SANNE, chat(SANNE), "nee")
        for _ in range(3):
            await duty.passes(PATIENCE)
        assert await users_called(duty) == [SANNE, JORIS, KIM, WIM, ELS, None]

    async def test_when_there_is_none_it_is_said_as_it_is(self, stage: Stage, dm: str) -> None:
        await stage.join(COORDINATION, ELS, membership="leave")
        said = await stage.says(FATIMA, dm, "!paniek gehackt")
        assert "geen coördinator die ik kan bellen" in to(dm, said)[0]
        assert "alle coördinatoren" not in to(dm, said)[0]
        assert any("Kan een van jullie de vraag nu pakken" in words for words in to(CITY, said))

    async def test_a_late_no_ends_nothing_while_the_team_is_asked(self, duty: Stage, ringing: str) -> None:
        await duty.join(COORDINATION, ELS, membership="leave")
        for user in (JORIS, KIM, WIM):
            await away(duty, user)
        await duty.passes(PATIENCE)
        assert await users_called(duty) == [SANNE, None]
        await duty.says(SANNE, chat(SANNE), "nee")
        assert await state(duty) == "calling"


async def test_while_coordinators_decide_anybody_may_come(duty: Stage, dm: str) -> None:
    for _ in range(3):
        await duty.says(FATIMA, dm, "!paniek gehackt")
        await duty.says(FATIMA, dm, "vals alarm")
    await duty.says(FATIMA, dm, "!paniek gehackt")
    assert await state(duty) == "held"
    said = await duty.says(SANNE, chat(SANNE), "!ik-kom 1")
    assert "vraag 1 is van jou" in to(chat(SANNE), said)[0]
    assert "Sanne heeft het gezien" in to(dm, said)[0]


async def test_who_leaves_while_they_are_called_is_not_waited_for(duty: Stage, ringing: str) -> None:
    await duty.join(TEAM, SANNE, membership="leave")
    said = (await duty.event(SANNE, TEAM, "m.room.member", {"membership": "leave"}, state_key=SANNE))[1]
    assert "kan nu niet komen" in to(ringing, said)[0]
    assert await users_called(duty) == [SANNE, JORIS]


@pytest.mark.parametrize("leaves_team", [False, True])
async def test_whoever_does_not_come_is_not_tried_again(
    duty: Stage, dm: str, endpoint: Endpoint, leaves_team: bool
) -> None:
    reach(duty, sanne=[endpoint.address("sanne")])
    endpoint.breaks = {"/sanne"}
    await duty.says(FATIMA, dm, "!paniek help")
    await leave(duty)
    if leaves_team:
        await duty.join(TEAM, SANNE, membership="leave")
        await duty.event(SANNE, TEAM, "m.room.member", {"membership": "leave"}, state_key=SANNE)
    else:
        await duty.says(SANNE, chat(SANNE), "nee")
    endpoint.breaks = set()
    for wait in WAIT:
        duty.now += wait
        await leave(duty)
    assert not endpoint.heard


@pytest.mark.parametrize(
    "words", ["ik kom toch", "Toch wel, ik kom", "ik kom alsnog", "I'm coming after all"]
)
async def test_after_a_no_one_may_still_come(duty: Stage, ringing: str, words: str) -> None:
    await duty.says(SANNE, chat(SANNE), "nee")
    said = await duty.says(SANNE, chat(SANNE), words)
    assert "vraag 1 is van jou" in to(chat(SANNE), said)[0]
