from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from helpdesk_bot.web import HealthState, make_app, registry_of, serving

SECOND = timedelta(seconds=1)


def state(
    *,
    sync_age: timedelta | None = SECOND,
    waiting: int = 0,
    oldest: timedelta = timedelta(),
    unworked: timedelta = timedelta(),
    failed: int = 0,
    database: Exception | None = None,
) -> HealthState:
    async def outbox() -> tuple[int, timedelta]:
        if database:
            raise database
        return waiting, oldest

    async def inbox() -> tuple[timedelta, int]:
        return unworked, failed

    return HealthState(lambda: sync_age, outbox, inbox)


Get = Callable[[str], Awaitable[aiohttp.ClientResponse]]


@asynccontextmanager
async def visiting(health: HealthState, counts: Counter[str] | None = None) -> AsyncIterator[Get]:
    app = make_app(health, registry_of({"send": counts or Counter()}))
    async with (
        serving(app, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield http.get


async def test_well() -> None:
    async with visiting(state(waiting=2, oldest=SECOND, unworked=2 * SECOND, failed=1)) as get:
        answer = await get("/healthz")
        assert answer.status == 200
        assert await answer.json() == {
            "status": "ok",
            "problems": [],
            "sync_age_seconds": 1.0,
            "outbox_waiting": 2,
            "outbox_oldest_seconds": 1.0,
            "inbox_oldest_seconds": 2.0,
            "inbox_failed": 1,
        }


@pytest.mark.parametrize(
    ("health", "problem"),
    [
        (state(sync_age=None), "no answer from the homeserver yet"),
        (state(sync_age=timedelta(minutes=4)), "no good answer from the homeserver for too long"),
        (state(waiting=1, oldest=timedelta(minutes=16)), "a message waits too long to be sent"),
        (state(unworked=timedelta(minutes=6)), "an event waits too long to be worked on"),
        (state(database=OperationalError("x", {}, Exception("geheim"))), "the database does not answer"),
        (state(database=TimeoutError()), "the database does not answer"),
    ],
)
async def test_not_well(health: HealthState, problem: str) -> None:
    async with visiting(health) as get:
        answer = await get("/healthz")
        assert answer.status == 503
        assert (await answer.json())["problems"] == [problem]
        assert "geheim" not in await answer.text()
        assert (await get("/metrics")).status == 200


async def test_figures() -> None:
    counts = Counter({"done": 3, "limited": 1})
    async with visiting(state(waiting=2, unworked=7 * SECOND, failed=1), counts) as get:
        answer = await get("/metrics")
        lines = (await answer.text()).splitlines()
    assert answer.headers["Content-Type"].startswith("text/plain")
    for line in (
        "helpdesk_healthy 1.0",
        "helpdesk_sync_age_seconds 1.0",
        "helpdesk_outbox_waiting 2.0",
        "helpdesk_inbox_oldest_seconds 7.0",
        "helpdesk_inbox_failed 1.0",
        'helpdesk_happened_total{part="send",what="done"} 3.0',
        'helpdesk_happened_total{part="send",what="limited"} 1.0',
    ):
        assert line in lines


async def test_counts_are_read_at_the_moment_of_the_question() -> None:
    counts = Counter({"done": 1})
    async with visiting(state(), counts) as get:
        counts["done"] += 1
        assert 'what="done"} 2.0' in await (await get("/metrics")).text()


async def test_nothing_else_is_there() -> None:
    async with visiting(state()) as get:
        assert (await get("/")).status == 404
