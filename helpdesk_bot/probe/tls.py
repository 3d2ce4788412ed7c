"""Whether a site's certificate is in order, and for how long."""

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime

from aiohttp import ThreadedResolver

from helpdesk_bot.probe.addresses import Forbidden, Gate, PublicResolver
from helpdesk_bot.probe.web import SECONDS, Why

HTTPS = 443


async def certificate_until(
    host: str, gate: Gate, port: int = HTTPS, trust: ssl.SSLContext | None = None
) -> datetime | Why:
    """When it ends, UTC; or why it is not in order. `trust`: other authorities than the system's."""
    context = trust or ssl.create_default_context()
    try:
        async with asyncio.timeout(SECONDS):
            found = await PublicResolver(gate, ThreadedResolver()).resolve(host, port)
            address = str(ipaddress.ip_address(found[0]["host"]))
            _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
            try:
                end = writer.get_extra_info("peercert").get("notAfter")
            finally:
                writer.close()
            return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
    except TimeoutError:
        return Why.TOO_SLOW
    except Forbidden:
        return Why.NOT_PUBLIC
    except ssl.SSLError:
        return Why.UNSAFE
    except (OSError, ValueError):
        return Why.UNREACHABLE
