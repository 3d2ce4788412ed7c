"""What a person's client does after its first sign-in: the person vouches for the device, so that nobody is warned."""

from pathlib import Path

import aiohttp

from helpdesk_bot.demo.person import Person
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.cross_signing import ensure_signed, standing
from helpdesk_bot.matrix.http import Homeserver


async def vouch(person: Person) -> None:
    """Makes the person's signing keys, which nobody keeps: there is one device to sign, now."""
    account, signer = person.account, person.signer()
    async with aiohttp.ClientSession() as http:
        homeserver = Homeserver(person.url, account.token, session=http)
        shown = await standing(homeserver, account.user_id, account.device_id)
        assert shown.device is not None
        keys = Account.new(Path(), person.url, account.user_id, account.device_id, account.token)
        await ensure_signed(keys, homeserver, shown.device, signer, password=account.password, reset=True)
