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
from tests.conversation.federation.pair import Pair, Side, as_peers
from tests.conversation.pages import Page
from tests.conversation.runs.walker import OWN, SANNE, TARIK, Walker, inputs_of
from tests.conversation.stage import Said, Stage, in_a_hurry, to
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


@pytest.fixture
async def walked(stage: Stage, west: Stage, library: Shelf) -> tuple[Walker, Pair]:
    """A run that has begun in Noord, and Helpdesk West, where Joris helps."""
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(DRIVE, inputs_of(library.playbooks[DRIVE].open().inputs, 0))
    await walker.answer((await walker.open())[0])
    pair = await as_peers(stage, west)
    await west.join(CITY, JORIS, pair.west.bot)
    await stage.join(TEAM, SANNE)
    return walker, pair


async def agree(pair: Pair, number: int) -> dict[Side, list[Said]]:
    """Whoever walks through the run is asked, and says yes. Returns what came of that."""
    stage = pair.noord.stage
    ticket = await stage.ticket(number)
    [said] = [one for one in stage.sent if one.room == ticket.room_id and "andere helpdesk" in one.body]
    await stage.replies(ticket.requester, ticket.room_id, said.event_id, "ja")
    return await pair.carry()


async def test_the_step_of_a_technician(walked: tuple[Walker, Pair]) -> None:
    walker, pair = walked
    stage, west = pair.noord.stage, pair.west.stage
    number = await _in_the_queue(walker)
    await stage.says(SANNE, TEAM, f"!leen {number}")
    because = await agree(pair, number)
    assert any("een stap van een stappenplan" in words for words in to(CITY, because[pair.west]))
    await west.reacts(JORIS, CITY, await west.card(), "✋")
    because = await pair.carry()
    assert any("Stap" in words and "voor" in words for words in to(CITY, because[pair.west])), "what to do"
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


async def test_a_trainer_is_borrowed(walked: tuple[Walker, Pair]) -> None:
    walker, pair = walked
    stage, west = pair.noord.stage, pair.west.stage
    said = await stage.says(TARIK, TRAINER_DM, f"!zoek-trainer {walker.number}")
    assert any("Helpdesk West" in words for words in to(TRAINER_DM, said))
    number = max(one.id for one in await walker.tickets())
    because = await agree(pair, number)
    assert any("zoekt een trainer" in words for words in to(CITY, because[pair.west]))
    await west.reacts(JORIS, CITY, await west.card(), "✋")
    because = await pair.carry()
    assert any("Trainer gezocht" in words for words in to(CITY, because[pair.west]))
    await west.says(JORIS, CITY, "!antwoord 1 Hoe ver zijn jullie met de mappen?")
    because = await pair.carry()
    assert any(
        "Joris (Helpdesk West)" in words and "mappen" in words for words in to(OWN, because[pair.noord])
    )
    for side in pair.sides:
        assert not await side.stage.failed()


async def test_nobody_else_is_asked_for_a_trainer(walked: tuple[Walker, Pair]) -> None:
    walker, pair = walked
    said = await pair.noord.stage.says(SANNE, TEAM, f"!zoek-trainer {walker.number}")
    assert "trainer" in "".join(to(TEAM, said))
    await pair.carry()
    assert not await pair.west.lends()


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
