"""Answers of WeChat Pay v3: believed only when signed, and read into three kinds of outcome."""

from dataclasses import dataclass
from datetime import datetime

from core.strict_json import NotStrict, read_object
from trade.payments.protocol.keys import PlatformKeys
from trade.payments.protocol.reading import Fields
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.protocol.verifying import Headers, check_signature

PASSING = {"RATELIMIT_EXCEEDED", "FREQUENCY_LIMITED", "USERPAYING"}
FINAL_5XX = {"OPENID_MISMATCH", "INVALID_TRANSACTIONID"}
SPELLINGS = {  # the platform leaves out underscores and letters as it likes
    "RATELIMITEXCEED": "RATELIMIT_EXCEEDED",
    "RATELIMITEXCEEDED": "RATELIMIT_EXCEEDED",
    "FREQUENCYLIMITED": "FREQUENCY_LIMITED",
    "ORDERNOTEXIST": "ORDER_NOT_EXIST",
    "RESOURCENOTEXISTS": "RESOURCE_NOT_EXISTS",
    "ORDERCLOSED": "ORDER_CLOSED",
    "ORDERPAID": "ORDER_PAID",
    "OUTTRADENOUSED": "OUT_TRADE_NO_USED",
    "AUTHCODEEXPIRE": "AUTH_CODE_EXPIRED",
    "AUTHCODEINVALID": "AUTH_CODE_INVALID",
    "NOTENOUGH": "NOT_ENOUGH",
    "OPENIDMISMATCH": "OPENID_MISMATCH",
    "INVALIDTRANSACTIONID": "INVALID_TRANSACTIONID",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A signed no. `is_passing`: the same call may succeed later (busy, too often)."""

    code: str
    message: str
    is_passing: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or none that can be believed. `why` is a word for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class Prepaid:
    """`prepay_id` is good for two hours."""

    prepay_id: str


@dataclass(frozen=True, slots=True)
class Native:
    """`code_url` is what the code to be scanned says; good for two hours."""

    code_url: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The order can no longer be paid."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A payment as a query tells it; what an unpaid one does not have yet is empty.

    `trade_state`: SUCCESS, REFUND (paid, and a refund exists), NOTPAY, CLOSED, USERPAYING, …
    """

    payment_no: str
    trade_state: str
    mch_id: str
    app_id: str
    transaction_id: str
    total_fen: int | None
    currency: str
    open_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund as the platform tells it. `status`: PROCESSING, SUCCESS, CLOSED, ABNORMAL."""

    refund_no: str
    refund_id: str
    payment_no: str
    transaction_id: str
    status: str
    refund_fen: int
    at: datetime | None


Said = Fields | Refused | Unknown


def believe(status: int, headers: Headers, body: bytes, *, keys: PlatformKeys, now: int) -> Said:
    """What the answer says: the fields of a signed yes (none for 204), or Refused, or Unknown."""
    try:
        check_signature(headers, body, keys=keys, now=now)
        fields = Fields(read_object(body) if body else {})
    except (Untrusted, NotStrict) as odd:
        return Unknown(f"{status} {odd}")
    if status in {200, 204}:
        return fields
    return _refusal(status, fields)


def _refusal(status: int, fields: Fields) -> Refused | Unknown:
    try:
        said = fields.word("code")
    except Untrusted:
        return Unknown(f"{status} without a code")
    code = SPELLINGS.get(said.replace("_", ""), said)
    if status >= 500 and code not in FINAL_5XX:
        return Unknown(f"{status} {code}")
    message = fields.tree.get("message")
    said_why = message[:200] if isinstance(message, str) else ""
    return Refused(code, said_why, is_passing=code in PASSING or status in {202, 429})


def prepaid(fields: Fields) -> Prepaid:
    """Raises Untrusted("malformed"), like all readers here."""
    return Prepaid(fields.word("prepay_id"))


def native(fields: Fields) -> Native:
    return Native(fields.word("code_url"))


def transaction(fields: Fields) -> Transaction:
    amount = fields.part("amount") if fields.has("amount") else None
    payer = fields.part("payer") if fields.has("payer") else None
    return Transaction(
        payment_no=fields.word("out_trade_no"),
        trade_state=fields.word("trade_state"),
        mch_id=fields.word("mchid"),
        app_id=fields.word("appid"),
        transaction_id=fields.word("transaction_id", default=""),
        total_fen=amount.fen("total") if amount else None,
        currency=amount.word("currency", default="CNY") if amount else "",
        open_id=payer.word("openid", default="") if payer else "",
        at=fields.moment("success_time") if fields.has("success_time") else None,
    )


def refunded(fields: Fields) -> Refunded:
    return Refunded(
        refund_no=fields.word("out_refund_no"),
        refund_id=fields.word("refund_id"),
        payment_no=fields.word("out_trade_no"),
        transaction_id=fields.word("transaction_id"),
        status=fields.word("status"),
        refund_fen=fields.part("amount").fen("refund"),
        at=fields.moment("success_time") if fields.has("success_time") else None,
    )
