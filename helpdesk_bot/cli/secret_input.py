"""Where a command gets a secret from: a file that only its owner may read, the environment, or the keyboard."""

import os
from pathlib import Path

import typer
from pydantic import SecretStr

from helpdesk_bot.cli.output import Refusal
from helpdesk_bot.config import ConfigError, Finding, secrets


def from_file(path: Path, option: str) -> str:
    findings: list[Finding] = []
    secret = secrets.read_file(path, option, findings)
    if secret is None:
        raise ConfigError(findings)
    return secret.get_secret_value()


def from_environment() -> str | None:
    """The bot's password."""
    findings: list[Finding] = []
    _, password = secrets.read(findings)
    if findings:
        raise ConfigError(findings)
    return password.get_secret_value() if isinstance(password, SecretStr) else None


def bot_password(kept: Path) -> str | None:
    """From the environment, else from the file where `init` keeps one that it made up itself."""
    return from_environment() or (from_file(kept, str(kept)) if kept.exists() else None)


def ask(user_id: str) -> str:
    """What is typed is not shown."""
    return str(typer.prompt(f"The password of {user_id}", hide_input=True))


def keep(path: Path, secret: str) -> None:
    """Writes a secret for this user's eyes only. One that is there already stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refusal(
            f"{path} is there already.", "Move it away, or use the password that is in it."
        ) from None
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")
