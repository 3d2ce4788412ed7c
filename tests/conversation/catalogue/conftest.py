import pytest

from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.stage import Stage
from tests.playbooks.written import PLAYBOOKS, shelf_of


@pytest.fixture(scope="session")
def library() -> Shelf:
    """The tools and playbooks of this repository; reading them takes seconds."""
    return shelf_of(PLAYBOOKS)


@pytest.fixture
def stocked(stage: Stage, library: Shelf) -> Stage:
    """A helpdesk that has them."""
    stage.configure(stage.setting.config, library)
    return stage
