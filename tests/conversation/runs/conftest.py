import pytest

from helpdesk_bot.actions.runs.asks import Ask
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.walker import Walker, inputs_of
from tests.conversation.stage import Stage
from tests.playbooks.written import whole_shelf

DRIVE = "google-drive-to-nextcloud"


@pytest.fixture(scope="session")
def library() -> Shelf:
    """The playbooks of this repository; reading them takes seconds."""
    return whole_shelf()


@pytest.fixture
async def walker(stage: Stage, library: Shelf) -> Walker:
    """A food cooperative in its own room, which has still to accept what it loses."""
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start(DRIVE, inputs_of(library.playbooks[DRIVE].open().inputs, 0))
    return walker


@pytest.fixture
async def begun(walker: Walker) -> Walker:
    """The same, at the first step."""
    await walker.answer((await walker.open())[0])
    return walker


@pytest.fixture
async def alone(stage: Stage, library: Shelf) -> Walker:
    """The same, in a direct chat, at the first step."""
    walker = Walker(stage, library, room="direct")
    await walker.set_up()
    await walker.start(DRIVE, inputs_of(library.playbooks[DRIVE].open().inputs, 0))
    await walker.answer((await walker.open())[0])
    return walker


@pytest.fixture
async def in_words(stage: Stage, library: Shelf) -> Walker:
    """At a step that is told about in words."""
    walker = Walker(stage, library)
    await walker.set_up()
    await walker.start("choose-a-host", inputs_of(library.playbooks["choose-a-host"].open().inputs, 0))
    while True:
        asked = [one for one in await walker.open() if one.what is Ask.DO]
        if asked and await walker.tells_in_words(str(asked[0].step)):
            return walker
        await walker.something()
