import pytest

from tests.conversation.conftest import COORDINATION, ELS, FATIMA
from tests.conversation.stage import Stage
from tests.conversation.vouchers.work import GRANT


@pytest.fixture
async def sun(stage: Stage, dm: str) -> str:
    """Question 1, from Fatima of De Zon, with a voucher of ten hours: returns her direct chat."""
    await stage.says(FATIMA, dm, "!organisatie De Zon")
    await stage.says(FATIMA, dm, "Onze gedeelde agenda is ineens leeg")
    await stage.says(FATIMA, dm, "Noord")
    await stage.says(ELS, COORDINATION, GRANT)
    return dm
