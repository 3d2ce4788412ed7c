"""A voucher as it is given, and the work that goes from it."""

from sqlalchemy import select

from helpdesk_bot.storage.models import Work
from tests.conversation.conftest import SANNE, TEAM
from tests.conversation.stage import Stage, to

GRANT = "!voucher De Zon 10u Gemeente tot 31-12-2026"


async def parts(stage: Stage) -> list[tuple[int, int | None, bool]]:
    """Per part of the work: its minutes, its voucher, and whether it waits for a decision."""
    async with stage.db.reading() as session:
        rows = (await session.scalars(select(Work).order_by(Work.id))).all()
    return [(row.minutes, row.voucher_id, row.undecided) for row in rows]


async def works(stage: Stage, words: str, who: str = SANNE) -> str:
    """What the helper hears."""
    said = to(TEAM, await stage.says(who, TEAM, f"!tijd {words} betaald 1"))
    return next(text for text in reversed(said) if text.startswith("Genoteerd"))
