"""Several homeservers on this machine that federate as those of different cities do: over TLS, each a process of its own.

A homeserver's name is where the others reach it (`localhost:PORT`). They all show one certificate, and trust it, because
they are on one host.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpdesk_bot.clock import utc_now
from helpdesk_bot.demo.synapse import Synapse, free_port
from helpdesk_bot.demo.synapse_config import Identity, write_private

HOST = "localhost"
_VALID_FOR = timedelta(days=3650)
# A homeserver that gets no answer asks a few times, and then leaves the other alone: for 10 minutes, then longer and
# longer, up to a week. Here it asks twice a second for more than an hour, and what fails meanwhile (a question for keys,
# say) is no reason to leave the other alone: it would look again only once a minute.
IMPATIENT: dict[str, Any] = {
    "client_timeout": "10s",
    "max_long_retries": 10_000,
    "max_long_retry_delay": 500,
    "destination_min_retry_interval": 1,
    "destination_max_retry_interval": 1,
}


def federating(folder: Path, name: str, *, door: int | None = None, **config: Any) -> Synapse:
    """The homeserver `name` among those that live in `folder`, not yet started. `door`: the port at which it listens to the
    others, when something stands between that and the one in its name. `config` as for `Synapse`."""
    home, key, certificate = folder / name, folder / "tls.key", folder / "tls.crt"
    known = Identity.of(home)
    gate = int(known.server_name.rpartition(":")[2]) if known else free_port()
    if not certificate.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_certificate(key, certificate)
    listener = {
        "type": "http",
        "port": door or gate,
        "bind_addresses": ["127.0.0.1"],
        "tls": True,
        "resources": [{"names": ["federation"], "compress": False}],
    }
    return Synapse(
        home,
        server_name=f"{HOST}:{gate}",
        listeners=[listener],
        tls_private_key_path=str(key),
        tls_certificate_path=str(certificate),
        federation_custom_ca_list=[str(certificate)],
        ip_range_blacklist=[],
        federation=IMPATIENT,
        **config,
    )


async def enter_both(stack: AsyncExitStack, one: Synapse, other: Synapse) -> None:
    """Starts both at the same time; they stop with the stack."""
    for server in (one, other):
        stack.push_async_callback(server.stop)
    for failed in await asyncio.gather(one.start(), other.start(), return_exceptions=True):
        if failed is not None:
            raise failed


@asynccontextmanager
async def federation(
    folder: Path, *names: str, doors: Sequence[int | None] | None = None
) -> AsyncIterator[tuple[Synapse, ...]]:
    """Starts these homeservers, and stops them at the end. The same folder gives the same ones again."""
    servers = tuple(
        federating(folder, name, door=door)
        for name, door in zip(names, doors or [None] * len(names), strict=True)
    )
    try:
        for failed in await asyncio.gather(*(server.start() for server in servers), return_exceptions=True):
            if failed is not None:
                raise failed
        yield servers
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


def _make_certificate(key_file: Path, certificate_file: Path) -> None:
    """For this host, signed by itself: it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = utc_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key_file, private.decode())
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
