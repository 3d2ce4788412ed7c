"""A technician of another helpdesk does a step of a playbook."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest

from helpdesk_bot.domain.runs.states import Step
from helpdesk_bot.domain.tickets import Status
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage.engine import Database
from tests.conversation.conftest import CITY, JORIS, TEAM
from tests.conversation.federation.pair import Pair, as_peers
from tests.conversation.pages import Page
from tests.conversation.runs.walker import OWN, SANNE, TARIK, Walker, inputs_of
from tests.conversation.stage import Stage, in_a_hurry, to
from tests.playbooks.written import whole_shelf

DRIVE, STEP, TRAINER_DM = "google-drive-to-nextcloud", "space-and-groups", "!dm-tarik:test"


@pytest.fixture(scope="session")
def library() -> Shelf:
    return whole_shelf()


@pytest.fixture
async def west(first_page: Page, tmp_path: Path) -> AsyncIterator[Stage]:
    copyfile(first_page.path, tmp_path / "west.db")
    db = in_a_hurry(Database(f"sqlite+aiosqlite:///{tmp_path}/west.db"))
    yield Stage(db)
    await db.close()


async def test_the_step_of_a_technician(stage: Stage, west: Stage, library: Shelf) -> None:
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(DRIVE, inputs_of(library.playbooks[DRIVE].open().inputs, 0))
    await walker.answer((await walker.open())[0])
    pair: Pair = await as_peers(stage, west)
    await west.join(CITY, JORIS, pair.west.bot)
    await stage.join(TEAM, SANNE)
    number = await _in_the_queue(walker)
    await stage.says(SANNE, TEAM, f"!leen {number}")
    requester = (await stage.ticket(number)).requester
    asked = (await stage.ticket(number)).room_id
    [said] = [one for one in stage.sent if one.room == asked and "andere helpdesk" in one.body]
    await stage.replies(requester, asked, said.event_id, "ja")
    because = await pair.carry()
    assert any("een stap van een stappenplan" in words for words in to(CITY, because[pair.west]))
    await west.reacts(JORIS, CITY, await west.card(), "✋")
    because = await pair.carry()
    assert any("Stap" in words and "voor" in words for words in to(CITY, because[pair.west])), (
        "what there is to do"
    )
    await west.says(JORIS, CITY, "!opgelost 1")
    because = await pair.carry()
    assert not any("is opgelost. Klopt" in words for words in to(OWN, because[pair.noord]))
    assert (await walker.states())[STEP] is Step.DONE
    place = f"{walker.number}.{(await walker.row(STEP)).place}"
    await stage.says(TARIK, TRAINER_DM, f"!klopt {place}")
    await pair.carry()
    assert (await walker.states())[STEP] is Step.VERIFIED
    assert (await stage.ticket(number)).status == (await west.ticket()).status == Status.CLOSED
    for side in pair.sides:
        assert not await side.stage.failed()


async def _in_the_queue(walker: Walker) -> int:
    """The question that the step is, as soon as it is one."""
    for _ in range(40):
        row = await walker.row(STEP)
        found = [
            one.id
            for one in await walker.tickets()
            if f"Stap {walker.number}.{row.place} voor" in one.question
        ]
        if found:
            return found[0]
        await walker.something()
    raise AssertionError("the step never came")
