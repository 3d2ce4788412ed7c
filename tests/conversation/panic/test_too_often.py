"""The same person raises the alarm again and again: a coordinator decides whether anybody is called."""

import pytest

from tests.conversation.conftest import COORDINATION, ELS, FATIMA, SANNE
from tests.conversation.duty import NOORD, chat, with_duty
from tests.conversation.panic.emergency import HOUR, PATIENCE, state
from tests.conversation.stage import Stage, to


async def test_often_a_day_a_coordinator_decides(duty: Stage, dm: str) -> None:
    for _ in range(3):
        await duty.says(FATIMA, dm, "!paniek alles is weg")
        await duty.says(FATIMA, dm, "!opgelost")
        duty.now += HOUR
    said = await duty.says(FATIMA, dm, "!paniek alweer")
    assert any("kijkt nu eerst een coördinator" in words for words in to(dm, said))
    assert not to(chat(SANNE), said)
    [asked] = [s for s in said if s.room == COORDINATION]
    assert await state(duty) == "held"
    said = await duty.passes(PATIENCE)
    [again] = [s for s in said if s.room == COORDINATION]
    assert again.content["m.mentions"] == {"user_ids": [ELS]}
    assert "Nog geen coördinator heeft gekeken" in to(dm, said)[0]
    assert to(COORDINATION, await duty.passes(PATIENCE))
    said = await duty.passes(24 * HOUR)
    assert "nog niemand heeft gekeken" in to(dm, said)[0]
    assert not await duty.passes(24 * HOUR)
    said = await duty.reacts(ELS, COORDINATION, asked.event_id, "👍")
    assert "Ik bel nu Sanne" in to(dm, said)[0]


async def test_what_is_no_longer_to_be_decided_is_said(stage: Stage, dm: str) -> None:
    await with_duty(stage, NOORD, per_day=1)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    await stage.says(FATIMA, dm, "!paniek alles is weg")
    await stage.says(FATIMA, dm, "!opgelost")
    stage.now += HOUR
    said = await stage.says(FATIMA, dm, "!paniek alweer")
    [asked] = [s for s in said if s.room == COORDINATION]
    assert "niet meer te beslissen" in to(COORDINATION, await stage.says(FATIMA, dm, "vals alarm"))[0]
    said = await stage.reacts(ELS, COORDINATION, asked.event_id, "👍")
    assert "al beslist" in to(COORDINATION, said)[0]
    assert await state(stage) == "over"


async def test_a_decision_on_the_second_asking(stage: Stage, dm: str) -> None:
    await with_duty(stage, NOORD, per_day=1)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    await stage.says(FATIMA, dm, "!paniek alles is weg")
    await stage.says(FATIMA, dm, "!opgelost")
    stage.now += HOUR
    await stage.says(FATIMA, dm, "!paniek alweer")
    [again] = [s for s in await stage.passes(PATIENCE) if s.room == COORDINATION]
    await stage.replies(ELS, COORDINATION, again.event_id, "ja")
    assert await state(stage) == "calling"
    assert not [s for s in await stage.passes(PATIENCE) if "wacht nog" in s.body]


async def test_whoever_asked_very_much_today_may_still_raise_the_alarm(duty: Stage, dm: str) -> None:
    asking = duty.setting.config.asking.model_copy(update={"questions_per_day": 3})
    duty.configure(duty.setting.config.model_copy(update={"asking": asking}))
    for _ in range(3):
        await duty.says(FATIMA, dm, "!nieuw Mijn printer print niet")
        await duty.says(FATIMA, dm, "!opgelost")
    duty.now += HOUR
    assert any("Ik bel nu Sanne" in words for words in to(dm, await duty.says(FATIMA, dm, "!paniek brand")))


@pytest.mark.parametrize(("words", "then"), [("ja", "calling"), ("nee", "over")])
async def test_a_coordinator_decides_in_words(stage: Stage, dm: str, words: str, then: str) -> None:
    await with_duty(stage, NOORD, per_day=1)
    await stage.says(FATIMA, dm, "!stadsdeel Noord")
    await stage.says(FATIMA, dm, "!paniek alles is weg")
    await stage.says(FATIMA, dm, "!opgelost")
    stage.now += HOUR
    said = await stage.says(FATIMA, dm, "!paniek alweer")
    [asked] = [s for s in said if s.room == COORDINATION]
    said = await stage.replies(ELS, COORDINATION, asked.event_id, words)
    assert await state(stage) == then
    assert to(dm, said)
