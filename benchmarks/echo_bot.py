"""The yardstick: the least that a bot made with matrix-nio does. Joins where it is invited and says what it hears.

`python -m benchmarks.echo_bot URL ACCOUNT_FILE STORE_FOLDER`
"""

import asyncio
import sys
from pathlib import Path

import nio

from helpdesk_bot.demo.synapse import Account


async def run(url: str, account: Account, store: Path) -> None:
    config = nio.AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = nio.AsyncClient(url, account.user_id, account.device_id, str(store), config)
    client.restore_login(account.user_id, account.device_id, account.token)

    async def invited(room: nio.MatrixRoom, event: nio.InviteMemberEvent) -> None:
        if event.state_key == account.user_id and event.membership == "invite":
            await client.join(room.room_id)

    async def heard(room: nio.MatrixRoom, event: nio.RoomMessageText) -> None:
        if event.sender != account.user_id:
            content = {"msgtype": "m.notice", "body": event.body}
            await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

    client.add_event_callback(invited, nio.InviteMemberEvent)
    client.add_event_callback(heard, nio.RoomMessageText)
    if client.should_upload_keys:
        await client.keys_upload()
    await client.sync_forever(timeout=30_000)


if __name__ == "__main__":
    folder = Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(run(sys.argv[1], Account.load(Path(sys.argv[2])), folder))
