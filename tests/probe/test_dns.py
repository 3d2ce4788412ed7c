"""What stands about a domain, told by a nameserver of our own: an honest one, a broken one, and forgeries."""

import asyncio

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk_bot.probe import dns as probe
from helpdesk_bot.probe.dns import contain, records
from helpdesk_bot.probe.web import Why
from tests.probe.nameserver import Nameserver, Query

HOME = "buurthuis.org"


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "SECONDS", 0.5)
    monkeypatch.setattr(probe, "PATIENCE", 0.1)


@pytest.mark.parametrize(
    ("kind", "written", "found"),
    [
        ("A", ["185.37.124.1"], ["185.37.124.1"]),
        ("AAAA", ["2001:67c:2960::1"], ["2001:67c:2960::1"]),
        ("CNAME", ["cloud.host.nl."], ["cloud.host.nl"]),
        ("MX", ["10 mail.host.nl."], ["10 mail.host.nl"]),
        ("NS", ["ns1.host.nl.", "ns2.host.nl."], ["ns1.host.nl", "ns2.host.nl"]),
        ("TXT", ['"v=spf1 include:" "host.nl ~all"'], ["v=spf1 include:host.nl ~all"]),
    ],
)
async def test_tells_what_stands_there(
    nameserver: Nameserver, kind: str, written: list[str], found: list[str]
) -> None:
    nameserver.zone[HOME, kind] = written
    assert await records(HOME, kind, nameserver.at) == found


@pytest.mark.parametrize("name", ["Buurthuis.ORG.", "bücher.buurthuis.org", "_dmarc.buurthuis.org"])
async def test_names_are_written_in_many_ways(nameserver: Nameserver, name: str) -> None:
    await records(name, "MX", nameserver.at)
    assert nameserver.asked[0].lower() in (HOME, "xn--bcher-kva.buurthuis.org", "_dmarc.buurthuis.org")


async def test_nothing_is_an_answer(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "A"] = ["185.37.124.1"]
    assert await records(HOME, "MX", nameserver.at) == []
    assert await records(f"nieuw.{HOME}", "MX", nameserver.at) == []


async def test_an_alias_is_followed(nameserver: Nameserver) -> None:
    nameserver.zone["cloud." + HOME, "CNAME"] = ["host.nl."]
    nameserver.zone["host.nl", "A"] = ["185.37.124.1"]
    assert await records("cloud." + HOME, "A", nameserver.at) == ["185.37.124.1"]


async def test_aliases_without_end_are_given_up(nameserver: Nameserver) -> None:
    for at in range(40):
        nameserver.zone[f"a{at}.nl", "CNAME"] = [f"a{at + 1}.nl."]
    assert await records("a0.nl", "A", nameserver.at) is Why.UNREACHABLE


async def test_what_is_too_long_for_one_packet_is_asked_by_tcp(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "TXT"] = [f'"{at} {"x" * 200}"' for at in range(10)]
    found = await records(HOME, "TXT", nameserver.at)
    assert isinstance(found, list)
    assert len(found) == 10
    assert len(nameserver.asked) == 2


async def test_so_much_is_not_read(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "TXT"] = [f'"{at} {"x" * 200}"' for at in range(100)]
    assert await records(HOME, "TXT", nameserver.at) is Why.UNREACHABLE


@pytest.mark.usefixtures("_hurried")
async def test_so_much_is_not_read_in_one_packet(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "TXT"] = [f'"{at} {"x" * 200}"' for at in range(100)]
    nameserver.reply = lambda query, _: [nameserver.answer(query).to_wire()]
    assert await records(HOME, "TXT", nameserver.at) is Why.TOO_SLOW


async def test_a_part_of_an_answer_is_none(nameserver: Nameserver) -> None:
    """Cut off also where it can't be: what is missing must not be taken for what is not there."""

    def cut(query: Query, _: bool) -> list[bytes]:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.TC
        return [answer.to_wire()]

    nameserver.reply = cut
    assert await records(HOME, "MX", nameserver.at) is Why.UNREACHABLE


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.YXDOMAIN])
async def test_a_failing_nameserver_says_nothing_about_the_name(
    nameserver: Nameserver, rcode: dns.rcode.Rcode
) -> None:
    def failing(query: Query, _: bool) -> list[bytes]:
        answer = dns.message.make_response(query)
        answer.set_rcode(rcode)
        return [answer.to_wire()]

    nameserver.reply = failing
    assert await records(HOME, "MX", nameserver.at) is Why.UNREACHABLE


async def test_another_nameserver_is_asked(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "NS"] = ["ns1.host.nl."]
    assert await records(HOME, "NS", [("127.0.0.1", 1), *nameserver.at]) == ["ns1.host.nl"]


@pytest.mark.usefixtures("_hurried")
async def test_silence_is_given_up(nameserver: Nameserver) -> None:
    nameserver.reply = lambda *_: []
    assert await records(HOME, "MX", nameserver.at) is Why.TOO_SLOW
    assert len(nameserver.asked) > 1


@pytest.mark.usefixtures("_hurried")
async def test_a_packet_may_get_lost(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "NS"] = ["ns1.host.nl."]
    nameserver.reply = lambda query, tcp: nameserver.honest(query, tcp) if len(nameserver.asked) > 1 else []
    assert await records(HOME, "NS", nameserver.at) == ["ns1.host.nl"]


