"""Logs: one line per event, JSON or for reading, with ids and never with names, addresses of people or what they wrote.

Callers log ids only. What is here is the second line of defence: it also covers libraries, which quote what they
choked on in their messages and exceptions.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from helpdesk_bot.config import Log

OURS = "helpdesk_bot"
HIDDEN = "…"
HIDDEN_KEYS = frozenset(
    [
        "body",
        "formatted_body",
        "content",
        "text",
        "message",
        "plaintext",
        "filename",
        "topic",
        "reason",
        "name",
        "displayname",
        "display_name",
        "password",
        "secret",
        "token",
        "access_token",
        "refresh_token",
        "authorization",
        "pickle_key",
        "passphrase",
        "sender",
        "user",
        "user_id",
    ]
)
_MASKS = (
    (re.compile(r"(?<![\w.])@[^\s:@'\"<>]+:[A-Za-z0-9.\-\[\]]+(?::\d+)?"), "@" + HIDDEN),
    (re.compile(r"%40[^\s/?&]+?%3A[A-Za-z0-9.%-]+", re.IGNORECASE), "@" + HIDDEN),
    (re.compile(r"(://)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN + "@" + HIDDEN),
    (re.compile(r"\b(?:syt|syr|mat|mct|mcr|msc)_[\w-]+"), HIDDEN),
    (re.compile(r"(\bBearer\s+)\S+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"((?:access_|refresh_)?token|password|secret)(['\"]?\s*[=:]\s*['\"]?)[^\s'\"&,}]+", re.IGNORECASE), rf"\1\2{HIDDEN}"),
)  # fmt: skip


def setup(log: Log, stream: TextIO | None = None) -> None:
    """Sends everything, that of libraries too, through the same processors to `stream` (standard error)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _bare_exception,
        mask,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            pass_foreign_args=True,
            foreign_pre_chain=[_only_the_place, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(log.format)],
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(log.level.upper())
    logging.captureWarnings(True)


def mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Takes out whatever looks like a person, a secret or a message."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if key in HIDDEN_KEYS:
        return HIDDEN
    if key.startswith("_"):  # structlog's own, taken out again before the line is written
        return value
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {str(inner): _clean(str(inner), what) for inner, what in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", what) for what in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_text(str(value))


def mask_text(text: str) -> str:
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def _only_the_place(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A library's message may quote anything: only a literal template is kept, else the place it came from."""
    record: logging.LogRecord = event["_record"]
    has_args = bool(event.pop("positional_args", None))
    if record.name.partition(".")[0] == OURS:
        return event
    template = record.msg if has_args and isinstance(record.msg, str) else ""
    event["event"] = template or f"{record.module}.{record.funcName}"
    event["line"] = record.lineno
    return event


def _bare_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The chain of exceptions with their places; messages only of our own and the operating system's."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, BaseException):
        error: BaseException | None = given
    else:
        error = given[1] if given else None
    event.pop("stack_info", None)
    if error is not None:
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """An exception without what it may quote: 'SomeError at a.py:10 in f < b.py:20 in g; because of …'."""
    told = ""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        told += f"{'; because of ' if told else ''}{_title(current)}{_places(current.__traceback__)}"
        for inner in getattr(current, "exceptions", ()):
            told += f"; with {describe(inner)}"
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return told


def _title(error: BaseException) -> str:
    kind = type(error)
    own = kind.__module__.partition(".")[0] == OURS
    if own or isinstance(error, OSError):
        return f"{kind.__qualname__}({mask_text(str(error))})"
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-8:]
    places = [
        f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} in {frame.name}" for frame in frames
    ]
    return f" at {' < '.join(reversed(places))}" if places else ""


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
