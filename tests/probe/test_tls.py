"""Whether a certificate is in order, and until when."""

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from helpdesk_bot.clock import utc_now
from helpdesk_bot.probe.addresses import Gate
from helpdesk_bot.probe.tls import certificate_until
from helpdesk_bot.probe.web import Why
from tests.probe.certificates import ENDS, secure_site, written


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    async for one in secure_site(written(tmp_path)):
        yield one


async def test_says_until_when_it_is_in_order(port: int, tmp_path: Path) -> None:
    trust = ssl.create_default_context(cafile=tmp_path / "pair.pem")
    assert await certificate_until("localhost", Gate({f"localhost:{port}"}), port, trust) == ENDS


async def test_nobody_vouches_for_it(port: int) -> None:
    assert await certificate_until("localhost", Gate({f"localhost:{port}"}), port) is Why.UNSAFE


async def test_it_is_past_its_end(tmp_path: Path) -> None:
    pair = written(tmp_path, utc_now() - timedelta(days=1))
    trust = ssl.create_default_context(cafile=pair)
    async for port in secure_site(pair):
        assert await certificate_until("localhost", Gate({f"localhost:{port}"}), port, trust) is Why.UNSAFE


async def test_it_is_not_looked_for_inside(port: int) -> None:
    assert await certificate_until("localhost", Gate(), port) is Why.NOT_PUBLIC
