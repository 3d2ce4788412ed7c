import pytest

from helpdesk_bot.playbooks.shelf import Shelf
from tests.conversation.stage import Stage
from tests.playbooks.written import whole_shelf


@pytest.fixture(scope="session")
def library() -> Shelf:
    """The tools and playbooks of this repository; reading them takes seconds."""
    return whole_shelf()


@pytest.fixture
def stocked(stage: Stage, library: Shelf) -> Stage:
    """A helpdesk that has them."""
    stage.configure(stage.setting.config, library)
    return stage
