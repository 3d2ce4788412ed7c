"""The way back of a step, and until when there is one."""

from datetime import timedelta

import pytest

from helpdesk_bot.domain.runs.states import Run
from tests.conversation.runs.small import NOOR, playbook, shelf, step, words
from tests.conversation.runs.walker import OWN, Walker
from tests.conversation.stage import BOT, Said, Stage, to

HERE = {"m.mentions": {"user_ids": [BOT]}}
UNTIL = "Er is een weg terug, tot en met het deel 'Begin': Zet het terug"
OVER = "deze weg terug was er tot en met het deel 'Begin'"


@pytest.fixture
async def bounded(stage: Stage) -> Walker:
    """At the first of two steps: it can be undone for as long as its own part goes on."""
    undone = {"how": [words("Zet het terug")]}
    parts = [
        {
            "id": "prepare",
            "title": words("Begin"),
            "steps": [step("one", rollback={**undone, "until": "prepare"}), step("two", rollback=undone)],
        },
        {"id": "migrate", "title": words("Over"), "steps": [step("three", needs=["two"])]},
    ]
    whole = {"freeze": True, "decides": "initiative", "rollback_window": "30d"}
    walker = Walker(stage, shelf(playbook("een-ding", [], phases=parts, cutover=whole)))
    await walker.set_up()
    await walker.start("een-ding", {})
    await walker.answer((await walker.open())[0])
    return walker


def said_of(said: list[Said]) -> str:
    return "\n".join(to(OWN, said))


async def back(walker: Walker) -> str:
    """To the first step."""
    said = await walker.stage.says(NOOR, OWN, "!terugdraaien 1 toch maar niet", **HERE)
    while "bij stap 1 " not in said_of(said):
        walker.said.clear()
        await walker.answer((await walker.open())[0])
        said = walker.said
    return said_of(said)


async def test_people_read_until_when_there_is_one(bounded: Walker) -> None:
    assert UNTIL in said_of(bounded.said)
    said = await bounded.reply(await bounded.turn(), "gedaan")
    assert "Er is een weg terug: Zet het terug" in said_of(said)


async def test_in_its_time_nothing_is_said_of_it(bounded: Walker) -> None:
    await bounded.reply(await bounded.turn(), "gedaan")
    assert OVER not in await back(bounded)


async def test_after_its_time_they_hear_so(bounded: Walker) -> None:
    for _ in range(2):
        await bounded.reply(await bounded.turn(), "gedaan")
    assert OVER in await back(bounded)


async def test_after_the_last_day_nobody_goes_back(bounded: Walker) -> None:
    await bounded.walk()
    await bounded.stage.passes(timedelta(days=31))
    said = await bounded.stage.says(NOOR, OWN, "!terugdraaien 1 toch maar niet", **HERE)
    assert "Teruggaan met stappenplan 1 kon tot" in said_of(said)
    assert await bounded.state() is Run.FINISHED


async def test_on_the_last_day_they_do(bounded: Walker) -> None:
    await bounded.walk()
    await bounded.stage.passes(timedelta(days=29))
    await bounded.stage.says(NOOR, OWN, "!terugdraaien 1 toch maar niet", **HERE)
    assert await bounded.state() is Run.RETURNING
