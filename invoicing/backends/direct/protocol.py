"""The bureau's direct link (乐企): our words <-> its JSON, signed in both directions.

Asynchronous: a request is taken under our requestId and a number that we drew before; the result
is asked for. Digests and signatures are SHA-256 and RSA; the field names are the bureau's pinyin.
"""

import base64
import hashlib
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from core.clock import SHOP_ZONE
from invoicing.backends.direct.reading import BadAnswer, Row, Said, read_row, read_said
from invoicing.backends.port import (
    Accepted,
    Confirmed,
    FormAnswer,
    FormOpen,
    FormState,
    Held,
    Hold,
    Issued,
    Kind,
    Listed,
    NotFound,
    Order,
    Pending,
    QueryAnswer,
    RedAnswer,
    RedOrder,
    RedReason,
    Refused,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import (
    compact,
    cut,
    number_of,
    plain_yuan,
    policy_code,
    rate_text,
    zero_flag,
)
from invoicing.rules.tax import Nature, TaxLine, totals, unit_price

ROOT = "/leqi/v1"
KINDS = {Kind.SPECIAL: "01", Kind.GENERAL: "02"}
BY_CODE = {code: kind for kind, code in KINDS.items()}
NATURES = {Nature.NORMAL: "00", Nature.DISCOUNT: "01", Nature.DISCOUNTED: "02"}
REASONS = {
    RedReason.WRONG: "01",
    RedReason.RETURNED: "02",
    RedReason.ENDED: "03",
    RedReason.REDUCED: "04",
}
OK, TWICE, ABSENT, REFUSAL, MOVED = "00000", "20002", "20001", "30001", "30004"
HOLDS = {
    "10001": Hold.CREDENTIAL,
    "30002": Hold.QUOTA,
    "40001": Hold.LOGIN,
    "40002": Hold.FACE,
    "40003": Hold.BUREAU,
}


def private_key(pem: str) -> RSAPrivateKey:
    """Raises ValueError for anything but an RSA key."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key


def public_key(pem: str) -> RSAPublicKey:
    """Raises ValueError for anything but an RSA key."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    return key


def signed_text(head: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """`head` is method and path of a question; an answer carries the nonce of its question."""
    return f"{head}\n{timestamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}\n".encode()


def sign(key: RSAPrivateKey, text: bytes) -> str:
    return base64.b64encode(key.sign(text, PKCS1v15(), hashes.SHA256())).decode()


def is_signed(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def issue_body(order: Order, number: str) -> str:
    """An invoice under our requestId and the number we drew for it."""
    sums, seller = totals(order.lines), order.seller
    fields = {
        "requestId": order.request_no,
        "fphm": number,
        "fppz": KINDS[order.kind],
        "xsfnsrsbh": seller.tax_no,
        "xsfmc": seller.name,
        "xsfdz": seller.address,
        "xsfdh": seller.phone,
        "gmfzrrbz": "Y" if order.buyer_is_person else "N",
        "gmfnsrsbh": order.buyer_tax_no,
        "gmfmc": order.buyer_title,
        "hjje": plain_yuan(sums.ex_fen),
        "hjse": plain_yuan(sums.tax_fen),
        "jshj": plain_yuan(sums.incl_fen),
        "kpr": seller.drawer,
        "bz": cut(order.remark, 200),
        "mxzb": [_detail(at, line) for at, line in enumerate(order.lines, start=1)],
    }
    return compact({name: value for name, value in fields.items() if value != ""})


def _detail(at: int, line: TaxLine) -> dict[str, Any]:
    fields = {
        "mxxh": str(at),
        "xmmc": cut(line.name, 90),
        "sphfwssflhbbm": line.tax_code,
        "ggxh": cut(line.spec, 40) if line.quantity else "",
        "dw": cut(line.unit, 20) if line.quantity else "",
        "sl": str(line.quantity or ""),
        "dj": unit_price(line),
        "je": plain_yuan(line.ex_fen),
        "slv": rate_text(line.tax_bp),
        "se": plain_yuan(line.tax_fen),
        "fphxz": NATURES[line.nature],
        "yhzcbs": policy_code(line),
        "lslbs": zero_flag(line),
        "kce": plain_yuan(line.deduction_fen) if line.deduction_fen else "",
    }
    return {name: value for name, value in fields.items() if value != ""}


def red_body(red: RedOrder) -> str:
    fields = {
        "requestId": red.red_no,
        "xsfnsrsbh": red.seller.tax_no,
        "lzfphm": red.number,
        "chyydm": REASONS[red.reason],
        "mxzb": []
        if red.is_full
        else [
            {
                "lzmxxh": str(line.line_no),
                "sl": f"-{line.quantity}" if line.quantity else "",
                "je": plain_yuan(-line.ex_fen),
                "se": plain_yuan(-line.tax_fen),
            }
            for line in red.lines
        ],
    }
    return compact(fields)


def ask_body(seller_tax_no: str, request_no: str, form_no: str = "") -> str:
    facts = {"xsfnsrsbh": seller_tax_no, "requestId": request_no, "hzqrdbh": form_no}
    return compact({name: value for name, value in facts.items() if value})


def act_body(seller_tax_no: str, form_no: str, act: str) -> str:
    """`act` 01 confirms, 03 withdraws."""
    return compact({"xsfnsrsbh": seller_tax_no, "hzqrdbh": form_no, "czlx": act})


def shop_time(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"


def other(said: Said) -> Refused | Held | Unknown:
    if said.code in HOLDS:
        return Held(said.code, said.message, HOLDS[said.code])
    if said.code == REFUSAL:
        return Refused(said.code, said.message)
    return Unknown(f"code {said.code[:20]}")


def read_taken(raw: bytes) -> SubmitAnswer:
    """The answer to an invoice or a red letter."""
    try:
        said = read_said(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if said.code == OK:
        return Accepted(form_no=said.text("hzqrdbh")[:40])
    return Accepted() if said.code == TWICE else other(said)


def read_result(raw: bytes) -> QueryAnswer:
    """0 being worked on, 1 issued, 2 failed."""
    try:
        said = read_said(raw)
        if said.code == OK:
            return _row(read_row(said.data))
    except BadAnswer as bad:
        return Unknown(str(bad))
    return NotFound() if said.code == ABSENT else other(said)


def _row(row: Row) -> QueryAnswer:
    if row.zt == "0":
        return Pending()
    if row.zt == "2":
        return other(Said(code=row.sbdm or REFUSAL, message=row.sbyy))
    if row.zt != "1":
        return Unknown(f"state {row.zt[:10]}")
    return Issued(
        number=number_of(row.fphm),
        code="",
        issued_at=row.issued_at,
        ex_fen=row.hjje,
        tax_fen=row.hjse,
        incl_fen=row.jshj,
        serial=row.fphm,
        form_no=row.hzqrdbh,
        seller_tax_no=row.xsfnsrsbh or None,
        buyer_tax_no=row.gmfnsrsbh,
        kind=BY_CODE.get(row.fppz),
    )


def read_form(raw: bytes) -> RedAnswer:
    try:
        said = read_said(raw)
        if said.code == OK:
            return FormOpen(said.text("hzqrdbh")[:40], FormState(said.text("hzqrdzt")))
    except (BadAnswer, ValueError):
        return Unknown("unreadable form")
    return NotFound() if said.code == ABSENT else other(said)


def read_act(raw: bytes) -> FormAnswer:
    try:
        said = read_said(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if said.code == OK:
        return Confirmed()
    return Unknown("form moved") if said.code in {MOVED, ABSENT} else other(said)


def read_list(raw: bytes) -> list[Listed] | Held | Unknown:
    try:
        said = read_said(raw)
        if said.code == OK:
            return [_listed(read_row(row)) for row in said.rows]
    except BadAnswer as bad:
        return Unknown(str(bad))
    answer = other(said)
    return answer if isinstance(answer, Held) else Unknown(f"code {said.code[:20]}")


def _listed(row: Row) -> Listed:
    return Listed(number_of(row.fphm), "", row.requestId, row.issued_at, row.jshj, row.jshj < 0)
