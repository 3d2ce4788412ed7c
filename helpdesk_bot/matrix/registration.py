"""Making the bot's account on a Synapse whose registration secret one has, and asking for its time."""

import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from helpdesk_bot.matrix.http import MatrixError, Unreachable

_TIMEOUT = aiohttp.ClientTimeout(total=15)
_OK = 200


async def register(
    session: aiohttp.ClientSession, base_url: str, secret: str, localpart: str, password: str
) -> None:
    """Raises MatrixError; M_USER_IN_USE when there is such an account."""
    url = f"{base_url.rstrip('/')}/_synapse/admin/v1/register"
    nonce = (await _json(session, "GET", url)).get("nonce")
    if not isinstance(nonce, str):
        raise MatrixError(_OK, "BAD_ANSWER", "no nonce")
    parts = (nonce, localpart, password, "notadmin")
    seal = hmac.digest(secret.encode(), "\0".join(parts).encode(), "sha1").hex()
    body = {
        "nonce": nonce,
        "username": localpart,
        "password": password,
        "admin": False,
        "mac": seal,
        "inhibit_login": True,
    }
    await _json(session, "POST", url, body)


async def server_time(session: aiohttp.ClientSession, base_url: str) -> datetime | None:
    """What time the homeserver thinks it is, to the second."""
    url = f"{base_url.rstrip('/')}/_matrix/client/versions"
    try:
        async with session.get(url, timeout=_TIMEOUT) as answer:
            told = answer.headers.get("Date")
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(type(error).__name__) from None
    try:
        moment = parsedate_to_datetime(told) if told else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment else None


async def _json(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: dict[str, object] | None = None,
) -> dict[str, object]:
    try:
        async with session.request(method, url, json=body, timeout=_TIMEOUT) as answer:
            status = answer.status
            found = await answer.json(content_type=None)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unreachable(type(error).__name__) from None
    if not isinstance(found, dict):
        raise MatrixError(status, "BAD_ANSWER", "the answer is no JSON object")
    if status != _OK:
        raise MatrixError(status, str(found.get("errcode", "BAD_ANSWER")), str(found.get("error", "")))
    return found
