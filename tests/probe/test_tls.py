"""Certificates of a server of our own, by an authority of our own."""

import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpdesk_bot.clock import utc_now
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.tls import certificate_until
from helpdesk_bot.probe.web import Why

ENDS = utc_now().replace(microsecond=0) + timedelta(days=20)


def written(folder: Path, until: datetime = ENDS) -> Path:
    """A certificate for localhost with its key, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=90))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "pair.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


async def _site(pair: Path) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    runner = web.AppRunner(web.Application())
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0, ssl_context=context)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    async for one in _site(written(tmp_path)):
        yield one


async def test_says_until_when_it_is_in_order(port: int, tmp_path: Path) -> None:
    trust = ssl.create_default_context(cafile=tmp_path / "pair.pem")
    assert await certificate_until("localhost", Gate({f"localhost:{port}"}), port, trust) == ENDS


async def test_nobody_vouches_for_it(port: int) -> None:
    assert await certificate_until("localhost", Gate({f"localhost:{port}"}), port) is Why.UNSAFE


async def test_it_is_past_its_end(tmp_path: Path) -> None:
    pair = written(tmp_path, utc_now() - timedelta(days=1))
    trust = ssl.create_default_context(cafile=pair)
    async for port in _site(pair):
        assert await certificate_until("localhost", Gate({f"localhost:{port}"}), port, trust) is Why.UNSAFE


async def test_it_is_not_looked_for_inside(port: int) -> None:
    assert await certificate_until("localhost", Gate(), port) is Why.NOT_PUBLIC
