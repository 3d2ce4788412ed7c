"""A page that is turned to is what would have been played, and is turned to only then."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk_bot.storage.models import Base
from tests.conversation.conftest import COORDINATION, ELS, FATIMA, ask, open_dm, take
from tests.conversation.pages import Notebook, Page
from tests.conversation.stage import CONFIG, Stage, unhurried


async def rows(stage: Stage) -> dict[str, list[Any]]:
    async with stage.db.reading() as session:
        return {
            table.name: list((await session.execute(table.select())).all())
            for table in Base.metadata.sorted_tables
        }


async def test_it_is_what_would_have_been_played(
    notebook: Notebook, first_page: Page, asked_page: Page, helped_page: Page
) -> None:
    stage = await notebook.stage()
    for page, play in ((first_page, open_dm), (asked_page, ask), (helped_page, take)):
        await play(stage)
        if page is first_page:
            continue
        turned = Notebook(page, page.path.with_name("turned.db"))
        again = await turned.stage()
        assert await rows(again) == await rows(stage)
        assert (again.sent, again.last, again.heard) == (stage.sent, stage.last, stage.heard)
        assert (turned.commits, again.now) == (notebook.commits, stage.now)
        await turned.db.close()
    await notebook.db.close()


@pytest.mark.parametrize("what", ["said", "later", "configured", "written", "nothing"])
async def test_it_is_played_when_anything_else_has_happened(
    notebook: Notebook, dm_page: Page, asked_page: Page, what: str
) -> None:
    stage = await notebook.stage()
    await open_dm(stage)
    match what:
        case "said":
            await stage.says(ELS, COORDINATION, "Goedemorgen")
        case "later":
            stage.now += timedelta(minutes=1)
        case "configured":
            stage.configure(unhurried(CONFIG))
        case "written":
            await stage.join(COORDINATION, FATIMA)
    played: list[Stage] = []

    async def play(stage: Stage) -> None:
        played.append(stage)

    await notebook.goes_on(stage, dm_page, asked_page, play)
    assert played == ([] if what == "nothing" else [stage])
    await notebook.db.close()
