"""`helpdesk check`: the doctor. Looks at everything the helpdesk leans on and changes nothing, unless told to."""

import json
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from helpdesk_bot import config as configuration
from helpdesk_bot.cli import secret_input
from helpdesk_bot.cli.checks.account import check_account, check_homeserver
from helpdesk_bot.cli.checks.alarm import check_alarm
from helpdesk_bot.cli.checks.database import check_database
from helpdesk_bot.cli.checks.files import check_files
from helpdesk_bot.cli.checks.limits import check_limits
from helpdesk_bot.cli.checks.outside import check_outside
from helpdesk_bot.cli.checks.playbooks import check_playbooks
from helpdesk_bot.cli.checks.rooms import check_rooms
from helpdesk_bot.cli.checks.rotas import check_rotas
from helpdesk_bot.cli.output import DEFAULT_CONFIG, ConfigOption, Result, out, run_async, say, show, speaking
from helpdesk_bot.clock import utc_now
from helpdesk_bot.config import Config, ConfigError
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.texts.catalogue import CatalogueError
from helpdesk_bot.texts.render import Texts


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    admin_token_file: Annotated[
        Path | None, typer.Option(help="A file with an administrator's access token, to see the rate limits.")
    ] = None,
    fix: Annotated[bool, typer.Option(help="Mend file modes and, as administrator, rate limits.")] = False,
    alarm: Annotated[
        bool, typer.Option(help="Send a test message by each channel on which people are called.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only what is not right.")] = False,
) -> None:
    """Look whether everything is right; exit status 1 when something is not."""
    with speaking():
        token = secret_input.from_file(admin_token_file, "--admin-token-file") if admin_token_file else None
    results: list[Result] = []
    loaded = _loaded(config, results)
    if loaded:
        run_async(_look(loaded, token, results, fix=fix, alarm=alarm))
    bad = sum(result.level == "error" for result in results)
    if as_json:
        answer = {"ok": not bad, "findings": [result.as_json() for result in results]}
        out.print_json(json.dumps(answer, ensure_ascii=False))
    else:
        show(result for result in results if not quiet or result.level != "ok")
        warnings = sum(result.level == "warning" for result in results)
        say(f"{bad} errors, {warnings} warnings." if bad or warnings else "All is well.")
    if bad:
        raise typer.Exit(1)


def _loaded(path: Path, results: list[Result]) -> Config | None:
    try:
        config = configuration.load(path)
    except ConfigError as error:
        results += [Result("error", found.place, found.what, found.remedy) for found in error.findings]
        return None
    results.append(Result("ok", "configuration", f"{path} is right"))
    return config


async def _look(
    config: Config, admin_token: str | None, results: list[Result], *, fix: bool, alarm: bool
) -> None:
    results += _languages(config)
    results += check_files(config, fix=fix)
    results += check_outside(config)
    results += check_playbooks(config)
    results += await check_database(config)
    results += await check_alarm(config, send=alarm)
    async with aiohttp.ClientSession() as session:
        found = await check_homeserver(config, session, utc_now)
        results += found
        if any(result.subject == "homeserver" and result.level == "error" for result in found):
            return
        try:
            results += (told := await check_account(config, session))[0]
            if told[1] is None:
                return
            homeserver = Homeserver(config.homeserver.url, told[1].access_token, session=session)
            results += await check_rooms(config, homeserver)
            results += await check_rotas(config, homeserver)
            results += await check_limits(config, homeserver, admin_token, fix=fix)
        except MatrixError as error:
            what = f"stopped answering in the middle ({error})"
            results.append(Result("error", "homeserver", what, "Look again; the checks are not complete."))


def _languages(config: Config) -> list[Result]:
    try:
        Texts.load(config.default_language, config.helpdesk.languages, config.helpdesk.timezone)
    except CatalogueError as error:
        remedy = "Correct `helpdesk.languages`, or complete the catalogue (CONTRIBUTING, 'a language')."
        return [Result("error", "texts", finding, remedy) for finding in error.findings[:10]]
    return [Result("ok", "texts", f"complete in {', '.join(config.helpdesk.languages)}")]
