"""A box gets its papers: it makes its own key, comes in with a one-time code, and renews later.

The private key never leaves the box. Until an answer is there the key lies aside, so that asking
again after a lost answer asks with the same one. Runs in a process of its own: it needs libraries
that the box in service does without.
"""

import json
import os
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from devices.box.calling import Caller

ASIDE, OWN, AUTHORITY = "box.new.key", "box.pem", "ca.pem"


class NotLetIn(ValueError):
    """The platform refused, in its words."""


def join(settings: Path, *, url: str, code: str, printer: dict[str, Any], ca: Path | None) -> str:
    """Come in. Writes the settings file, the certificate with its key, and who vouches for the
    platform; answers the box's name. Raises NotLetIn, OSError."""
    home = settings.parent
    home.mkdir(parents=True, exist_ok=True)
    body = {"code": code, "request": _request(home)}
    said = _asked(Caller(ca=ca), url.rstrip("/") + "/boxes/v1/enrolments", body)
    known = _known(settings)
    _take(settings, {**known, "printer": printer or known.get("printer", {})}, said, ca)
    return str(said["box"])


def renew(settings: Path) -> None:
    """A further certificate, and the key that codes are signed with now. Raises NotLetIn."""
    home, known = settings.parent, _known(settings)
    away = known["platform"]
    ca = home / away["ca"] if "ca" in away else None
    caller = Caller(ca=ca, certificate=home / away["certificate"])
    said = _asked(caller, away["control"] + "/renewals", {"request": _request(home)})
    _take(settings, known, said, ca)


def _asked(caller: Caller, url: str, body: dict[str, Any]) -> dict[str, Any]:
    status, said = caller.post(url, body, {"Accept-Language": "en"})
    if status != 201:
        error = said.get("error")
        why = error.get("message") if isinstance(error, dict) else ""
        raise NotLetIn(why or f"the platform answered {status}")
    return said


def _request(home: Path) -> str:
    """A certificate request with the key that lies aside; a new one where none does."""
    path = home / ASIDE
    if path.exists():
        key = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        write_whole(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return asked.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _take(settings: Path, known: dict[str, Any], said: dict[str, Any], ca: Path | None) -> None:
    """Everything is written whole, the key that lay aside goes last: stopped anywhere, it can be
    done again."""
    home, base = settings.parent, str(said["url"])
    key = (home / ASIDE).read_bytes()
    write_whole(home / OWN, key + str(said["certificate"]).encode())
    away: dict[str, str] = {
        "url": base + "/boxes/v1/papers",
        "control": base + "/boxes/v1",
        "certificate": OWN,
    }
    vouching = _vouching(said, ca)
    if vouching:
        write_whole(home / AUTHORITY, vouching)
        away["ca"] = AUTHORITY
    new = {
        "box": said["box"],
        "store_id": said["storeId"],
        "url": said["receiptUrl"],
        "key": said["key"],
        "platform": away,
        "layout_no": said["layoutNo"],
    }
    write_whole(home / "layout.json", json.dumps(said["layout"], ensure_ascii=False).encode())
    write_whole(settings, json.dumps({**known, **new}, ensure_ascii=False, indent=1).encode())
    (home / ASIDE).unlink()


def _vouching(said: dict[str, Any], ca: Path | None) -> bytes:
    """Who vouches for the platform from now on: the authority of its gate; before a proxy with a
    certificate of the world's, whom the operator named, or (nothing) the system's list."""
    if said["isGate"]:
        return str(said["authority"]).encode()
    return ca.read_bytes() if ca else b""


def _known(settings: Path) -> dict[str, Any]:
    if not settings.exists():
        return {}
    said = json.loads(settings.read_text(encoding="utf-8"))
    return said if isinstance(said, dict) else {}


def write_whole(path: Path, data: bytes) -> None:
    """The file is the old one or the new one, and only its owner may read it."""
    fresh = path.with_name(path.name + ".writing")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
