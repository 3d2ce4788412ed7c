"""`helpdesk login`: a new device for the bot when the old one's keys are lost. The database stays as it is."""

from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from helpdesk_bot.cli import secret_input, sign_in
from helpdesk_bot.cli.output import DEFAULT_CONFIG, ConfigOption, Refusal, load_config, run_async, say
from helpdesk_bot.config import Config


def login(
    config: ConfigOption = DEFAULT_CONFIG,
    password_file: Annotated[
        Path | None, typer.Option(help="A file (mode 600) with the account's password.")
    ] = None,
    reset_signing: Annotated[
        bool,
        typer.Option(
            "--reset-signing",
            help="Replace the account's signing keys: needed when the account folder is lost.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Sign the bot in as a new device, after the loss of its keys. Keeps the database."""
    loaded = load_config(config)
    run_async(_login(loaded, password_file, reset_signing=reset_signing, ask=not yes))


async def _login(config: Config, password_file: Path | None, *, reset_signing: bool, ask: bool) -> None:
    password = secret_input.bot_password(sign_in.kept_password(config))
    if password_file:
        password = secret_input.from_file(password_file, "--password-file")
    if password is None and ask:
        password = secret_input.ask(config.homeserver.user_id)
    if not password:
        raise Refusal(
            "The bot's password is not known.", "Give --password-file, or set HELPDESK_BOT_PASSWORD_FILE."
        )
    async with aiohttp.ClientSession() as session:
        account, _ = await sign_in.new_device(config, session, password, reset_signing=reset_signing)
    say(f"Signed in as {account.user_id}, now on device {account.device_id}, which is verified.")
    old = config.account_dir.with_name(config.account_dir.name + ".old")
    if old.exists():
        say(f"The old account is kept in {old}. Throw it away when all is well.")
    say(
        "It can read what the old device had the keys for. What only that one was given since can't be read any more."
    )