def forgeries(query: Query) -> list[bytes]:
    other_id, other_name = dns.message.make_response(query), dns.message.make_query("elders.org", "NS")
    other_id.id ^= 1
    other_name.id = query.id
    return [
        b"",
        b"\x00",
        b"garbage" * 20,
        other_id.to_wire(),
        dns.message.make_response(other_name).to_wire(),
        query.to_wire(),
        dns.message.make_response(query).to_wire()[:-1],
        dns.message.make_response(query).to_wire() + b"more",
    ]


async def test_forgeries_are_left_alone(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "NS"] = ["ns1.host.nl."]
    nameserver.reply = lambda query, tcp: [*forgeries(query), *nameserver.honest(query, tcp)]
    assert await records(HOME, "NS", nameserver.at) == ["ns1.host.nl"]
    assert len(nameserver.asked) == 1


@pytest.mark.usefixtures("_hurried")
async def test_forgeries_alone_are_no_answer(nameserver: Nameserver) -> None:
    nameserver.reply = lambda query, _: forgeries(query)
    assert await records(HOME, "NS", nameserver.at) is Why.TOO_SLOW


@given(st.data())
async def test_no_packet_breaks_it(data: st.DataObject) -> None:
    query = dns.message.make_query(HOME, "TXT")
    answer = dns.message.make_response(query).to_wire()
    packet = bytearray(answer + data.draw(st.binary(max_size=80)))
    for at, value in data.draw(
        st.lists(st.tuples(st.integers(2, len(packet) - 1), st.integers(0, 255)), max_size=8)
    ):
        packet[at] = value
    waiting = probe._Datagrams(query, asyncio.get_running_loop().create_future())
    waiting.datagram_received(bytes(packet), ("127.0.0.1", 53))
    waiting.datagram_received(answer, ("127.0.0.1", 53))
    assert waiting.answer.done()


@pytest.mark.parametrize(
    "name",
    [
        "cloud",
        "localhost",
        "printer.local",
        "cloud.internal",
        "nas.home.arpa",
        "abc.onion",
        "1.0.0.127.in-addr.arpa",
        "buurthuis.test",
        "buurthuis.invalid",
        "buurthuis.example",
        "nas.lan",
        "dc1.corp.",
        "127.0.0.1",
        "8.8.8.8",
        "::1",
        "2130706433",
        "0x7f.1",
    ],
)
async def test_names_of_inside_are_not_asked_about(nameserver: Nameserver, name: str) -> None:
    assert await records(name, "A", nameserver.at) in (Why.NOT_PUBLIC, Why.NO_ADDRESS)
    assert not nameserver.asked


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "a..nl", ".nl", "-a.nl", "a-.nl", "*.buurthuis.org", "buurt huis.org", "a\\.b.nl"),
        *("a" * 64 + ".nl", "a." * 130 + "nl", "buurthuis.org/", "https://buurthuis.org", "buurthuis.org:53"),
        *("a\x00.nl", "a\n.nl", "\ud800.nl", "\u202ea.nl", "xn--\u00fc.nl", "\\255.nl"),
    ],
)
async def test_what_is_no_name_is_not_asked_about(nameserver: Nameserver, name: str) -> None:
    assert await records(name, "A", nameserver.at) is Why.NO_ADDRESS
    assert not nameserver.asked


async def test_an_alias_that_leads_inside_tells_nothing(nameserver: Nameserver) -> None:
    """The nameserver of this machine knows what is inside, and would tell it to whoever owns the alias."""
    nameserver.zone[HOME, "CNAME"] = ["db.corp."]
    nameserver.zone["db.corp", "TXT"] = ['"secret"']
    for kind in ("TXT", "MX"):
        assert await records(HOME, kind, nameserver.at) is Why.NOT_PUBLIC
    nameserver.zone[HOME, "CNAME"] = ["nothing.corp."]
    assert await records(HOME, "TXT", nameserver.at) is Why.NOT_PUBLIC


async def test_an_address_inside_is_not_told(nameserver: Nameserver) -> None:
    nameserver.zone[HOME, "A"] = ["185.37.124.1", "10.0.0.5"]
    nameserver.zone[HOME, "AAAA"] = ["fd00::5"]
    assert await records(HOME, "A", nameserver.at) is Why.NOT_PUBLIC
    assert await records(HOME, "AAAA", nameserver.at) is Why.NOT_PUBLIC


@pytest.mark.parametrize(
    ("found", "wanted", "there"),
    [
        (["v=SPF1 include:host.nl"], "v=spf1", True),
        (["10 mail.host.nl"], "Mail.Host.nl.", True),
        (["10 mail.host.nl"], "mail.host.org", False),
        (["a", "b"], "b", True),
        ([], "b", False),
        (["185.37.124.10"], "185.37.124.1", False),
        (["185.37.124.10", "185.37.124.1"], "185.37.124.1", True),
        (["2001:67c:2960::1"], "2001:067C:2960:0:0:0:0:1", True),
        (["v=spf1 ip4:185.37.124.1 -all"], "185.37.124.1", True),
    ],
)
def test_what_is_looked_for_stands_in_one_of_them(found: list[str], wanted: str, there: bool) -> None:
    assert contain(found, wanted) is there
