"""Questions for keys, which our homeserver passes on to those of other people.

It does not keep to the time that a question names: when one of them takes connections and then says nothing, it says
nothing either, for minutes, and a room with one person of such a homeserver would stand still.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from helpdesk_bot.matrix.http import Json

Question = Callable[[Sequence[str]], Awaitable[Json]]
ANSWER_WITHIN = 10.0  # seconds
_SERVERS_AT_ONCE = 8


@dataclass(frozen=True)
class Heard:
    """What was answered of each user, unchecked; `down`: homeservers that could not be asked."""

    of_user: dict[str, object]
    down: set[str]


def server_of(user_id: str) -> str:
    return user_id.partition(":")[2]


async def ask(question: Question, about: str, users: Sequence[str], ours: str) -> Heard:
    """`about` is the part of the answer that is listed by user, `ours` our own homeserver. Raises MatrixError when that
    one does not answer."""
    servers = {server_of(user) for user in users}
    try:
        async with asyncio.timeout(None if servers == {ours} else ANSWER_WITHIN):
            return _heard(await question(users), about)
    except TimeoutError:
        if len(servers) == 1:
            return Heard({}, servers)
    # One by one, so that the one that says nothing costs only its own people their keys.
    at_once = asyncio.Semaphore(_SERVERS_AT_ONCE)

    async def alone(server: str) -> Heard:
        async with at_once:
            return await ask(question, about, [user for user in users if server_of(user) == server], ours)

    heard = Heard({}, set())
    for answer in await asyncio.gather(*map(alone, sorted(servers)), return_exceptions=True):
        if isinstance(answer, BaseException):
            raise answer
        heard.of_user.update(answer.of_user)
        heard.down.update(answer.down)
    return heard


def _heard(answer: Json, about: str) -> Heard:
    of_user, failures = answer.get(about), answer.get("failures")
    return Heard(
        of_user if isinstance(of_user, dict) else {}, set(failures) if isinstance(failures, dict) else set()
    )
