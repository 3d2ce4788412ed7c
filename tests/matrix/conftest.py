from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import nio
import pytest

from helpdesk_bot.demo.synapse import Synapse
from helpdesk_bot.matrix import receive, refusals, send
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.batch import Reader
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver
from tests.conftest import NewAccount
from tests.matrix.bot import Bot
from tests.matrix.device import Device
from tests.matrix.station import Station
from tests.matrix.stock import stock
from tests.matrix.syncs import BOT

NewBot = Callable[[], Awaitable[Bot]]
NewDevice = Callable[[str], Awaitable[Device]]
both_ways = pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def new_bot(
    synapse: Synapse, new_account: NewAccount, tmp_path: Path, clock: Clock
) -> AsyncIterator[NewBot]:
    """Signs a bot in for the first time; its folder is `bot.account.folder`."""
    async with AsyncExitStack() as here:

        async def make() -> Bot:
            account = await new_account("hulp")
            folder = tmp_path / account.localpart / "account"
            return await here.enter_async_context(Bot.on(synapse, folder, account.localpart, clock=clock))

        yield make


@pytest.fixture
async def new_device(synapse: Synapse, new_account: NewAccount) -> AsyncIterator[NewDevice]:
    """Somebody's device, on the homeserver but without keys there."""
    async with aiohttp.ClientSession() as session:

        async def make(name: str) -> Device:
            account = await new_account(name)
            homeserver = Homeserver(synapse.url, account.token, session=session)
            return Device(account.user_id, account.device_id, homeserver)

        yield make


@pytest.fixture
async def alone(tmp_path: Path, clock: Clock) -> AsyncIterator[Crypto]:
    """Encryption without a homeserver: what is only ever received."""
    tmp_path.joinpath("alone").mkdir()
    account = Account.new(tmp_path / "alone", "http://127.0.0.1:9", "@hulp:x.org", "BOT", "token")
    async with aiohttp.ClientSession() as session:
        crypto = Crypto(account, Homeserver(account.homeserver, "token", session=session), clock, "")
        yield crypto
        await crypto.close()


@pytest.fixture
async def reader(alone: Crypto) -> AsyncIterator[Reader]:
    async with aiohttp.ClientSession() as session:
        yield Reader(Homeserver("http://127.0.0.1:9", "token", session=session), alone, BOT)


@pytest.fixture
async def stock_bot(
    synapse: Synapse, new_account: NewAccount, tmp_path: Path
) -> AsyncIterator[nio.AsyncClient]:
    """A bot on matrix-nio as it comes, that has taken its first position."""
    account = await new_account("nio")
    who = (synapse.url, account.user_id, account.device_id, account.token)
    async with stock(tmp_path / "stock", *who) as client:
        await client.sync()
        yield client


@pytest.fixture
async def station(
    synapse: Synapse, new_account: NewAccount, sqlite_url: str, tmp_path: Path
) -> AsyncIterator[Station]:
    """A bot that has taken its first position."""
    account = await new_account("hulp")
    async with Station.at(synapse, tmp_path / "bot", sqlite_url, account.localpart) as station:
        await station.receiver.once()
        yield station


@pytest.fixture
def impatient_receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "_pause", lambda failures, asked: 0.02)


@pytest.fixture
def impatient_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "pause_after", lambda failures: 0.05)
    monkeypatch.setattr(send, "OTHERS_FIRST", 0.1)
    monkeypatch.setattr(refusals, "TRIES", (0.05, 0.05))
