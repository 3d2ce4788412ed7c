"""Who helps along with a step, in the message to whoever does it."""

import pytest

from tests.conversation.runs.small import playbook, shelf, step
from tests.conversation.runs.walker import Walker
from tests.conversation.stage import Stage, to


async def told(stage: Stage, language: str = "nl", **more: object) -> list[str]:
    """What is said when the step begins, in the organisation's own room and to the trainer."""
    walker = Walker(stage, shelf(playbook("een-ding", [step("one", **more)])), language=language)
    await walker.set_up()
    await walker.start("een-ding", {})
    before = len(walker.said)
    await walker.answer((await walker.open())[0])
    said = walker.said[before:]
    return [*to(walker.room, said), *to("!dm-tarik:test", said)]


@pytest.mark.parametrize(
    ("language", "helps", "line"),
    [
        ("nl", ["trainer"], "Wie helpt mee: je trainer Tarik."),
        ("en", ["trainer"], "Who helps along: your trainer Tarik."),
        (
            "nl",
            ["technician", "trainer"],
            "Wie helpt mee: een technische helper (schrijf 'hulp') en je trainer Tarik.",
        ),
    ],
)
async def test_the_organisation_reads_who_helps_along(
    stage: Stage, language: str, helps: list[str], line: str
) -> None:
    assert line in "\n".join(await told(stage, language, helps=helps)).splitlines()


async def test_a_trainer_reads_who_of_the_organisation_does(stage: Stage) -> None:
    said = "\n".join(await told(stage, role="trainer", helps=["initiative"]))
    assert "Wie helpt mee: Noor." in said.splitlines()


async def test_without_helpers_nothing_is_said_of_them(stage: Stage) -> None:
    assert "Wie helpt mee" not in "\n".join(await told(stage))
