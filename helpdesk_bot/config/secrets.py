"""Secrets come from the environment, or from a file named there; never from the configuration file."""

import os
import stat
from pathlib import Path
from typing import Self

from pydantic import BaseModel, SecretStr

from helpdesk_bot.config.findings import Finding

# Others may not read it. The group may, because service managers hand out secrets as 0440.
UNSAFE_BITS = 0o037


class Environment(BaseModel):
    """What is set in the environment: HELPDESK_ and the name in capitals. Empty is as good as not set."""

    database_url: SecretStr | None = None
    database_url_file: Path | None = None
    bot_password: SecretStr | None = None
    bot_password_file: Path | None = None
    alarm_channels_file: Path | None = None

    @classmethod
    def now(cls) -> Self:
        return cls.model_validate(
            {
                name: value
                for name in cls.model_fields
                if (value := os.environ.get(f"HELPDESK_{name.upper()}"))
            }
        )


def unsafe_mode(path: Path) -> str | None:
    """The file's mode in words of chmod when others can read or change it, else None."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:04o}" if mode & UNSAFE_BITS else None


def read(findings: list[Finding]) -> tuple[SecretStr | None, SecretStr | None]:
    """The database's address and the bot's password. What is wrong is added to `findings`."""
    given = Environment.now()
    return (
        _one("HELPDESK_DATABASE_URL", given.database_url, given.database_url_file, findings),
        _one("HELPDESK_BOT_PASSWORD", given.bot_password, given.bot_password_file, findings),
    )


def channels_file() -> Path | None:
    """The file of the addresses at which people are called, if the environment names one."""
    return Environment.now().alarm_channels_file


def _one(name: str, value: SecretStr | None, path: Path | None, findings: list[Finding]) -> SecretStr | None:
    if path is None:
        return value
    if value is not None:
        findings.append(
            Finding(f"${name}", f"is set, and so is ${name}_FILE", "Set one of the two; the file is safer.")
        )
        return None
    return read_file(path, f"${name}_FILE", findings)


def read_file(path: Path, where: str, findings: list[Finding]) -> SecretStr | None:
    try:
        if mode := unsafe_mode(path):
            findings.append(
                Finding(where, f"{path} has mode {mode}: others can read it", f"Run: chmod 600 {path}")
            )
            return None
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        findings.append(
            Finding(where, f"{path} can't be read: {reason}", "Point it at a readable file with the secret.")
        )
        return None
    if not text:
        findings.append(Finding(where, f"{path} is empty", "Put the secret in it, on one line."))
        return None
    return SecretStr(text)
