"""`helpdesk report vouchers`, as a host types it."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel import Locale
from typer.testing import CliRunner, Result

from helpdesk_bot.cli.commands import app
from helpdesk_bot.config import load
from helpdesk_bot.domain.tickets import Priority, Status
from helpdesk_bot.reports.vouchers import decimal_hours
from helpdesk_bot.storage.engine import Database
from helpdesk_bot.storage.migrate import upgrade
from helpdesk_bot.storage.models import Organisation, Ticket, Voucher, Work

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CONFIG = """
helpdesk: {name: Helpdesk}
homeserver: {url: "https://matrix.example.org", user_id: "@hulp:example.org"}
stadsdelen: [{id: noord, name: Noord, team_room: "!team:example.org"}]
rooms: {overflow: "!stad:example.org", coordination: "!coordinatie:example.org"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The configuration of a helpdesk where 30 and 15 minutes were taken from a voucher of an hour."""
    path = tmp_path / "config" / "helpdesk.yaml"
    path.parent.mkdir()
    path.write_text(CONFIG)
    (tmp_path / "data").mkdir()
    asyncio.run(_fill(load(path).database_url))
    return path


async def _fill(url: str) -> None:
    await upgrade(url)
    db = Database(url)
    async with db.transaction() as session:
        session.add(Organisation(id=1, name="De Zon", name_key="de zon", created_at=NOW))
        await session.flush()
        session.add(
            Voucher(
                id=1,
                organisation_id=1,
                funder="Gemeente",
                minutes=60,
                expires_on=date(2026, 12, 31),
                created_by="@els:example.org",
                created_at=NOW,
            )
        )
        session.add(
            Ticket(
                id=1,
                requester="@fatima:example.org",
                opened_by="@fatima:example.org",
                room_id="!dm:example.org",
                language="nl",
                subject="Agenda",
                question="Agenda",
                organisation_id=1,
                status=Status.NEW,
                priority=Priority.NORMAL,
                suggested=[],
                created_at=NOW,
                changed_at=NOW,
            )
        )
        await session.flush()
        for at, (minutes, day) in enumerate([(30, date(2026, 11, 30)), (15, date(2026, 12, 1))]):
            session.add(
                Work(
                    ticket_id=1,
                    user_id="@sanne:example.org",
                    minutes=minutes,
                    paid=True,
                    voucher_id=1,
                    worked_on=day,
                    event_id=f"$at{at}",
                    room_id="!team:example.org",
                    created_at=NOW,
                )
            )
    await db.close()


def types(file: Path, *words: str) -> Result:
    return CliRunner().invoke(
        app, ["report", "vouchers", "--config", str(file), *words], env={"COLUMNS": "200"}
    )


def test_as_text(file: Path) -> None:
    said = types(file, "--funder", "gemeente").output
    assert "De Zon" in said
    assert "Used in this time: 0:45 of 1:00 hours." in said
    assert "sanne" not in said


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ((), ["2026-11", "2026-12"]),
        (("--from", "2026-12-01"), ["2026-12"]),
        (("--to", "2026-11-30"), ["2026-11"]),
        (("--from", "2026-12-02"), [""]),
    ],
)
def test_as_a_file_between_two_days(file: Path, words: tuple[str, ...], months: list[str]) -> None:
    result = types(file, "--funder", "Gemeente", "--format", "csv", *words)
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbfbetaler;initiatief")
    lines = result.stdout_bytes.decode("utf-8-sig").splitlines()
    assert [line.split(";")[5] for line in lines[1:]] == months


def test_into_a_file(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "vouchers.csv"
    types(file, "--funder", "Gemeente", "--format", "csv", "-o", str(target))
    assert "De Zon" in target.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--funder", "Niemand"), "Known funders: Gemeente."),
        (("--funder", "Gemeente", "--from", "2026-12-02", "--to", "2026-12-01"), "later than"),
        (("--funder", "Gemeente", "--from", "gisteren"), "does not match"),
        (("--funder", "Gemeente", "-o", "x.txt"), "Add --format csv"),
        ((), "Missing option"),
    ],
)
def test_mistakes(file: Path, words: tuple[str, ...], said: str) -> None:
    result = types(file, *words)
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("minutes", "nl", "en"),
    [
        (0, "0,00", "0.00"),
        (20, "0,33", "0.33"),
        (40, "0,67", "0.67"),
        (90, "1,50", "1.50"),
        (60_000, "1000,00", "1000.00"),
    ],
)
def test_decimal_hours(minutes: int, nl: str, en: str) -> None:
    assert (decimal_hours(minutes, Locale("nl")), decimal_hours(minutes, Locale("en"))) == (nl, en)
