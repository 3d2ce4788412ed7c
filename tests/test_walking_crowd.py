"""The many runs that are measured among are walked there by the same people as in the tests, while time stands still for the others."""

from pathlib import Path

from sqlalchemy import select

from benchmarks.walking import walked
from helpdesk_bot.actions.runs import asks
from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.playbooks.shelf import Shelf
from helpdesk_bot.storage.models import Dialog
from tests.playbooks.written import whole_shelf

RESTS_FIRST = "donations-to-open-collective"  # a time of rest lies before what can't be undone


async def test_who_goes_far_comes_past_a_time_of_rest(tmp_path: Path) -> None:
    library = whole_shelf()
    shelf = Shelf({RESTS_FIRST: library.playbooks[RESTS_FIRST]}, library.tools)
    stage = await walked(tmp_path, shelf, runs=1, tickets=80)
    async with stage.db.reading() as session:
        asked = [asks.read(dialog) for dialog in await session.scalars(select(Dialog))]
    await stage.db.close()
    assert Ask.SIGN in {one.what for one in asked if one}
