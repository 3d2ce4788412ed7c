import pytest

from tests.conversation.stage import CONFIG, Said, Stage, unhurried
from tests.conversation.week.overview import MONDAY, planned, until


@pytest.fixture(autouse=True)
def nothing_is_late(stage: Stage) -> None:
    stage.configure(unhurried(CONFIG))


@pytest.fixture
async def monday(stage: Stage, helped: str) -> list[Said]:
    """A week in which Sanne helped Fatima in Noord; returns what was said on Monday at nine."""
    await planned(stage)
    return await until(stage, MONDAY)
