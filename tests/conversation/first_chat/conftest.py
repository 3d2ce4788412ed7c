import pytest

from tests.conversation.first_chat.amira import AMIRA, DM, MINUTE, joins
from tests.conversation.stage import Stage, to


@pytest.fixture
async def met(stage: Stage) -> list[str]:
    """Amira has joined the team of Noord; what she was told."""
    await joins(stage, AMIRA)
    return to(DM, await stage.passes(MINUTE))
