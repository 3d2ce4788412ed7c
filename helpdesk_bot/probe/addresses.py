"""Which addresses may be looked at: public ones, and those that the host of this helpdesk has allowed by name and port.

By the registries of special addresses of IANA (RFC 6890 and what followed). Python's own `is_global` lets some through that
lead to others inside: 6to4, NAT64, and addresses of IPv4 in IPv6.
"""

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST = ipaddress.IPv6Network("2000::/3")
_NOT_OUTSIDE = [
    ipaddress.ip_network(special)
    for special in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments, among them Teredo, which carries an address of IPv4
        "2001:db8::/32",  # examples
        "2002::/16",  # 6to4 carries an address of IPv4
        "3fff::/20",  # examples
    )
]


class Forbidden(Exception):
    """The address is not one to look at. Says nothing about what is there."""


def is_public(address: Address) -> bool:
    """Whether this leads out, to somewhere that everybody may reach."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if address.version == 6 and address not in _UNICAST:
        return False
    return not any(address.version == special.version and address in special for special in _NOT_OUTSIDE)


def literal(host: str) -> Address | None:
    """The address that is written there; None for a name. Raises Forbidden for an address in a disguise.

    `0x7f.1`, `2130706433` and `127.1` are addresses to the libraries that connect, and so they are here.
    """
    bare = host.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    last = bare.rstrip(".").rpartition(".")[2]
    if last[:1].isdigit():  # no top-level domain begins with a digit (RFC 3696)
        raise Forbidden(host)
    return None


@dataclass(frozen=True, slots=True)
class Gate:
    """Says of each address whether it may be reached. `allowed`: host and port of what is reached nevertheless, such as
    '127.0.0.1:8080'; without it there is none."""

    allowed: Collection[str] = field(default_factory=frozenset)

    def lets(self, host: str, port: int, address: Address) -> bool:
        return is_public(address) or f"{host}:{port}" in self.allowed

    def check_literal(self, host: str, port: int) -> None:
        """Raises Forbidden when the address is written out, and not one to look at."""
        address = literal(host)
        if address is not None and not self.lets(host, port, address):
            raise Forbidden(host)


class PublicResolver(AbstractResolver):
    """Finds addresses for aiohttp and gives it those that may be reached, which is what it then connects to: a name that
    leads elsewhere a moment later leads nowhere else here."""

    def __init__(self, gate: Gate, within: AbstractResolver) -> None:
        self._gate = gate
        self._within = within

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self._gate.check_literal(host, port)
        found = await self._within.resolve(host, port, family)
        public = [one for one in found if self._gate.lets(host, port, ipaddress.ip_address(one["host"]))]
        # One inside among many outside is somebody's trick, or somebody's mistake; neither is looked at.
        if not public or len(public) < len(found):
            raise Forbidden(host)
        return public

    @override
    async def close(self) -> None:
        await self._within.close()
