"""One homeserver that takes a question and says nothing costs only its own people their keys."""

import asyncio
from collections.abc import Sequence

import pytest

from helpdesk_bot.matrix import asking
from helpdesk_bot.matrix.asking import Heard, ask
from helpdesk_bot.matrix.http import Json, MatrixError, Unreachable

USERS = ["@noor:ours.org", "@wim:west.org", "@ann:silent.org", "@bas:down.org", "@cas:west.org"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_WITHIN", 0.1)


class Ours:
    """As homeservers do: it waits for the slowest of the others."""

    def __init__(self, error: MatrixError | None = None, pause: float = 0.0) -> None:
        self.error = error
        self.pause = pause
        self.asked: list[list[str]] = []

    async def question(self, users: Sequence[str]) -> Json:
        self.asked.append(list(users))
        await asyncio.sleep(self.pause)
        if any(user.endswith(":silent.org") for user in users):
            await asyncio.sleep(30)
        if self.error and any(user.endswith(":ours.org") for user in users):
            raise self.error
        known = {user: {"PHONE": user} for user in users if not user.endswith(":down.org")}
        down = {"down.org": {"status": 503}} if len(known) < len(users) else {}
        return {"device_keys": known, "failures": down}


async def test_a_silent_one() -> None:
    ours = Ours()
    heard = await ask(ours.question, "device_keys", USERS, "ours.org")
    assert sorted(heard.of_user) == ["@cas:west.org", "@noor:ours.org", "@wim:west.org"]
    assert heard.down == {"silent.org", "down.org"}
    assert len(ours.asked) == 1 + 4


async def test_all_answer_to_one_question() -> None:
    ours = Ours()
    users = [user for user in USERS if not user.endswith(":silent.org")]
    heard = await ask(ours.question, "device_keys", users, "ours.org")
    assert (len(heard.of_user), heard.down, len(ours.asked)) == (3, {"down.org"}, 1)


async def test_ours_may_take_its_time_and_must_answer() -> None:
    slow = Ours(pause=0.3)
    heard = await ask(slow.question, "device_keys", ["@noor:ours.org"], "ours.org")
    assert heard == Heard({"@noor:ours.org": {"PHONE": "@noor:ours.org"}}, set())
    with pytest.raises(Unreachable):
        await ask(Ours(Unreachable("reset")).question, "device_keys", USERS, "ours.org")


@pytest.mark.parametrize(
    "answer", [{}, {"device_keys": None, "failures": []}, {"device_keys": [], "failures": 5}]
)
async def test_rubbish(answer: Json) -> None:
    async def question(_: Sequence[str]) -> Json:
        return answer

    assert await ask(question, "device_keys", USERS, "ours.org") == Heard({}, set())
