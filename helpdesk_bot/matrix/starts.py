"""Whether a copy of the store of keys is still the newest there is.

Each start leaves a word of its own in the store, and then at the homeserver, before any key is used. A copy whose
word is the homeserver's comes from the last start there was.
"""

import secrets

from helpdesk_bot.matrix.crypto_store import CryptoStore
from helpdesk_bot.matrix.http import Homeserver, MatrixError

NOTE = "start"
_TYPE = "nl.helpdesk.start"
_NOT_FOUND = 404


async def announce(store: CryptoStore, homeserver: Homeserver, user_id: str) -> None:
    word = secrets.token_hex(8)
    with store.transaction():
        store.put_note(NOTE, word)
    await homeserver.put_account_data(user_id, _TYPE, {"start": word})


async def last(homeserver: Homeserver, user_id: str) -> str | None:
    """The word of the last start, as far as the homeserver knows. Raises MatrixError."""
    try:
        word = (await homeserver.account_data(user_id, _TYPE)).get("start")
    except MatrixError as error:
        if error.status != _NOT_FOUND:
            raise
        return None
    return word if isinstance(word, str) else None
