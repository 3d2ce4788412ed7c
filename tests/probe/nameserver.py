"""A nameserver, by UDP and TCP, that tells what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from typing_extensions import override

Query = dns.message.QueryMessage
# What goes back for a question, by UDP or by TCP: any number of packets.
Reply = Callable[[Query, bool], list[bytes]]

SMALL = 512  # bytes that go into a packet of somebody who did not ask for more


class Nameserver:
    """`zone`: the records of each name and kind. `reply`: instead of an honest answer."""

    def __init__(self) -> None:
        self.port = 0
        self.zone: dict[tuple[str, str], list[str]] = {}
        self.asked: list[str] = []
        self.reply: Reply = self.honest

    @property
    def at(self) -> list[tuple[str, int]]:
        return [("127.0.0.1", self.port)]

    def answer(self, query: Query) -> dns.message.Message:
        [question] = query.question
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name, kind = (
            question.name.to_text(omit_final_dot=True).lower(),
            dns.rdatatype.to_text(question.rdtype),
        )
        while (name, kind) not in self.zone and (alias := self.zone.get((name, "CNAME"))):
            answer.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", "CNAME", alias))
            name = alias[0].rstrip(".")
        if found := self.zone.get((name, kind)):
            answer.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", kind, found))
        elif all(known != name for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    def honest(self, query: Query, tcp: bool) -> list[bytes]:
        answer = self.answer(query)
        wire = answer.to_wire()
        if not tcp and len(wire) > SMALL:
            answer.answer.clear()
            answer.flags |= dns.flags.TC
            wire = answer.to_wire()
        return [wire]

    def take(self, data: bytes, tcp: bool) -> list[bytes]:
        query = dns.message.from_wire(data)
        assert isinstance(query, Query)
        self.asked.append(query.question[0].name.to_text(omit_final_dot=True))
        return self.reply(query, tcp)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, nameserver: Nameserver) -> None:
        self._nameserver = nameserver
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        for wire in self._nameserver.take(data, False):
            self._transport.sendto(wire, addr)


async def answering() -> AsyncIterator[Nameserver]:
    nameserver = Nameserver()

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        for wire in nameserver.take(query, True):
            writer.write(len(wire).to_bytes(2, "big") + wire)
        writer.close()

    tcp = await asyncio.start_server(stream, "127.0.0.1", 0)
    nameserver.port = tcp.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(nameserver), local_addr=("127.0.0.1", nameserver.port)
    )
    async with tcp:
        try:
            yield nameserver
        finally:
            transport.close()
