"""One message to one address, by Apprise. What goes wrong is named by its kind: an address holds secrets.

Apprise is only imported when there is an address, because it takes memory that most helpdesks need for something else.
"""

import asyncio
import logging
from typing import TYPE_CHECKING

from pydantic import SecretStr

from helpdesk_bot.config import Channels, Finding

if TYPE_CHECKING:
    from apprise import Apprise

LONGEST = 20.0  # seconds for one message
NOT_UNDERSTOOD = "not an address that Apprise knows"


async def deliver(address: SecretStr, title: str, body: str) -> str | None:
    """Sends it; what went wrong, or None. Waits at most `LONGEST`: what is only slow may still arrive after that."""
    try:
        async with asyncio.timeout(LONGEST):
            return await asyncio.to_thread(_send, address, title, body)
    except TimeoutError:
        return "no answer in time"


def not_understood(channels: Channels) -> list[Finding]:
    """The places of the addresses that are none."""
    remedy = "Write it as Apprise does, such as ntfys://topic or mailto://user:password@example.org."
    return [
        Finding(channel.place[0], f"this address of {who} is {NOT_UNDERSTOOD}", remedy, channel.place[1])
        for who, channel in channels
        if _opened(channel.address) is None
    ]


def _send(address: SecretStr, title: str, body: str) -> str | None:
    opened = _opened(address)
    if opened is None:
        return NOT_UNDERSTOOD
    try:
        return None if opened.notify(title=title, body=body) else "refused, or not reached"
    except Exception as error:  # noqa: BLE001  # a hundred services, each with errors of its own; its words may hold the address
        return type(error).__name__


def _opened(address: SecretStr) -> "Apprise | None":
    from apprise import Apprise

    logging.getLogger("apprise").disabled = True  # it writes addresses into its log
    opened = Apprise()
    return opened if opened.add(address.get_secret_value()) else None
