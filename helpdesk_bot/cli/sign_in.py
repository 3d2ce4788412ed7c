"""Getting the bot's account: the one that is there, or a new device, or a new account altogether."""

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from helpdesk_bot.cli import secret_input
from helpdesk_bot.cli.output import Refusal, say
from helpdesk_bot.config import Config
from helpdesk_bot.matrix import key_file
from helpdesk_bot.matrix.account import (
    CREDENTIALS,
    Account,
    AccountError,
    Seeds,
    refuse_half_restored,
    who,
)
from helpdesk_bot.matrix.cross_signing import device_is_verified
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.registration import register
from helpdesk_bot.matrix.sign_in import sign_in

DEVICE_NAME = "Helpdesk"


def kept_password(config: Config) -> Path:
    """Where the password of an account that `init` made is kept."""
    home = config.source.parent if config.source else config.data_dir
    return home / "secrets" / "bot-password"


async def existing(
    config: Config, session: aiohttp.ClientSession, password: str | None, *, reset_signing: bool
) -> tuple[Account, Homeserver]:
    """The account that is signed in, with what an earlier start may have left undone."""
    account = Account.load(config.account_dir)
    if account.user_id != config.homeserver.user_id:
        raise Refusal(
            f"{config.account_dir} holds the account of {account.user_id}, not of {config.homeserver.user_id}.",
            "Correct `homeserver.user_id`, or use another `data_dir`.",
        )
    homeserver = Homeserver(config.homeserver.url, account.access_token, session=session)
    try:
        await who(homeserver)
    except MatrixError as error:
        if error.signed_out:
            raise AccountError("account.token_refused", homeserver=config.homeserver.url) from None
        raise
    if not await device_is_verified(account, homeserver):
        crypto = await Crypto.open(account, homeserver, password=password, reset_signing=reset_signing)
        await crypto.close()
    return account, homeserver


async def new_device(
    config: Config, session: aiohttp.ClientSession, password: str, *, reset_signing: bool
) -> tuple[Account, Homeserver]:
    """Signs in. An account folder that was there is kept beside the new one."""
    refuse_half_restored(config.account_dir)
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = _Before.of(config)
    account = await sign_in(
        config.account_dir,
        Homeserver(config.homeserver.url, None, session=session),
        user=config.homeserver.user_id,
        password=password,
        device_name=DEVICE_NAME,
        seeds=before.seeds if before else None,
        before=before.whole if before else None,
        reset_signing=reset_signing,
    )
    if account.user_id != config.homeserver.user_id:
        raise Refusal(
            f"The homeserver signed in {account.user_id}.",
            "Write exactly that as `homeserver.user_id` and run this again.",
        )
    homeserver = Homeserver(config.homeserver.url, account.access_token, session=session)
    if before:
        # So that nobody goes on writing to it. It may be signed out already.
        with suppress(MatrixError):
            await homeserver.signed_in(before.token).logout()
    return account, homeserver


@dataclass(frozen=True, slots=True)
class _Before:
    """What is known of the account that was here, however broken the rest of it is."""

    seeds: Seeds
    token: str
    whole: Account | None  # with a store of keys that can be read

    @classmethod
    def of(cls, config: Config) -> "_Before | None":
        try:
            known = json.loads((config.account_dir / CREDENTIALS).read_text())
            if known["user_id"] != config.homeserver.user_id:
                return None
            seeds, token = Seeds(**known["seeds"]), known["access_token"]
        except (OSError, ValueError, TypeError, KeyError):
            return None
        try:
            whole = Account.read(config.account_dir)
            key_file.read(whole)
        except AccountError:
            return cls(seeds, token, None)
        return cls(seeds, token, whole)


async def make_account(config: Config, session: aiohttp.ClientSession, shared_secret: str) -> str:
    """A new account with a password made up here, which is kept in a file. One that exists stays as it is.

    The file is there before the account. With a file that is there already, an earlier time was broken off: before the
    account was made or after it.
    """
    path = kept_password(config)
    again = path.exists()
    if again:
        password = secret_input.from_file(path, str(path))
    else:
        password = secrets.token_urlsafe(24)
        secret_input.keep(path, password)
    localpart = config.homeserver.user_id[1:].partition(":")[0]
    try:
        await register(session, config.homeserver.url, shared_secret, localpart, password)
    except MatrixError as error:
        if error.errcode != "M_USER_IN_USE":
            raise
        if again:
            return password
        path.unlink()
        raise Refusal(
            f"There is already an account {config.homeserver.user_id}.",
            "Give its password with HELPDESK_BOT_PASSWORD_FILE instead of the registration secret.",
        ) from None
    say(f"Made the account {config.homeserver.user_id}; its password is in {path}")
    return password
