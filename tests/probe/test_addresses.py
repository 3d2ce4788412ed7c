"""Nothing that is not public is reached, in whatever disguise."""

import ipaddress
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from helpdesk_bot.probe.addresses import Forbidden, Gate, PublicResolver, is_public, literal

INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["8.8.8.8", "185.37.124.1", "2a00:1450:400e:80c::200e", "2001:67c:2960::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "10.0.0.0x1", "127.0.0.1."]
)
def test_an_address_in_a_disguise_is_refused(host: str) -> None:
    with pytest.raises(Forbidden):
        literal(host)


@pytest.mark.parametrize("host", ["drive.google.com", "1e.nl", "a.b.c", "xn--bcher-kva.nl", "localhost"])
def test_a_name_is_a_name(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize("host", ["[::1]", "[fe80::1%25eth0]", "127.0.0.1", "169.254.169.254"])
def test_a_literal_inside_is_refused(host: str) -> None:
    with pytest.raises(Forbidden):
        Gate().check_literal(host, 80)


def test_what_the_host_allowed_is_let_through_on_that_port_only() -> None:
    gate = Gate({"127.0.0.1:8080"})
    gate.check_literal("127.0.0.1", 8080)
    with pytest.raises(Forbidden):
        gate.check_literal("127.0.0.1", 8081)


class Names(AbstractResolver):
    """A name server of an attacker: each question gets the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.answers.pop(0)
        ]

    @override
    async def close(self) -> None:
        pass


async def test_a_name_that_leads_inside_is_refused() -> None:
    resolver = PublicResolver(Gate(), Names(["10.0.0.1"]))
    with pytest.raises(Forbidden):
        await resolver.resolve("evil.example", 443)


async def test_one_inside_among_many_outside_is_refused() -> None:
    resolver = PublicResolver(Gate(), Names(["8.8.8.8", "127.0.0.1"]))
    with pytest.raises(Forbidden):
        await resolver.resolve("evil.example", 443)


async def test_what_is_connected_to_is_what_was_looked_at() -> None:
    """A second question may get another answer; there is no second question."""
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    resolver = PublicResolver(Gate(), names)
    assert [one["host"] for one in await resolver.resolve("evil.example", 443)] == ["8.8.8.8"]
    with pytest.raises(Forbidden):
        await resolver.resolve("evil.example", 443)


async def test_a_name_for_nothing_is_refused() -> None:
    with pytest.raises(Forbidden):
        await PublicResolver(Gate(), Names([])).resolve("nothing.example", 443)
