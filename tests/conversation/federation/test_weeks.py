"""What two helpdesks tell each other of a week, and that they count the same."""

from datetime import timedelta

from sqlalchemy import select, update

from helpdesk_bot.storage.models import Lend, PeerWeek
from tests.conversation.federation.pair import Pair, Side
from tests.conversation.federation.test_lending import lent


async def week_of(side: Side) -> tuple[int, int]:
    """What the other one told: lent and borrowed."""
    async with side.stage.db.reading() as session:
        row = (await session.scalars(select(PeerWeek).order_by(PeerWeek.begins.desc()))).first()
    assert row is not None
    return row.lent, row.borrowed


def weeks_said(side: Side) -> int:
    return sum(content["type"] == "week" for _, content in side.said)


async def test_both_count_what_was_lent_in_the_same_week(pair: Pair) -> None:
    await lent(pair)
    before = [weeks_said(side) for side in pair.sides]
    await pair.passes(timedelta(days=7))
    assert await week_of(pair.west) == (1, 0)
    assert await week_of(pair.noord) == (0, 1)
    for _ in range(5):
        await pair.passes(timedelta(hours=2))
    assert [weeks_said(side) for side in pair.sides] == [at + 1 for at in before], "once"


async def test_while_they_count_differently_they_say_it_again_each_hour(pair: Pair) -> None:
    await lent(pair)
    async with pair.west.stage.db.transaction() as session:
        await session.execute(update(Lend).values(confirmed_at=None))
    await pair.passes(timedelta(days=7))
    assert await week_of(pair.noord) == (0, 0)
    said = weeks_said(pair.west)
    async with pair.west.stage.db.transaction() as session:
        [lend] = await pair.noord.lends()
        await session.execute(update(Lend).values(confirmed_at=lend.confirmed_at))
    await pair.passes(timedelta(hours=1))
    assert weeks_said(pair.west) == said + 1
    assert await week_of(pair.noord) == (0, 1)
    await pair.passes(timedelta(hours=1))
    assert weeks_said(pair.west) == said + 1
