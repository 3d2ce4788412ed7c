"""A process that takes messages between devices, one sync each, and may be killed: `receiver FOLDER`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

from helpdesk_bot.clock import utc_now
from helpdesk_bot.matrix.account import Account
from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Homeserver


def saved(position: Path) -> int:
    return int(position.read_text()) if position.exists() else 0


def save(position: Path, number: int) -> None:
    draft = position.with_suffix(".draft")
    draft.write_text(str(number))
    draft.rename(position)


async def receive(account: Account, syncs: list[dict[str, Any]], position: Path) -> None:
    async with aiohttp.ClientSession() as session:
        crypto = Crypto(account, Homeserver(account.homeserver, None, session=session), utc_now, "")
        print("ready", flush=True)  # noqa: T201
        done = saved(position)
        for number, sync in enumerate(syncs[done:], done + 1):
            await crypto.receive(sync)
            save(position, number)
        await crypto.close()


def main() -> None:
    folder = Path(sys.argv[1])
    syncs = json.loads((folder / "syncs.json").read_text())
    asyncio.run(receive(Account.load(folder), syncs, folder / "position"))


if __name__ == "__main__":
    main()
