"""Set the scene: boxes that came in, papers they tell, a client that shows their certificate."""

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass
from itertools import count
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.types import ASGIApp, Receive, Scope, Send

from devices.boxes.authority import der_of
from devices.boxes.enrolling import Papers, enrol
from devices.boxes.knowing import Speaker, box_of_certificate
from devices.boxes.managing import add_box, end_box
from devices.boxes.receiving import Taken, take_paper
from devices.boxes.wire import read_paper
from tests.scenes.stores import a_store
from trade.stores.models import Store

serial = count(1)


def a_request(key: ec.EllipticCurvePrivateKey | None = None) -> str:
    """A certificate request, as a box makes one."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    built = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True, slots=True)
class ABox:
    store: Store
    papers: Papers
    speaker: Speaker

    @property
    def der(self) -> bytes:
        return der_of(self.papers.certificate)


async def a_box(store: Store | None = None, *, name: str = "") -> ABox:
    """A box that came in."""
    store = store or await a_store()
    code = await add_box(store_id=store.id, name=name or f"till {next(serial)}", by="scene")
    papers = await enrol(code, a_request())
    return ABox(store, papers, await box_of_certificate(der_of(papers.certificate)))


def an_order(
    number: str = "A7",
    *,
    due: str = "36.00",
    at: str = "2026-05-01 10:33:20",
    kind: str = "sale",
    origin: str | None = None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "order_no": number,
        "original_order_no": origin,
        "datetime": at,
        "lines": [{"name": "牛肉面", "qty": "2", "amount": due}],
        "totals": {"due": due},
    }


def a_body(order: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a box uploads."""
    name = f"{order['datetime'][:10]} {order['order_no']}"
    key = key_of([order["kind"], name, order["totals"]["due"]])
    return {"key": key, "box": "box", "order": order, "name": name, "code": "", **more}


def a_doubtful_body(*text: str, **more: Any) -> dict[str, Any]:
    return {"key": key_of(text), "box": "box", "doubts": ["sums"], "text": list(text), **more}


def key_of(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


async def told(box: ABox, body: dict[str, Any]) -> Taken:
    return await take_paper(box.speaker, read_paper(body))


def a_picture_paper(rows: int = 200) -> bytes:
    """A receipt that comes as a picture, `rows` dots tall and 8 bytes wide."""
    head = b"\x1b@\x1dv0\0" + (8).to_bytes(2, "little") + rows.to_bytes(2, "little")
    drawn = b"".join(bytes([(row * 7 + byte) % 256 for byte in range(8)]) for row in range(rows))
    return head + drawn + b"\n\x1dV\0"


def packed(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw)).decode()


async def some_boxes(store: Store) -> dict[str, str]:
    """A box and a paper of it that waits, for a shop that has everything."""
    box = await a_box(store)
    taken = await told(box, a_doubtful_body("合计 1.00", raw=packed(a_picture_paper())))
    ended = await a_box(store)
    await end_box(ended.speaker.box_id, is_stolen=False, by="scene")
    return {
        "box": str(box.speaker.box_id),
        "ended_box": str(ended.speaker.box_id),
        "paper": str(taken.paper_id),
    }


class Wire:
    """What stands between a socket and the application: who called, with which certificate."""

    def __init__(self, app: ASGIApp, *, peer: str = "", certificate: bytes | None = None) -> None:
        self.app, self.peer, self.certificate = app, peer, certificate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            state = scope.setdefault("state", {})
            state |= {"peer": self.peer, "client_certificate": self.certificate}
        await self.app(scope, receive, send)
