"""Transaction ids. They are in the clear in every event of ours (see `outbox.REF_KEY`), so they are hashed with a secret that
only the database has: else a homeserver that guesses a short message in an encrypted room could see that it is right.

One has three parts: what it comes from, its place, and its words. The words that open a ticket carry its number behind
them, so that a restored helpdesk, which works on the question again, gives it the number that people know.
"""

import hmac
import json
import re

from sqlalchemy.ext.asyncio import AsyncSession

from helpdesk_bot.storage.models import Secret

_PART = 16  # characters
_NAME = "keys"
_KEY = re.compile(r"[0-9a-f]{48}(?:-([1-9][0-9]{0,8}))?")


async def secret_of(session: AsyncSession) -> bytes:
    """What the keys of this helpdesk are made with. Made with its tables, so every backup has it: what was put back comes to the
    same keys as what was lost."""
    return bytes.fromhex((await session.get_one(Secret, _NAME)).value)


def key(secret: bytes, cause: str, place: list[object], words: object, opens: int | None) -> str:
    """The same for the same words in the same place out of the same cause. `opens`: the number of a new ticket."""
    return place_of(secret, cause, place) + _hash(secret, words) + (f"-{opens}" if opens else "")


def cause_of(secret: bytes, cause: str) -> str:
    """How all keys begin that come out of this cause."""
    return _hash(secret, cause)


def place_of(secret: bytes, cause: str, place: list[object]) -> str:
    """How all keys begin that stand for this place."""
    return cause_of(secret, cause) + _hash(secret, place)


def place_in(key: str) -> str:
    """The same, of a key that is there."""
    return key[: 2 * _PART]


def same_place(key: str, other: str) -> bool:
    """Whether two keys stand for the same thing, said in whatever words: a date in it may have moved on."""
    return place_in(key) == place_in(other)


def is_key(value: str) -> bool:
    """Whether it could have been made by `key`: what is in a room may be anything."""
    return _KEY.fullmatch(value) is not None


def opens(key: str) -> int | None:
    """The number of the ticket that was opened by what this stands for."""
    found = _KEY.fullmatch(key)
    return int(found[1]) if found and found[1] else None


def _hash(secret: bytes, value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hmac.digest(secret, text.encode(), "sha256").hex()[:_PART]
