"""Notices of WeChat Pay v3: opened, routed by what is inside, and read into our words.

A notice is named by `original_type`: a shared profit comes with the event_type of a payment.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from core.strict_json import NotStrict, read_object
from trade.payments.protocol.keys import PlatformKeys
from trade.payments.protocol.reading import Fields
from trade.payments.protocol.sealing import open_resource
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.protocol.verifying import Headers, check_signature


@dataclass(frozen=True, slots=True)
class Notice:
    """A verified notice. `plaintext` is the JSON text of the resource as the platform wrote it."""

    notice_id: str
    event_type: str
    original_type: str
    plaintext: str


@dataclass(frozen=True, slots=True)
class PaidFact:
    """A payment as the platform tells it. `total_fen` is the order's; coupons lower `payer_fen`."""

    payment_no: str
    transaction_id: str
    trade_state: str
    total_fen: int
    payer_fen: int
    currency: str
    mch_id: str
    app_id: str
    open_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundFact:
    """A refund (退款). `status`: SUCCESS, CLOSED, ABNORMAL; `at` only when it succeeded."""

    refund_no: str
    refund_id: str
    payment_no: str
    transaction_id: str
    status: str
    refund_fen: int
    total_fen: int
    mch_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferFact:
    """A transfer to a person (商家转账). `state`: SUCCESS, FAIL, CANCELLED."""

    bill_no: str
    transfer_no: str
    state: str
    amount_fen: int
    mch_id: str
    open_id: str
    fail_reason: str


Fact = PaidFact | RefundFact | TransferFact


def open_notice(
    headers: Headers, body: bytes, *, keys: PlatformKeys, api_v3_key: str, now: int
) -> Notice:
    """Verify over the raw bytes, then decrypt. Raises Untrusted, and nothing else."""
    check_signature(headers, body, keys=keys, now=now)
    try:
        envelope = Fields(read_object(body))
        resource = envelope.part("resource")
        plaintext = open_resource(resource.tree, api_v3_key=api_v3_key)
        read_object(plaintext)
    except NotStrict:
        raise Untrusted("malformed") from None
    return Notice(
        notice_id=envelope.word("id"),
        event_type=envelope.word("event_type"),
        original_type=resource.word("original_type"),
        plaintext=plaintext,
    )


def fact_of(original_type: str, plaintext: str) -> Fact | None:
    """What the notice says; None for a kind we do not know.

    Raises Untrusted("malformed") when a known kind lacks something or says it in a wrong shape.
    """
    read = READERS.get(original_type)
    if read is None:
        return None
    try:
        return read(Fields(read_object(plaintext)))
    except NotStrict:
        raise Untrusted("malformed") from None


def key_of(notice: Notice) -> str:
    """Two tellings of one fact have one key, however the platform spells or seals them."""
    fact = fact_of(notice.original_type, notice.plaintext)
    said = notice.plaintext if fact is None else repr(sorted(asdict(fact).items()))
    digest = hashlib.sha256(f"{notice.original_type}\n{said}".encode()).hexdigest()
    return f"{notice.original_type[:64]}:{digest}"


def paid_fact(fields: Fields) -> PaidFact:
    amount = fields.part("amount")
    total_fen = amount.fen("total")
    return PaidFact(
        payment_no=fields.word("out_trade_no"),
        transaction_id=fields.word("transaction_id"),
        trade_state=fields.word("trade_state"),
        total_fen=total_fen,
        payer_fen=amount.fen("payer_total", default=total_fen),
        currency=amount.word("currency"),
        mch_id=fields.word("mchid"),
        app_id=fields.word("appid"),
        open_id=fields.part("payer").word("openid"),
        at=fields.moment("success_time"),
    )


def refund_fact(fields: Fields) -> RefundFact:
    amount = fields.part("amount")
    return RefundFact(
        refund_no=fields.word("out_refund_no"),
        refund_id=fields.word("refund_id"),
        payment_no=fields.word("out_trade_no"),
        transaction_id=fields.word("transaction_id"),
        status=fields.word("refund_status"),
        refund_fen=amount.fen("refund"),
        total_fen=amount.fen("total"),
        mch_id=fields.word("mchid"),
        at=fields.moment("success_time") if fields.has("success_time") else None,
    )


def transfer_fact(fields: Fields) -> TransferFact:
    return TransferFact(
        bill_no=fields.word("out_bill_no"),
        transfer_no=fields.word("transfer_bill_no"),
        state=fields.word("state"),
        amount_fen=fields.fen("transfer_amount"),
        mch_id=fields.word("mch_id"),
        open_id=fields.word("openid", default=""),
        fail_reason=fields.word("fail_reason", default=""),
    )


READERS: dict[str, Callable[[Fields], Fact]] = {
    "transaction": paid_fact,
    "refund": refund_fact,
    "mch_payment": transfer_fact,
}


def mch_id_of(plaintext: str) -> str:
    """The merchant a notice of any kind is about. Raises Untrusted when it does not say."""
    fields = Fields(read_object(plaintext))
    return fields.word("mch_id" if fields.has("mch_id") else "mchid")
