"""How the command line talks: plain sentences, findings with a remedy each, and exit statuses."""

import asyncio
import errno
import socket
import sys
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from helpdesk_bot import config as configuration
from helpdesk_bot.cli.words import explained
from helpdesk_bot.config import Config, ConfigError
from helpdesk_bot.errors import UserError
from helpdesk_bot.matrix.http import MatrixError, Unreachable
from helpdesk_bot.storage.engine import is_damaged

Level = Literal["ok", "note", "warning", "error"]
DEFAULT_CONFIG = Path("config/helpdesk.yaml")
# sysexits.h, EX_CONFIG. The service manager is told not to start again on this: only a person can mend it.
NEEDS_A_PERSON = 78
_LOOKS: dict[str, str] = {"ok": "green", "note": "blue", "warning": "yellow", "error": "bold red"}

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", envvar="HELPDESK_CONFIG")
]


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was looked at."""

    level: Level
    subject: str
    what: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class Refusal(Exception):
    """The command can't do what was asked; `remedy` says what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def show(results: Iterable[Result]) -> None:
    """A table, and below it what to do: there a command can be copied in one piece."""
    table = Table("", "Subject", "Finding", "", header_style="bold")
    for column in table.columns[1:3]:
        column.overflow = "fold"
    remedies: list[str] = []
    for result in results:
        if result.remedy and result.remedy not in remedies:
            remedies.append(result.remedy)
        pointer = f"→ {remedies.index(result.remedy) + 1}" if result.remedy else ""
        look = _LOOKS[result.level]
        table.add_row(f"[{look}]{result.level}[/]", escape(result.subject), escape(result.what), pointer)
    out.print(table)
    for number, remedy in enumerate(remedies, 1):
        out.print(f"[bold]{number}.[/] {escape(remedy)}", soft_wrap=True)


def say(text: str) -> None:
    out.print(escape(text), soft_wrap=True)


def fail(what: str, remedy: str = "", status: int = 1) -> NoReturn:
    err.print(f"[bold red]Error:[/] {escape(what)}", soft_wrap=True)
    if remedy:
        err.print(escape(remedy), soft_wrap=True)
    raise typer.Exit(status)


def load_config(path: Path) -> Config:
    with speaking():
        return configuration.load(path)


def run_async(work: Coroutine[Any, Any, None]) -> None:
    """Runs a command's work; what a person must mend ends it with words instead of a traceback."""
    with speaking():
        asyncio.run(work)


def _trouble(error: Exception) -> tuple[str, str]:
    """What is wrong with the database or the port, and the remedy. Raises what is neither."""
    cause = getattr(error, "orig", None) or error
    if isinstance(error, SQLAlchemyError | ConnectionError | TimeoutError | socket.gaierror):
        return (
            f"The database can't be used ({type(cause).__name__}).",
            "Check the database's address and that it is up; `helpdesk check` says more.",
        )
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return (
            "The port for /healthz and /metrics is taken.",
            "Set another as `web.port`; 0 takes any free one.",
        )
    raise error


@contextmanager
def speaking() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        for found in error.findings:
            err.print(f"[bold red]{escape(found.place)}[/]: {escape(found.what)}", soft_wrap=True)
            err.print(f"    {escape(found.remedy)}", soft_wrap=True)
        raise typer.Exit(NEEDS_A_PERSON) from None
    except UserError as error:
        fail(*explained(error), status=NEEDS_A_PERSON)
    except Refusal as refusal:
        fail(refusal.what, refusal.remedy)
    except Unreachable as error:
        fail(f"The homeserver can't be reached ({error}).", "Check `homeserver.url` and whether it is up.")
    except MatrixError as error:
        fail(f"The homeserver refused: {error} {error.message}".rstrip())
    except (SQLAlchemyError, OSError) as error:
        if isinstance(error, SQLAlchemyError) and is_damaged(error):
            fail("The database is damaged.", "Restore a backup with `helpdesk restore`.", NEEDS_A_PERSON)
        fail(*_trouble(error))
    except KeyboardInterrupt:
        fail("Stopped. Run it again to go on where it was.", status=130)


def put(made: bytes, to: Path | None) -> None:
    """Writes a file, or the same to the screen."""
    if to is not None:
        to.write_bytes(made)
        say(f"Written to {to}.")
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
