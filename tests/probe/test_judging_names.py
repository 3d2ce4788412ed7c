"""Whether a site has a certificate and a domain the right records."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from helpdesk_bot.clock import utc_now
from helpdesk_bot.playbooks.verify import Tls
from helpdesk_bot.probe import dns
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.judging import Outcome, Prober
from tests.probe import certificates
from tests.probe.certificates import secure_site
from tests.probe.nameserver import Nameserver
from tests.probe.verdicts import LINK, WHO, is_verdict, judged, mail, page


@asynccontextmanager
async def secure(folder: Path, days: int) -> AsyncIterator[tuple[str, Gate, ssl.SSLContext]]:
    """A site whose certificate ends in so many days: its host and port, the way to it, and who vouches for it."""
    pair = certificates.written(folder, utc_now() + timedelta(days=days, hours=1))
    async for port in secure_site(pair):
        address = f"localhost:{port}"
        yield address, Gate({address}), ssl.create_default_context(cafile=pair)


@pytest.mark.parametrize(
    ("days", "wanted", "outcome", "key"),
    [
        (20, 7, Outcome.YES, "check.tls.right"),
        (7, 7, Outcome.YES, "check.tls.right"),
        (6, 7, Outcome.NO, "check.tls.ends_soon"),
        (0, 0, Outcome.YES, "check.tls.right"),
    ],
)
async def test_a_certificate(tmp_path: Path, days: int, wanted: int, outcome: Outcome, key: str) -> None:
    check = Tls(auto="tls", host="{host}", days_left=wanted)
    async with secure(tmp_path, days) as (address, gate, trust):
        verdict = await judged(Prober(gate, WHO, trust=trust), check, host=f"https://{address}/login")
    assert is_verdict(verdict, outcome, key)
    assert (verdict.params["host"], verdict.params["n"]) == ("localhost", days)


async def test_time_is_a_parameter(tmp_path: Path) -> None:
    async with secure(tmp_path, 20) as (address, gate, trust):
        prober = Prober(gate, WHO, trust=trust)
        later = utc_now() + timedelta(days=30)
        verdict = await prober.judge(Tls(auto="tls", host="{host}"), {"host": address}, None, later)
    assert (verdict.outcome, verdict.params["n"]) == (Outcome.NO, 0)


async def test_nobody_vouches_for_the_site(tmp_path: Path) -> None:
    """It was seen that a page is not safe to open; what a link opens was not."""
    async with secure(tmp_path, 20) as (address, gate, trust):
        stranger, url = Prober(gate, WHO), f"https://{address}"
        told = await judged(stranger, Tls(auto="tls", host="{host}"), host=address)
        assert is_verdict(told, Outcome.NO, "check.tls.unsafe")
        told = await judged(stranger, page(url="{url}"), url=url)
        assert is_verdict(told, Outcome.NO, "check.http.unsafe")
        assert is_verdict(await judged(stranger, LINK, url), Outcome.UNKNOWN, "check.not_seen.unsafe")
        told = await judged(Prober(gate, WHO, trust=trust), page(url="{url}", status=404), url=url)
        assert is_verdict(told, Outcome.YES, "check.http.right")


@pytest.mark.parametrize(
    ("records", "outcome", "key"),
    [
        (["10 MAIL.host.nl."], Outcome.YES, "check.dns.right"),
        (["5 aspmx.l.google.com."], Outcome.NO, "check.dns.other"),
        ([], Outcome.NO, "check.dns.nothing"),
    ],
)
async def test_a_domain(nameserver: Nameserver, records: list[str], outcome: Outcome, key: str) -> None:
    if records:
        nameserver.zone["buurthuis.org", "MX"] = records
    prober = Prober(Gate(), WHO, nameservers=nameserver.at)
    verdict = await judged(
        prober, mail(), domain="https://buurthuis.org/contact", mail="https://mail.host.nl/"
    )
    assert is_verdict(verdict, outcome, key)
    if key == "check.dns.other":
        assert verdict.params["found"] == "5 aspmx.l.google.com"
        assert verdict.params["wanted"] == "mail.host.nl"


async def test_a_long_record_is_shown_in_part(nameserver: Nameserver) -> None:
    nameserver.zone["buurthuis.org", "TXT"] = [f'"{at}{"x" * 100}"' for at in range(20)]
    prober = Prober(Gate(), WHO, nameservers=nameserver.at)
    verdict = await judged(prober, mail("TXT", "v=spf1"), domain="buurthuis.org")
    assert is_verdict(verdict, Outcome.NO, "check.dns.other")
    assert len(str(verdict.params["found"])) <= 201


async def test_a_nameserver_that_does_not_answer(
    nameserver: Nameserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "SECONDS", 0.2)
    nameserver.reply = lambda *_: []
    prober = Prober(Gate(), WHO, nameservers=nameserver.at)
    verdict = await judged(prober, mail(), domain="buurthuis.org", mail="mail.host.nl")
    assert is_verdict(verdict, Outcome.UNKNOWN, "check.dns.silent", again=True)


@pytest.mark.parametrize(
    ("domain", "key"),
    [
        ("nas.home.arpa", "check.not_seen.not_public"),
        ("127.0.0.1", "check.no_address"),
        ("@", "check.no_address"),
    ],
)
async def test_no_domain_is_not_asked_about(nameserver: Nameserver, domain: str, key: str) -> None:
    prober = Prober(Gate(), WHO, nameservers=nameserver.at)
    assert is_verdict(await judged(prober, mail(contains="x"), domain=domain), Outcome.UNKNOWN, key)
    assert not nameserver.asked
