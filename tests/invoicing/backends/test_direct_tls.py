"""The direct link behind a door that asks for our certificate: real handshakes."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from core.settings import Settings
from invoicing.backends.direct.gateway import Access, Direct
from invoicing.backends.port import Health, NotSent, Unknown
from sandbox.server import running
from tests.scenes.backends import BUREAU_KEY, PLAYED, SELLER, UNIT_KEY, pem_of, public_pem_of
from tests.scenes.outside import outside

pytestmark = pytest.mark.usefixtures("db")
YEAR = datetime.timedelta(days=365)


class Issuer:
    """Roots of one side, and what they sign."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.root = self._signed(self.name, self.key, is_root=True)

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_root: bool
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - YEAR)
            .not_valid_after(now + YEAR)
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(here, critical=False)
        )
        return made.sign(self.key, hashes.SHA256())

    @property
    def root_pem(self) -> str:
        return self.root.public_bytes(Encoding.PEM).decode()

    def paper(self, name: str) -> str:
        """A certificate and its key, in one PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        signed = self._signed(subject, key, is_root=False)
        return signed.public_bytes(Encoding.PEM).decode() + own


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


BUREAU = Issuer("bureau")


@pytest.fixture
async def door(settings: Settings, tmp_path: Path) -> AsyncIterator[str]:
    """The played bureau behind TLS that lets in whom the bureau's own roots have signed."""
    file = tmp_path / "door.pem"
    file.write_text(BUREAU.paper("door"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=BUREAU.root_pem)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(file)
    async with running(outside(**PLAYED)) as world:
        inside = urlsplit(world.http)

        async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            theirs = await asyncio.open_connection(inside.hostname, inside.port)
            await asyncio.gather(carry(reader, theirs[1]), carry(theirs[0], writer))

        server = await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context)
        async with server:
            yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def a_link(door: str, client_pem: str, ca_pem: str) -> Direct:
    keys = pem_of(UNIT_KEY), public_pem_of(BUREAU_KEY)
    return Direct(Access(door, "UNIT01", *keys, client_pem=client_pem, ca_pem=ca_pem), 1)


async def test_the_bureau_is_asked_with_our_certificate(door: str) -> None:
    link = a_link(door, BUREAU.paper("unit"), BUREAU.root_pem)

    health = await link.health(SELLER)

    assert isinstance(health, Health)
    assert health.quota_fen is not None


async def test_who_has_no_certificate_or_meets_another_door_learns_nothing(door: str) -> None:
    stranger = Issuer("stranger")

    nobody = await a_link(door, "", BUREAU.root_pem).health(SELLER)
    forged = await a_link(door, stranger.paper("unit"), BUREAU.root_pem).health(SELLER)
    another = await a_link(door, BUREAU.paper("unit"), stranger.root_pem).health(SELLER)

    assert isinstance(nobody, NotSent | Unknown)
    assert isinstance(forged, NotSent | Unknown)
    assert isinstance(another, NotSent)  # not a byte before their certificate was looked at
