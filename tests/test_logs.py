import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from helpdesk_bot import logs
from helpdesk_bot.config import Log
from helpdesk_bot.errors import UserError

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What was logged since, as it stands in the log. Everything is put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = (list(root.handlers), root.level, ours.level)
    stream = io.StringIO()
    logs.setup(Log(format="json", level="debug"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_ids_are_kept(lines: Lines) -> None:
    structlog.get_logger("helpdesk_bot.x").info(
        "sent", room_id="!abc:example.org", event_id="$xyz", ticket=12
    )
    (line,) = lines()
    assert (line["event"], line["room_id"], line["event_id"], line["ticket"]) == (
        "sent",
        "!abc:example.org",
        "$xyz",
        12,
    )
    assert line["level"] == "info"
    assert line["timestamp"]


@pytest.mark.parametrize(
    "secret",
    [
        "@saskia:example.org",
        "@saskia:localhost:8008",
        "%40saskia%3Aexample.org",
        "saskia@example.org",
        "syt_c2Fza2lh_abcdef_123",
        "Bearer abc.def",
        "access_token=abcdef",
        '"password": "hunter2"',
        "postgresql://bot:hunter2@db",
    ],
)
@pytest.mark.parametrize("where", ["event", "field", "nested", "list", "stdlib", "key"])
def test_people_and_secrets_are_not(lines: Lines, secret: str, where: str) -> None:
    log = structlog.get_logger("helpdesk_bot.x")
    text = f"at {secret} it went wrong"
    if where == "event":
        log.info(text)
    elif where == "field":
        log.info("x", field=text)
    elif where == "nested":
        log.info("x", field={"deep": {"deeper": text}})
    elif where == "list":
        log.info("x", field=[text, (text,)])
    elif where == "stdlib":
        logging.getLogger("helpdesk_bot.y").warning("here: %s", text)
    else:
        log.info("x", body=text, field={"formatted_body": text, "sender": text})
    written = json.dumps(lines(), ensure_ascii=False)
    for part in ("saskia", "hunter2", "abcdef", "abc.def"):
        assert part not in written


def test_what_a_library_quotes_is_left_out(lines: Lines) -> None:
    logging.getLogger("alembic.step").warning(f"Error validating: {'Mijn vraag is geheim'}")  # noqa: G004
    logging.getLogger("asyncio").error("Task exception was never retrieved: %r", ValueError("geheim"))
    first, second = lines()
    assert "geheim" not in json.dumps([first, second])
    assert first["logger"] == "alembic.step"
    assert first["line"]
    assert second["event"] == "Task exception was never retrieved: %r"


def test_an_exception_without_what_it_quotes(lines: Lines) -> None:
    try:
        try:
            raise ValueError("Mijn vraag is geheim")
        except ValueError as error:
            raise UserError("error.unknown") from error
    except UserError:
        structlog.get_logger("helpdesk_bot.x").exception("failed", event_id="$abc")
    (line,) = lines()
    told = str(line["exception"])
    assert "UserError(error.unknown)" in told
    assert "because of ValueError at tests/test_logs.py:" in told
    assert "geheim" not in told


def test_groups_and_circles_of_exceptions_end() -> None:
    inner = KeyError("geheim")
    inner.__cause__ = inner
    told = logs.describe(ExceptionGroup("geheim", [inner, OSError(2, "No such file")]))
    assert "KeyError" in told
    assert "FileNotFoundError([Errno 2] No such file)" in told
    assert "geheim" not in told


def test_libraries_are_quiet(lines: Lines) -> None:
    logging.getLogger("aiohttp.access").info("GET /")
    logging.getLogger("helpdesk_bot.z").debug("ours")
    assert [line["event"] for line in lines()] == ["ours"]
