"""A note never reaches a requester, and an answer reaches exactly one, whatever people do; and this test would notice."""

import asyncio
import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from helpdesk_bot.chat import changes, helping, router
from helpdesk_bot.chat.incoming import Incoming
from helpdesk_bot.chat.incoming import message as understood
from helpdesk_bot.storage.models import InboxEvent
from tests.conversation.pages import Notebook, Page
from tests.conversation.play import Play, Step, scripts

CONVERSATIONS = int(os.environ.get("HELPDESK_CONVERSATIONS", "25"))
calm = settings(
    deadline=None,
    max_examples=CONVERSATIONS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner


@pytest.fixture
def notebook(first_page: Page, tmp_path: Path) -> Notebook:
    """One of its own, because these conversations have a loop of their own."""
    return Notebook(first_page, tmp_path / "play.db")


async def play(script: list[Step], notebook: Notebook) -> None:
    try:
        await Play(await notebook.stage()).perform(script)
    finally:
        await notebook.db.close()


def test_notes_stay_inside(runner: asyncio.Runner, notebook: Notebook) -> None:
    @calm
    @given(script=scripts())
    def conversation(script: list[Step]) -> None:
        runner.run(play(script, notebook))

    conversation()


def fallback_counts_as_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nobody had known that clients add a reply to every message in a thread."""

    def message(event: InboxEvent) -> Incoming | None:
        incoming = understood(event)
        relates = (event.content or {}).get("m.relates_to", {})
        target = relates.get("m.in_reply_to", {}).get("event_id")
        return dataclasses.replace(incoming, reply_to=target) if incoming and target else incoming

    monkeypatch.setattr(router, "message", message)


def every_reply_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def always(*_: Any) -> bool:
        return True

    monkeypatch.setattr(helping, "_speaks_to_requester", always)


def an_answer_may_become_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "split", lambda _: None)


Break = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize(
    ("fault", "steps"),
    [
        (fallback_counts_as_reply, ["fallback_note", "thread_note"]),
        (every_reply_goes_out, ["thread_note", "reply_in_thread"]),
        (an_answer_may_become_a_note, ["reply_to_card", "edit_into_command"]),
    ],
)
def test_a_leak_would_be_noticed(
    fault: Break,
    steps: list[str],
    runner: asyncio.Runner,
    notebook: Notebook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault(monkeypatch)

    @settings(calm, max_examples=100, phases=[Phase.generate], derandomize=True, database=None)
    @given(script=scripts(steps))
    def conversation(script: list[Step]) -> None:
        runner.run(play(script, notebook))

    with pytest.raises(AssertionError, match="went to"):
        conversation()
