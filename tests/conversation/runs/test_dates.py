"""A day that is asked before a run begins: as people write one, and nothing that is none."""

import pytest

from helpdesk_bot.storage.models import Run
from tests.conversation.runs.small import DM, TARIK, playbook, shelf, step, town
from tests.conversation.stage import Stage, to

NOORS = "!new-dm-noor:test"
DAY = {"nl": "Op welke dag begint het?", "en": "On which day does it begin?"}


@pytest.fixture
async def asked(stage: Stage) -> Stage:
    """Tarik is asked for a day. It is 23 November 2026."""
    inputs = [{"key": "day", "label": DAY, "type": "date"}]
    begins = {"nl": "Begin op {day}", "en": "Begin on {day}"}
    city = await town(stage, shelf(playbook("een-dag", [step("one", title=begins)], inputs=inputs)))
    said = to(DM, await city.says(TARIK, DM, "!start een-dag @noor:test"))
    assert "Op welke dag begint het?" in said[0]
    assert "1-5-2027" in said[0]
    return city


async def day_of(stage: Stage) -> object:
    async with stage.db.reading() as session:
        return (await session.get_one(Run, 1)).inputs["day"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1-5-2027", "2027-05-01"),
        ("01/05/2027", "2027-05-01"),
        ("1.5.2027", "2027-05-01"),
        ("2027-05-01", "2027-05-01"),
        ("1 mei 2027", "2027-05-01"),
        ("1 May 2027", "2027-05-01"),
        ("1 mei", "2027-05-01"),
        ("29-2-2028", "2028-02-29"),
        ("23-11-2026", "2026-11-23"),
        ("1-5-2020", "2020-05-01"),  # it may well be about what was
        ("31-12-1999", "1999-12-31"),
    ],
)
async def test_a_day_is_taken_as_it_is_meant(asked: Stage, text: str, day: str) -> None:
    assert "Dit gaat beginnen" in to(DM, await asked.says(TARIK, DM, text))[0]
    await asked.says(TARIK, DM, "ja")
    assert await day_of(asked) == day


@pytest.mark.parametrize(
    "text",
    [
        "binnenkort",
        "31-2-2027",
        "29-2-2027",
        "13-13-2027",
        "0-5-2027",
        "5-2027",
        "2027",
        "1",
        "1 mei of 2 mei",
        "liefst 1 mei, maar later mag ook",
        "overslaan",
        "ja",
    ],
)
async def test_what_is_no_day_is_asked_again(asked: Stage, text: str) -> None:
    said = to(DM, await asked.says(TARIK, DM, text))
    assert len(said) == 1
    assert "1-5-2027" in said[0] or "Deze vraag kun je niet overslaan" in said[0]
    assert "Dit gaat beginnen" in to(DM, await asked.says(TARIK, DM, "1-5-2027"))[0]


async def test_the_organisation_reads_it_as_a_day(asked: Stage) -> None:
    await asked.says(TARIK, DM, "1 mei 2027")
    await asked.says(TARIK, DM, "ja")
    said = to(NOORS, await asked.says("@noor:test", NOORS, "akkoord"))
    assert any("Begin op zaterdag 1 mei 2027" in text for text in said), said
