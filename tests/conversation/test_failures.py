"""What goes wrong is said aloud, kept, and stops nobody else."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from helpdesk_bot.actions.context import Act
from helpdesk_bot.chat import router
from helpdesk_bot.errors import UserError
from helpdesk_bot.storage import inbox
from helpdesk_bot.storage.models import Bookmark, InboxEvent
from tests.conversation.conftest import COORDINATION, FATIMA, HELP, KWAME, TEAM
from tests.conversation.stage import Stage, to


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the word 'gif' still breaks the handling of a message."""
    strong = [True]
    healthy = router.HANDLERS["m.room.message"]

    async def handle(act: Any, event: Any) -> None:
        await healthy(act, event)
        if strong[0] and "gif" in event.content["body"]:
            raise RuntimeError(event.content["body"])

    monkeypatch.setitem(router.HANDLERS, "m.room.message", handle)
    return strong


@pytest.mark.both_databases
async def test_a_poison_event(stage: Stage, asked: str, poison: list[bool]) -> None:
    said = await stage.says(FATIMA, asked, "gif")
    [alert] = to(COORDINATION, said)
    assert stage.last in alert
    assert "gif" not in alert
    assert not to(TEAM, said)
    [failed] = await stage.failed()
    assert (failed.event_id, failed.error) == (stage.last, "RuntimeError")
    assert "nummer 2" in to(HELP, await stage.says(KWAME, HELP, "!hulp mijn printer is stuk"))[0]

    poison[0] = False
    async with stage.db.transaction() as session:
        assert await inbox.replay(session, stage.now, failed.event_id) == 1
    assert any("gif" in words for words in to(TEAM, await stage.settle()))
    assert not await stage.failed()


async def test_whoever_wrote_it_hears_so(stage: Stage, asked: str, poison: list[bool]) -> None:
    assert "ging iets mis" in to(asked, await stage.says(FATIMA, asked, "gif"))[0]


async def test_an_explanation_that_fails_is_a_failure_like_any(
    stage: Stage, dm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: Any, __: Any) -> None:
        raise UserError("error.which_stadsdeel")  # without the choices

    monkeypatch.setitem(router.HANDLERS, "m.room.message", refuse)
    assert to(COORDINATION, await stage.says(FATIMA, dm, "iets"))
    assert await stage.failed()


RUBBISH: list[dict[str, Any]] = [
    {},
    {"body": 7, "msgtype": "m.text"},
    {"body": "x", "msgtype": ["m.text"]},
    {"body": "x", "msgtype": "m.text", "m.relates_to": {"rel_type": ["m.replace"], "event_id": "$x"}},
    {"body": "x", "msgtype": "m.text", "m.relates_to": [1]},
    {"body": "x", "msgtype": "m.text", "m.relates_to": {"rel_type": "m.replace", "event_id": 7}},
    {"body": "x", "msgtype": "m.text", "m.mentions": {"user_ids": [7, None]}},
    {"body": "!" * 3000, "msgtype": "m.text"},
    {"body": "\x00", "msgtype": "m.text"},
    {"body": "!antwoord 99999999999999999999 x", "msgtype": "m.text"},
    {"body": "!status 999999999", "msgtype": "m.text"},
    {"body": "x", "msgtype": "m.text", "formatted_body": ["x"]},
    {"msgtype": "m.image", "body": ["x"], "url": "mxc://test/x", "info": []},
]
KINDS = ("m.room.message", "m.reaction", "m.room.redaction", "m.sticker", "m.room.tombstone", "m.room.member")


@pytest.mark.parametrize("room", [HELP, TEAM, "!dm-fatima:test"])
async def test_rubbish_never_fails(stage: Stage, dm: str, room: str) -> None:
    for content in RUBBISH:
        for kind in KINDS:
            await stage.event(FATIMA, room, kind, content)
    assert not await stage.failed()


async def test_a_full_disk_is_no_fault_of_the_message(
    stage: Stage, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits until there is room again, and nothing is counted against it."""
    healthy = router.HANDLERS["m.room.message"]

    async def handle(act: Act, event: InboxEvent) -> None:
        pages = await act.session.scalar(text("PRAGMA page_count"))
        await act.session.execute(text(f"PRAGMA max_page_count={pages}"))
        act.session.add(Bookmark(name="much", value="x" * 100_000))
        await act.session.flush()

    monkeypatch.setitem(router.HANDLERS, "m.room.message", handle)
    for _ in range(4):
        with pytest.raises(OperationalError):
            await stage.says(FATIMA, asked, "en de printer ook")
    monkeypatch.setitem(router.HANDLERS, "m.room.message", healthy)
    async with stage.db.transaction() as session:
        await session.execute(text("PRAGMA max_page_count=1000000"))
    said = await stage.settle()
    assert sum("en de printer ook" in words for words in to(TEAM, said)) == 4
    assert not await stage.failed()
