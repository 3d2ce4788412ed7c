"""`helpdesk report week`: the same figures from the same code, for who sits at the server."""

import json
from datetime import UTC, datetime

import pytest

from helpdesk_bot.domain.tickets import Priority, Status
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.models import Ticket
from tests.cli.conftest import Answer, Host
from tests.cli.test_upkeep import SMALL

ASKED = datetime(2026, 1, 6, 12, tzinfo=UTC)  # Tuesday of week 2


@pytest.fixture
async def reporting(host: Host) -> Host:
    """A helpdesk where two people asked something in week 2 of 2026."""
    host.file.parent.mkdir()
    host.file.write_text(SMALL)
    await host.helpdesk("migrate")
    db = Database(host.config.database_url)
    async with db.transaction() as session:
        for number in (1, 2):
            session.add(
                Ticket(
                    id=number,
                    requester=f"@vrager-{number}:test",
                    opened_by=f"@vrager-{number}:test",
                    room_id="!dm:test",
                    language="nl",
                    subject="Mijn mail hapert",
                    question="Mijn mail hapert",
                    stadsdeel="noord",
                    status=Status.NEW,
                    priority=Priority.NORMAL,
                    suggested=[],
                    created_at=ASKED,
                    changed_at=ASKED,
                )
            )
    await db.close()
    return host


async def week(host: Host, *words: str) -> Answer:
    return await host.types("report", "week", "--config", str(host.file), *words)


async def test_as_words(reporting: Host) -> None:
    said = await week(reporting, "--stadsdeel", "Noord", "--week", "2026-W02")
    assert said.status == 0
    assert said.text.startswith("Week 2 · Noord")
    assert "Nieuw: 2" in said.text
    assert "Mijn mail hapert" in said.text


async def test_as_json(reporting: Host) -> None:
    said = await week(reporting, "--week", "2026-2", "--format", "json")
    figures = json.loads(said.text)
    assert (figures["scope"], figures["week"]) == ("city", "2026-W02")
    assert figures["now"]["new"] == 2
    assert [counts["new"] for counts in figures["before"]] == [0, 0, 0, 0]
    assert figures["longest"] == [
        {"ticket": number, "since": "2026-01-06T12:00:00+00:00"} for number in (1, 2)
    ]


async def test_as_files(reporting: Host) -> None:
    for form, begins in (("csv", b"\xef\xbb\xbfwaar;"), ("png", b"\x89PNG")):
        to = reporting.folder / f"week.{form}"
        answer = await week(reporting, "--week", "2026-W02", "--format", form, "--output", str(to))
        assert "Written to" in answer.text
        assert to.read_bytes().startswith(begins)


@pytest.mark.parametrize("form", ["text", "csv", "json"])
async def test_as_it_may_leave_the_team(reporting: Host, form: str) -> None:
    said = await week(reporting, "--week", "2026-W02", "--open", "--format", form)
    assert said.status == 0
    assert "Mijn mail" not in said.text
    assert ("null" if form == "json" else "minder dan 5 mensen") in said.text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--stadsdeel", "zuid"), "There is no stadsdeel zuid"),
        (("--week", "gisteren"), "gisteren is no week"),
        (("--week", "2025-53"), "2025-53 is no week"),
        (("--week", "2999-01"), "is not over yet"),
    ],
)
async def test_what_can_not_be_asked(reporting: Host, words: tuple[str, ...], why: str) -> None:
    answer = await week(reporting, *words)
    assert answer.status == 1
    assert why in answer.text
