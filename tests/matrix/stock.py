"""matrix-nio as it comes, to show what it does where this bot must not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import nio

Json = dict[str, Any]
USER = "@hulp:x.org"
_numbers = count(1)


@asynccontextmanager
async def stock(
    folder: Path,
    url: str = "http://127.0.0.1:9",
    user_id: str = USER,
    device_id: str = "BOT",
    token: str = "token",
) -> AsyncIterator[nio.AsyncClient]:
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240
    config = nio.AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False)
    client = nio.AsyncClient(url, user_id, device_id, str(folder), config)
    client.restore_login(user_id, device_id, token)
    try:
        yield client
    finally:
        await client.close()
        assert client.store
        client.store.database.close()


def sync(
    to_device: list[Json] | None = None, timeline: dict[str, list[Json]] | None = None, **more: Any
) -> Json:
    """An answer to /sync."""
    rooms = {
        room_id: {
            "timeline": {"events": events, "limited": False, "prev_batch": "p"},
            "state": {"events": []},
            "ephemeral": {"events": []},
            "account_data": {"events": []},
        }
        for room_id, events in (timeline or {}).items()
    }
    answer: Json = {
        "next_batch": f"s{next(_numbers)}",  # nio passes over one that it has seen
        "to_device": {"events": to_device or []},
        "rooms": {"join": rooms, "invite": {}, "leave": {}},
        "device_lists": {"changed": [], "left": []},
        "device_one_time_keys_count": {"signed_curve25519": 50},
    }
    return answer | more


async def takes(client: nio.AsyncClient, answer: Json) -> None:
    """What nio's own loop does with an answer."""
    response = nio.SyncResponse.from_dict(answer)
    assert isinstance(response, nio.SyncResponse), response
    await client.receive_response(response)


async def enters(client: nio.AsyncClient, room_id: str) -> None:
    """Accepts an invitation, and sees itself in the room."""
    joined = await client.join(room_id)
    assert isinstance(joined, nio.JoinResponse), joined
    for _ in range(20):
        if room_id in client.rooms:
            return
        await client.sync(timeout=1_000)
    raise AssertionError("never got into the room")


async def hears_all(client: nio.AsyncClient, quiet_ms: int = 300) -> None:
    """Takes in what there is, until nothing new comes."""
    before = None
    while client.next_batch != before:
        before = client.next_batch
        answer = await client.sync(timeout=quiet_ms)
        assert isinstance(answer, nio.SyncResponse), answer
