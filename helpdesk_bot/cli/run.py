"""`helpdesk run`."""

import sys
from pathlib import Path
from types import TracebackType

import structlog
import typer

from helpdesk_bot import logs
from helpdesk_bot.alarm.channel import not_understood
from helpdesk_bot.cli.checks.rooms import BY_ID, against_alias, named_rooms
from helpdesk_bot.cli.output import DEFAULT_CONFIG, ConfigOption, load_config, run_async, speaking
from helpdesk_bot.clock import Clock, utc_now
from helpdesk_bot.config import Config, ConfigError, Finding

# Like the app of all commands in commands.py, for a process that has only this one.
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the helpdesk until it is stopped (SIGTERM, or Ctrl-C)."""
    run_by(config, utc_now)


def run_by(config: Path, clock: Clock) -> None:
    """The same by a clock of one's own, which must not go back between two starts."""
    from helpdesk_bot import app  # the other commands need not wait for all of it

    loaded = load_config(config)
    with speaking():
        _refuse_aliases(loaded)
        _refuse_channels(loaded)
    logs.setup(loaded.log)
    sys.excepthook = _log_last_words
    run_async(app.run(loaded, clock))


def _refuse_aliases(config: Config) -> None:
    """Whoever has a say over an alias must not have one over which room is the helpdesk's, or whether it starts."""
    findings = [
        Finding(place, f"{reference} is an alias: {against_alias(kind)}", BY_ID)
        for place, kind, reference in named_rooms(config)
        if reference.startswith("#")
    ]
    if findings:
        raise ConfigError(findings)


def _refuse_channels(config: Config) -> None:
    """Nobody should find out in an emergency that an address was mistyped."""
    if findings := not_understood(config.channels):
        raise ConfigError(findings)


def _log_last_words(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    """An ordinary traceback would quote whatever went wrong, and that may be what a person wrote."""
    structlog.get_logger(__name__).critical("stopped by an error", exc_info=error)
