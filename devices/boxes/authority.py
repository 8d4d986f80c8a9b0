"""Our small certificate authority: X.509 for boxes, made, signed and read here; no table."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from devices.boxes.errors import RequestUnfit
from devices.boxes.rules import CERTIFICATE_LIFE

OWN_LIFE = timedelta(days=7300)
EARLIER = timedelta(days=1)  # clocks differ
MOST_PEM = 4_096


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate as text, and what our table keeps beside it."""

    pem: str
    serial: str
    key_digest: str
    ends_at: datetime


def make_authority(now: datetime) -> tuple[str, str]:
    """A new authority: its certificate and its private key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("daogou boxes")
    builder = _builder(name, key.public_key(), now, OWN_LIFE).issuer_name(name)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signed = builder.sign(key, hashes.SHA256())
    return signed.public_bytes(Encoding.PEM).decode(), _key_pem(key)


def key_digest_of(csr_pem: str) -> str:
    """The name of the key that asks. Raises RequestUnfit."""
    return _digest(_read(csr_pem))


def sign(csr_pem: str, name: str, authority: tuple[str, str], now: datetime) -> Signed:
    """A client certificate of one year for the key that asks; what else it says is not believed.

    Raises RequestUnfit.
    """
    public = _read(csr_pem)
    ends = now + CERTIFICATE_LIFE
    built = _builder(_name(name), public, now, CERTIFICATE_LIFE)
    made = _issue(built, authority, ExtendedKeyUsageOID.CLIENT_AUTH)
    pem = made.public_bytes(Encoding.PEM).decode()
    return Signed(pem, f"{made.serial_number:x}", _digest(public), ends)


def server_certificate(host: str, authority: tuple[str, str], now: datetime) -> tuple[str, str]:
    """Certificate and key, as PEM, for the gate that boxes call under `host`."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.SubjectAlternativeName([_general_name(host)])
    built = _builder(_name(host), key.public_key(), now, CERTIFICATE_LIFE)
    made = _issue(
        built.add_extension(named, critical=False), authority, ExtendedKeyUsageOID.SERVER_AUTH
    )
    return made.public_bytes(Encoding.PEM).decode(), _key_pem(key)


def serial_of(der: bytes, authority_pem: str) -> str | None:
    """The serial number of a certificate that the authority signed; None for any other bytes."""
    try:
        shown = x509.load_der_x509_certificate(der)
        shown.verify_directly_issued_by(x509.load_pem_x509_certificate(authority_pem.encode()))
    except (ValueError, TypeError, InvalidSignature):
        return None
    return f"{shown.serial_number:x}"


def der_of(pem: str) -> bytes:
    """Raises ValueError for a text that is no certificate."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def _read(csr_pem: str) -> ec.EllipticCurvePublicKey:
    try:
        asked = x509.load_pem_x509_csr(csr_pem.encode()[:MOST_PEM])
        key, is_signed = asked.public_key(), asked.is_signature_valid
    except (ValueError, TypeError):
        raise RequestUnfit from None
    if not is_signed or not isinstance(key, ec.EllipticCurvePublicKey) or key.key_size != 256:
        raise RequestUnfit
    return key


def _digest(key: ec.EllipticCurvePublicKey) -> str:
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(raw).hexdigest()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    name: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issue(
    built: x509.CertificateBuilder, authority: tuple[str, str], use: x509.ObjectIdentifier
) -> x509.Certificate:
    own = x509.load_pem_x509_certificate(authority[0].encode())
    key = load_pem_private_key(authority[1].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return (
        built.issuer_name(own.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(key, hashes.SHA256())
    )


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return raw.decode()
