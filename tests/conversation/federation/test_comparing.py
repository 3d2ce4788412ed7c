"""How often two helpdesks compare, and what they name."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conversation.conftest import CITY, FATIMA, JORIS
from tests.conversation.federation.pair import ROOM, Pair, Side
from tests.conversation.federation.test_lending import lent

HOUR = timedelta(hours=1)


def named(side: Side) -> list[list[str]]:
    """The states in each comparison that this side began."""
    said: list[dict[str, Any]] = [sent.content for sent in side.stage.sent if sent.room == ROOM]
    return [
        [line["state"] for line in content["lends"]]
        for content in said
        if content.get("type") == "sync" and content["answer"]
    ]


async def named_in(pair: Pair, steps: int, step: timedelta = HOUR) -> list[list[str]]:
    """In as much time, by Noord."""
    before = len(named(pair.noord))
    for _ in range(steps):
        await pair.passes(step)
    return named(pair.noord)[before:]


@pytest.mark.parametrize("open_", [True, False], ids=["goes on", "over"])
async def test_what_goes_on_every_hour_and_what_is_over_once_a_day(pair: Pair, open_: bool) -> None:
    dm = await lent(pair)
    if not open_:
        await pair.west.stage.says(JORIS, CITY, "!opgelost 1")
        await pair.carry()
        await pair.noord.stage.says(FATIMA, dm, "ja")
        await pair.carry()
    first = await named_in(pair, 4)
    if open_:
        assert first == [["confirmed"]] * 4
        return
    assert first in ([["closed"]], []), "at most once after its end"
    assert await named_in(pair, 24) == [["closed"]], "with the first of a day"
    assert await named_in(pair, 2 * 16, 12 * HOUR) == [["closed"]] * 13, "and for two weeks"
