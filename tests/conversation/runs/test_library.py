"""Every playbook of the library, from its first step to its last, by simulated people through the real chat code."""

import pytest

from helpdesk_bot.domain.runs.states import Run, Step
from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.runs.walker import OWN, Walker, inputs_of
from tests.conversation.stage import Stage
from tests.playbooks.written import PLAYBOOKS

NAMES = sorted(path.stem for path in PLAYBOOKS.glob("*.yaml") if path.stem != "tools")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("language", "room"), [("nl", OWN), ("en", "direct")])
async def test_a_playbook_is_walked_to_its_end(
    stage: Stage, library: Shelf, name: str, language: str, room: str
) -> None:
    walker = Walker(stage, library, language, room)
    await walker.set_up()
    playbook = library.playbooks[name].open()
    await walker.start(name, inputs_of(playbook.inputs, 0 if language == "nl" else 1))
    await walker.walk()
    assert await walker.state() is Run.FINISHED
    assert set((await walker.states()).values()) == {Step.VERIFIED}
    assert not await stage.failed()
