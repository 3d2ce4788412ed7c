"""Signing in: from a password or a token to an account folder that is whole."""

import shutil
from contextlib import suppress
from pathlib import Path

from helpdesk_bot.matrix.account import Account, AccountError, Seeds, put_in_place, staging_folder, who
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver, MatrixError

_FORBIDDEN = 403


async def sign_in(
    folder: Path,
    homeserver: Homeserver,
    *,
    user: str = "",
    password: str | None = None,
    token: str | None = None,
    device_name: str = "",
    seeds: Seeds | None = None,
    before: Account | None = None,
    reset_signing: bool = False,
) -> Account:
    """Makes a new device for the bot. The folder appears only when all of it works; otherwise nothing is left.

    `homeserver` needs no token. Give user and password, or a token of a device that never did encryption. With the
    `seeds` of the device before, nobody's client says that the account's identity has changed; with all of it
    (`before`), what that one could read is not lost.
    """
    device_is_new = token is None
    if token is None:
        token = await _log_in(homeserver, user, password or "", device_name)
    ours = homeserver.signed_in(token)
    staging = staging_folder(folder)
    try:
        user_id, device_id = await who(ours)
        account = Account.new(staging, homeserver.base_url, user_id, device_id, token)
        if seeds:
            account = account.with_seeds(seeds)
        crypto = await Crypto.open(account, ours, password=password, reset_signing=reset_signing)
        try:
            account = account.with_identity(crypto.identity)
            if before:
                crypto.adopt_room_keys(before)
        finally:
            await crypto.close()
        account.save()
    except BaseException as error:
        shutil.rmtree(staging)
        if device_is_new:
            with suppress(MatrixError):
                await ours.logout()
        if isinstance(error, MatrixError) and error.signed_out:
            raise AccountError("account.token_refused", homeserver=homeserver.base_url) from None
        raise
    put_in_place(staging, folder)
    return Account.load(folder)


async def _log_in(homeserver: Homeserver, user: str, password: str, device_name: str) -> str:
    try:
        answer = await homeserver.login_password(user, password, display_name=device_name or None)
    except MatrixError as error:
        if error.status != _FORBIDDEN:
            raise
        raise AccountError("account.password_refused", user=user) from None
    token = answer.get("access_token")
    if not isinstance(token, str):
        raise MatrixError(200, "BAD_ANSWER", "no token")
    return token
