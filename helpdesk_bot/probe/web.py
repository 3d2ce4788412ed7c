"""One look at a page, as somebody who is not signed in. Short, small, without cookies, and saying who looks."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, ThreadedResolver
from yarl import URL

from helpdesk_bot.probe.addresses import Forbidden, Gate, PublicResolver

SECONDS = 15.0  # for all of it
LARGEST = 65_536  # bytes that are read
REDIRECTS = 5
# Where somebody is sent who has to sign in first: whole names of hosts, and of parts of a path.
_SIGN_IN_HOSTS = {"accounts.google.com", "login.microsoftonline.com", "login.live.com"}
_SIGN_IN_PATHS = {"login", "signin", "sign-in", "servicelogin", "inloggen", "aanmelden"}


class Why(StrEnum):
    """Why there is no answer to look at; each is a text for whoever asked."""

    NO_ADDRESS = "no_address"  # what was given is no web address
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    UNSAFE = "unsafe"  # the certificate is not in order
    TOO_SLOW = "too_slow"
    ROUND_AND_ROUND = "round_and_round"  # redirects without end


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was: where it led in the end, the status, and the beginning of the text."""

    url: str
    status: int
    text: str


async def look(url: str, gate: Gate, who: str, trust: ssl.SSLContext | None = None) -> Seen | Why:
    """`who` looks, as the server reads it: the helpdesk's name and where one finds it. `trust`: other authorities than the
    system's."""
    try:
        async with asyncio.timeout(SECONDS), _session(gate, who, trust) as session:
            return await _follow(session, gate, url)
    except TimeoutError:
        return Why.TOO_SLOW
    except Forbidden:
        return Why.NOT_PUBLIC
    except aiohttp.InvalidURL:
        return Why.NO_ADDRESS
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError):
        return Why.UNSAFE
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Why.NOT_PUBLIC if _forbidden(error) else Why.UNREACHABLE


async def _follow(session: ClientSession, gate: Gate, url: str) -> Seen | Why:
    """Each step is looked at anew: a public page may point at one inside."""
    for _ in range(REDIRECTS + 1):
        at = URL(url)
        if at.scheme not in ("http", "https") or not at.host or at.user or at.password:
            return Why.NO_ADDRESS
        gate.check_literal(at.raw_host or at.host, at.port or 0)
        async with session.get(at, allow_redirects=False) as answer:
            where = answer.headers.get("Location")
            if where is None or not 300 <= answer.status < 400:
                return Seen(str(at), answer.status, await _beginning(answer))
            url = urljoin(str(at), where)
    return Why.ROUND_AND_ROUND


async def _beginning(answer: aiohttp.ClientResponse) -> str:
    read = bytearray()
    async for part in answer.content.iter_chunked(8_192):
        read += part
        if len(read) >= LARGEST:
            break
    return bytes(read[:LARGEST]).decode("utf-8", "replace")


def _session(gate: Gate, who: str, trust: ssl.SSLContext | None) -> ClientSession:
    connector = TCPConnector(
        resolver=PublicResolver(gate, ThreadedResolver()),
        ssl=trust or True,
        use_dns_cache=False,
        limit=1,
        force_close=True,
    )
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": who, "Accept-Encoding": "identity"},  # a small file may unpack to a large one
        timeout=ClientTimeout(total=SECONDS, connect=5, sock_read=5),
        max_line_size=8_190,
        max_field_size=8_190,
        trust_env=False,  # a proxy would look up names for itself
    )


def _forbidden(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, Forbidden):
            return True
        error = error.__cause__ or error.__context__
    return False


def has_values(seen: Seen, wanted: Mapping[str, Any]) -> bool:
    """Whether the page is a JSON object in which these stand."""
    try:
        found = json.loads(seen.text)
    except (ValueError, RecursionError):  # thousands of brackets are no page of a helpful server
        return False
    return isinstance(found, dict) and all(
        key in found and type(found[key]) is type(value) and found[key] == value
        for key, value in wanted.items()
    )


def is_closed(asked: str, seen: Seen) -> bool:
    """Whether somebody who is not signed in is refused: by the status, or by being sent to where one signs in.

    When in doubt it is open: nobody should rest assured because of a guess.
    """
    if seen.status in (401, 403, 404, 410):
        return True
    at, first = URL(seen.url), URL(asked)
    if seen.status != 200 or at == first:
        return False
    # '/aanmelden' may be where a neighbourhood signs up for a party: it says nothing when the link was to there.
    parts = {part.lower() for part in at.parts} - {part.lower() for part in first.parts}
    return (at.host in _SIGN_IN_HOSTS and at.host != first.host) or bool(parts & _SIGN_IN_PATHS)
