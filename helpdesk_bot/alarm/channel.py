"""One message to one address, by Apprise. What goes wrong is named by its kind: an address holds secrets.

Each message has a thread of its own: a service that takes the connection and never answers may hold it for ever, and must
neither use up a place that the next message needs nor keep the process from ending.

Apprise is only imported when there is an address, because it takes memory that most helpdesks need for something else.
"""

import asyncio
import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import SecretStr

from helpdesk_bot.config import Channels, Finding

if TYPE_CHECKING:
    from apprise import Apprise

LONGEST = 20.0  # seconds for one message
NOT_UNDERSTOOD = "not an address that Apprise knows"


async def deliver(address: SecretStr, title: str, body: str) -> str | None:
    """Sends it; what went wrong, or None. Waits at most `LONGEST`: what is only slow may still arrive after that."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str | None] = loop.create_future()

    def note(error: str | None) -> None:
        if not done.done():
            done.set_result(error)

    def send() -> None:
        error = _send(address, title, body)
        with suppress(RuntimeError):  # the loop is closed: the process ends
            loop.call_soon_threadsafe(note, error)

    threading.Thread(target=send, name="alarm", daemon=True).start()
    try:
        async with asyncio.timeout(LONGEST):
            return await done
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
