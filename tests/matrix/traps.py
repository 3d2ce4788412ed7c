"""The traps of matrix-nio, each shown with nio as it comes, and that this bot does not step into it.

Where nio gets better one day its half of a test fails: then the guard may go.
"""

import nio

from helpdesk_bot.matrix.crypto import Crypto
from helpdesk_bot.matrix.http import Json
from tests.matrix.device import Device
from tests.matrix.stock import USER

ROOM = "!a:x.org"
NOOR = "@noor:x.org"


async def known_to(crypto: Crypto, device: Device) -> Json:
    """A good to-device message with a room key."""
    engine = crypto._engine
    if not engine.unpublished_one_time_keys():
        engine.account.generate_one_time_keys(10)
    key = next(iter(engine.unpublished_one_time_keys().values()))["key"]
    session = device.start_session(engine.curve25519, key)
    payload = device.payload(crypto.account.user_id, crypto.identity, "m.room_key", device.room_key(ROOM))
    content = device.sealed(session, engine.curve25519, payload)
    return {"type": "m.room.encrypted", "sender": device.user_id, "content": content}


async def stock_key(client: nio.AsyncClient, device: Device) -> Json:
    assert client.olm
    curve25519 = client.olm.account.identity_keys["curve25519"]
    client.olm.account.generate_one_time_keys(1)
    (key,) = client.olm.account.one_time_keys["curve25519"].values()
    session = device.start_session(curve25519, key)
    ed25519 = client.olm.account.identity_keys["ed25519"]
    payload = device.payload(USER, ed25519, "m.room_key", device.room_key(ROOM))
    content = device.sealed(session, curve25519, payload)
    return {"type": "m.room.encrypted", "sender": device.user_id, "content": content}
