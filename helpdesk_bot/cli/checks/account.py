"""The homeserver and the bot's device on it."""

import aiohttp

from helpdesk_bot.cli.output import Result
from helpdesk_bot.cli.words import explained
from helpdesk_bot.clock import Clock
from helpdesk_bot.config import Config
from helpdesk_bot.matrix import key_file
from helpdesk_bot.matrix.account import Account, AccountError, who
from helpdesk_bot.matrix.cross_signing import device_is_verified, standing
from helpdesk_bot.matrix.http import Homeserver, MatrixError
from helpdesk_bot.matrix.key_file import KeyFile
from helpdesk_bot.matrix.registration import server_time

_SKEW_NOTED = 30.0
_SKEW_BAD = 300.0


async def check_homeserver(config: Config, session: aiohttp.ClientSession, clock: Clock) -> list[Result]:
    """An empty list stands for nothing: there always is a result, and an error means that it is of no use to go on."""
    url = config.homeserver.url
    try:
        await Homeserver(url, None, session=session).versions()
        theirs = await server_time(session, url)
    except MatrixError as error:
        remedy = "Check `homeserver.url`: its /_matrix/client/versions must answer in a browser."
        return [Result("error", "homeserver", f"{url} gives no good answer ({error})", remedy)]
    results = [Result("ok", "homeserver", f"{url} answers")]
    if theirs is not None:
        skew = abs((clock() - theirs).total_seconds())
        if skew > _SKEW_NOTED:
            level = "error" if skew > _SKEW_BAD else "warning"
            what = f"this machine's clock differs {skew:.0f} s from the homeserver's"
            remedy = "Turn on time synchronisation: timedatectl set-ntp true"
            results.append(Result("error" if level == "error" else "warning", "clock", what, remedy))
        else:
            results.append(Result("ok", "clock", "agrees with the homeserver's"))
    return results


async def check_account(
    config: Config, session: aiohttp.ClientSession
) -> tuple[list[Result], Account | None]:
    """The account is None when it can't be used."""
    try:
        account = Account.load(config.account_dir)
        store = key_file.read(account)
    except AccountError as error:
        return [Result("error", "account", *explained(error))], None
    homeserver = Homeserver(config.homeserver.url, account.access_token, session=session)
    try:
        user_id, device_id = await who(homeserver)
    except AccountError as error:
        return [Result("error", "account", *explained(error))], None
    except MatrixError as error:
        if not error.signed_out:
            raise
        refused = AccountError("account.token_refused", homeserver=config.homeserver.url)
        return [Result("error", "account", *explained(refused))], None
    if (user_id, device_id) != (account.user_id, account.device_id) or user_id != config.homeserver.user_id:
        other = AccountError("account.token_of_other_device", user=user_id, device=device_id)
        return [Result("error", "account", *explained(other))], None
    results = [Result("ok", "account", f"signed in as {user_id}, device {device_id}")]
    results.append(await _same_keys(account, store, homeserver))
    results.append(await _verified(account, homeserver))
    results.append(await _one_time_keys(homeserver))
    return results, account


async def _same_keys(account: Account, store: KeyFile, homeserver: Homeserver) -> Result:
    shown = (await standing(homeserver, account.user_id, account.device_id)).device
    if shown is None:
        what = "the homeserver shows no keys of it, so nobody can write to it encrypted"
        return Result("error", "device", what, "Start the bot: it brings them.")
    if shown.get("keys") != store.keys:
        return Result(
            "error",
            "device",
            *explained(AccountError("account.device_has_other_keys", device=account.device_id)),
        )
    return Result("ok", "device", "its store of keys is the one that the homeserver knows")


async def _verified(account: Account, homeserver: Homeserver) -> Result:
    if await device_is_verified(account, homeserver):
        return Result("ok", "device", "verified: people see no warning beside its messages")
    return Result(
        "error",
        "device",
        "not verified: people see a red shield, and strict clients share no keys with it",
        "Stop the bot and run `helpdesk init` again; with --reset-signing if other keys were made elsewhere.",
    )


async def _one_time_keys(homeserver: Homeserver) -> Result:
    # An upload of nothing is how one asks for the count.
    counts = (await homeserver.keys_upload({})).get("one_time_key_counts")
    count = counts.get("signed_curve25519", 0) if isinstance(counts, dict) else 0
    if count:
        return Result("ok", "device", f"{count} one-time keys at the homeserver")
    return Result(
        "warning",
        "device",
        "no one-time keys at the homeserver: new people's first messages are less well protected",
        "Start the bot; it brings new ones. If this stays, look in its log for 'upkeep'.",
    )
