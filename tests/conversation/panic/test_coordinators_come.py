"""Coordinators are called together when nobody is on duty, in their own room too."""

from tests.conversation.conftest import COORDINATION, ELS, FATIMA
from tests.conversation.panic.emergency import PATIENCE
from tests.conversation.stage import Stage, to


async def test_a_coordinator_who_can_not_come_hears_what_is_true(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    [call] = [s for s in said if s.room == "!new-dm-els:test" and s.kind == "send"]
    assert "bel ik meteen de volgende" not in call.body
    await stage.join(call.room, ELS)
    said = await stage.says(ELS, call.room, "nee")
    assert "ik bel de volgende" not in to(call.room, said)[0]


async def test_what_is_promised_while_helpers_are_there_is_still_to_come(stage: Stage, asked: str) -> None:
    await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    said = await stage.passes(PATIENCE)  # five past ten
    [words] = [words for words in to(asked, said) if "Uiterlijk" in words]
    assert "Uiterlijk vandaag om 10:05" not in words


async def test_a_coordinator_in_their_room(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    [room] = [s for s in said if s.room == COORDINATION]
    said = await stage.replies(ELS, COORDINATION, room.event_id, "ik kom")
    assert "Els heeft het gezien" in to(asked, said)[0]


async def test_what_coordinators_say_to_each_other_in_the_thread(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    [room] = [s for s in said if s.room == COORDINATION]
    assert not await stage.in_thread(ELS, COORDINATION, room.event_id, "ok")
    assert await stage.in_thread(ELS, COORDINATION, room.event_id, "ik kom")
    assert (await stage.ticket()).assignee == ELS


async def test_a_coordinator_by_a_reaction_there(stage: Stage, asked: str) -> None:
    said = await stage.says(FATIMA, asked, "!paniek we zijn gehackt")
    [room] = [s for s in said if s.room == COORDINATION]
    await stage.reacts(ELS, COORDINATION, room.event_id, "✋")
    assert (await stage.ticket()).assignee == ELS
