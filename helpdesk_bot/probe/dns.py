"""What stands about a name in the domain name system, as the nameservers of this machine tell it."""

import asyncio
import ipaddress
import re
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT
from typing_extensions import override

from helpdesk_bot.probe.addresses import is_public
from helpdesk_bot.probe.web import SECONDS, Why

Nameserver = tuple[str, int]  # address and port

PATIENCE = 3.0  # seconds for one answer; then it is asked again, or another nameserver is
# Bytes of one answer. Of 64 KB the names alone can point at each other so that reading them takes ten seconds.
LARGEST = 4_096
_NAME = re.compile(r"(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]*")
# Names that lead nowhere, or somewhere within one network: RFC 6761, RFC 6762 with its appendix G, RFC 7686, RFC 9476, and
# what ICANN keeps for inside. The zone .arpa holds no names of organisations, but addresses turned round and homes.
_INSIDE = {
    *("alt", "arpa", "example", "invalid", "local", "localhost", "onion", "test"),
    *("corp", "home", "internal", "intranet", "lan", "localdomain", "private"),
}


async def records(name: str, kind: str, nameservers: Sequence[Nameserver] | None = None) -> list[str] | Why:
    """Their texts, without the dots that end names; none when nothing of this kind stands there. Or why that is not known.

    `nameservers`: others than those of this machine.
    """
    try:
        wanted = dns.name.from_text(name, idna_codec=dns.name.IDNA_2008_Practical)
        if (refused := _refused(wanted)) is not None:
            return refused
        leads_to, found = await _found(wanted, kind, nameservers)
    except dns.resolver.LifetimeTimeout:
        return Why.TOO_SLOW
    except (dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, dns.resolver.YXDOMAIN):
        return Why.UNREACHABLE
    except dns.exception.DNSException:  # what was typed is no name
        return Why.NO_ADDRESS
    # Our nameserver may know names and addresses that only exist in this network, and an alias outside can point at them.
    if _refused(leads_to) is not None:
        return Why.NOT_PUBLIC
    texts = sorted(map(_text, found))
    if kind in ("A", "AAAA") and not all(is_public(ipaddress.ip_address(text)) for text in texts):
        return Why.NOT_PUBLIC
    return texts


async def _found(
    wanted: dns.name.Name, kind: str, nameservers: Sequence[Nameserver] | None
) -> tuple[dns.name.Name, list[dns.rdata.Rdata]]:
    """The name behind all aliases, and what stands there."""
    try:
        answer = await _resolver(nameservers).resolve(
            wanted, kind, lifetime=SECONDS, search=False, raise_on_no_answer=False
        )
    except dns.resolver.NXDOMAIN as error:
        return error.canonical_name, []
    return answer.canonical_name, list(answer.rrset or ())


def contain(found: Sequence[str], wanted: str) -> bool:
    """Whether it stands in one of the records, in capitals or not. An address is the whole record, however it is written."""
    return any(_holds(text, wanted.rstrip(".")) for text in found)


def _holds(text: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(text) == ipaddress.ip_address(wanted)
    except ValueError:
        return wanted.casefold() in text.casefold()


def _refused(name: dns.name.Name) -> Why | None:
    """Why nobody outside is asked about it."""
    text = name.to_text(omit_final_dot=True).lower()
    if text.rpartition(".")[2] in _INSIDE:
        return Why.NOT_PUBLIC
    return None if _NAME.fullmatch(text) else Why.NO_ADDRESS


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    return record.to_text().rstrip(".")


def _resolver(nameservers: Sequence[Nameserver] | None) -> dns.asyncresolver.Resolver:
    resolver = dns.asyncresolver.Resolver(configure=nameservers is None)
    if nameservers is None:
        nameservers = [(str(one), resolver.port) for one in resolver.nameservers]
    resolver.nameservers = [_Server(*one) for one in nameservers]
    resolver.timeout = PATIENCE
    return resolver


class _Server(dns.nameserver.Do53Nameserver):
    """Reads no answer that is larger than `LARGEST`."""

    @override
    async def async_query(
        self,
        request: dns.message.QueryMessage,
        timeout: float,
        source: str | None,
        source_port: int,
        max_size: bool,
        backend: object,
        one_rr_per_rrset: bool = False,
        ignore_trailing: bool = False,
    ) -> dns.message.Message:
        try:
            async with asyncio.timeout(timeout):
                return await (self._by_tcp(request) if max_size else self._by_udp(request))
        except TimeoutError:  # which the resolver would take for a network that is down, and ask no more
            raise dns.exception.Timeout from None

    async def _by_udp(self, request: dns.message.QueryMessage) -> dns.message.Message:
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: _Datagrams(request, loop.create_future()), remote_addr=(self.address, self.port)
        )
        try:
            transport.sendto(request.to_wire())
            answer = await protocol.answer
        finally:
            transport.close()
        if answer.flags & dns.flags.TC:
            # It is asked again by TCP.
            raise dns.message.Truncated(message=answer)  # type: ignore[no-untyped-call]
        return answer

    async def _by_tcp(self, request: dns.message.QueryMessage) -> dns.message.Message:
        reader, writer = await asyncio.open_connection(self.address, self.port)
        try:
            writer.write(request.to_wire(prepend_length=True))
            length = int.from_bytes(await reader.readexactly(2), "big")
            if length > LARGEST:
                raise dns.exception.FormError
            answer = dns.message.from_wire(await reader.readexactly(length))
        finally:
            writer.close()
        if not request.is_response(answer) or answer.flags & dns.flags.TC:
            raise dns.exception.FormError
        return answer


class _Datagrams(asyncio.DatagramProtocol):
    """Waits for the answer to this question. Whatever else comes may be somebody's forgery, and is left alone."""

    def __init__(
        self, request: dns.message.QueryMessage, answer: asyncio.Future[dns.message.Message]
    ) -> None:
        self.answer = answer
        self._request = request

    @override
    def datagram_received(self, data: bytes, addr: object) -> None:
        if self.answer.done() or len(data) > LARGEST:
            return
        try:
            message = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        if self._request.is_response(message):
            self.answer.set_result(message)

    @override
    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)
