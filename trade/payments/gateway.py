"""WeChat Pay v3 (微信支付): a few calls, each with one of three kinds of outcome, and no surprises.

A yes is what the platform signed, Refused is a signed no, Unknown means that nobody can tell: then
ask by the same number, or repeat with the same number and the same facts; never with another one.
`mch_id` says which of our merchants (商户号) asks; empty: the shop's own. Each raises NotConfigured
where the shop has no such merchant, and nothing else.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

from core import clock
from core.errors import NotConfigured
from core.http import client
from core.partners import Answer, NoAnswer, exchange
from core.settings import Pay, current
from core.strict_json import NotStrict, read_object
from trade.payments.protocol import answers
from trade.payments.protocol.answers import (
    Closed,
    Native,
    Prepaid,
    Refunded,
    Refused,
    Said,
    Transaction,
    Unknown,
)
from trade.payments.protocol.keys import Merchant, PlatformKeys, private_key
from trade.payments.protocol.notices import Notice, mch_id_of, open_notice
from trade.payments.protocol.reading import Fields
from trade.payments.protocol.requests import (
    CodeOrder,
    PrepayOrder,
    RefundOrder,
    as_json,
    code_body,
    prepay_body,
    refund_body,
)
from trade.payments.protocol.signing import SignedSheet, authorization, sign_sheet
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.protocol.verifying import Headers, check_signature

BY_NO = "/v3/pay/transactions/out-trade-no"
REFUNDS = "/v3/refund/domestic/refunds"
HEADERS = {"accept": "application/json", "content-type": "application/json"}

T = TypeVar("T")


async def prepay(order: PrepayOrder, *, mch_id: str = "") -> Prepaid | Refused | Unknown:
    """Pre-order (预下单). Repeating it with the same facts gives a fresh prepay_id."""
    pay = _pay(mch_id)
    body = prepay_body(order, mch_id=pay.mch_id, app_id=pay.app_id)
    said = await _call(pay, "POST", "/v3/pay/transactions/jsapi", body)
    return _read(said, answers.prepaid)


async def native(order: PrepayOrder, *, mch_id: str = "") -> Native | Refused | Unknown:
    """Pre-order for whoever scans the code. Repeating it with the same facts is fine."""
    pay = _pay(mch_id)
    body = prepay_body(order, mch_id=pay.mch_id, app_id=pay.app_id)
    said = await _call(pay, "POST", "/v3/pay/transactions/native", body)
    return _read(said, answers.native)


async def charge_code(order: CodeOrder, *, mch_id: str = "") -> Transaction | Refused | Unknown:
    """Take money by a scanned pay code (付款码). A code counts once: it is never sent again.

    Refused("USERPAYING"), which is passing: the customer has to confirm; then query.
    """
    pay = _pay(mch_id)
    body = code_body(order, mch_id=pay.mch_id, app_id=pay.app_id)
    said = await _call(pay, "POST", "/v3/pay/transactions/codepay", body)
    return _transaction_of(order.payment_no, pay, said)


async def reverse(payment_no: str, *, mch_id: str = "") -> Closed | Refused | Unknown:
    """Take a charge by code back (撤销), paid or not: the customer gets all of it again.

    Repeating it is fine.
    """
    pay = _pay(mch_id)
    target = f"{BY_NO}/{_in_path(payment_no)}/reverse"
    said = await _call(pay, "POST", target, as_json({"mchid": pay.mch_id, "appid": pay.app_id}))
    return _read(said, lambda _: Closed())


async def query(payment_no: str, *, mch_id: str = "") -> Transaction | Refused | Unknown:
    """What became of a payment. Refused("ORDER_NOT_EXIST") when it was never pre-ordered."""
    pay = _pay(mch_id)
    said = await _call(pay, "GET", f"{BY_NO}/{_in_path(payment_no)}?mchid={pay.mch_id}")
    return _transaction_of(payment_no, pay, said)


def _transaction_of(payment_no: str, pay: Pay, said: Said) -> Transaction | Refused | Unknown:
    found = _read(said, answers.transaction)
    if not isinstance(found, Transaction):
        return found
    is_ours = (found.payment_no, found.mch_id) == (payment_no, pay.mch_id)
    return found if is_ours else Unknown("another payment")


async def close(payment_no: str, *, mch_id: str = "") -> Closed | Refused | Unknown:
    """Close an unpaid payment; closing it again is fine. A paid one is refused: query it."""
    pay = _pay(mch_id)
    target = f"{BY_NO}/{_in_path(payment_no)}/close"
    said = await _call(pay, "POST", target, as_json({"mchid": pay.mch_id}))
    return _read(said, lambda _: Closed())


async def refund(order: RefundOrder, *, mch_id: str = "") -> Refunded | Refused | Unknown:
    """Give money back. The same number is the same refund; PROCESSING is a normal answer."""
    said = await _call(_pay(mch_id), "POST", REFUNDS, refund_body(order))
    return _refund_of(order.refund_no, said)


async def query_refund(refund_no: str, *, mch_id: str = "") -> Refunded | Refused | Unknown:
    """What became of a refund. Refused("RESOURCE_NOT_EXISTS") when it never reached them."""
    said = await _call(_pay(mch_id), "GET", f"{REFUNDS}/{_in_path(refund_no)}")
    return _refund_of(refund_no, said)


def sheet(prepay_id: str, *, mch_id: str = "") -> SignedSheet:
    """What the phone hands to wx.requestPayment, signed now."""
    pay = _pay(mch_id)
    return sign_sheet(
        private_key(pay.merchant_key_pem.get_secret_value()),
        app_id=pay.app_id,
        prepay_id=prepay_id,
        timestamp=str(int(clock.now().timestamp())),
        nonce=secrets.token_hex(16),
    )


def read_notice(headers: Headers, body: bytes, *, at: datetime) -> Notice:
    """Open a notice that came in at `at`, sealed for the merchant whose platform key it names.

    Raises Untrusted when it is not the platform's, or about another merchant.
    """
    headers = list(headers)
    pay = _named(headers)
    notice = open_notice(
        headers,
        body,
        keys=_platform_keys(pay.public_key_id, pay.public_key_pem),
        api_v3_key=pay.api_v3_key.get_secret_value(),
        now=int(at.timestamp()),
    )
    if mch_id_of(notice.plaintext) != pay.mch_id:
        raise Untrusted("merchant")
    return notice


def _named(headers: Headers) -> Pay:
    serials = {value for name, value in headers if name.lower() == "wechatpay-serial"}
    own = _pay()
    return next((pay for pay in current().more_pay if pay.public_key_id in serials), own)


def _pay(mch_id: str = "") -> Pay:
    own, more = current().pay, current().more_pay
    if own is None:
        raise NotConfigured(what="pay")
    if mch_id in {"", own.mch_id}:
        return own
    named = [pay for pay in more if pay.mch_id == mch_id]
    if not named:
        raise NotConfigured(what="pay", mch_id=mch_id)
    return named[0]


@lru_cache(maxsize=8)
def _platform_keys(key_id: str, pem: str) -> PlatformKeys:
    return PlatformKeys({key_id: pem})


def _in_path(number: str) -> str:
    return quote(number, safe="")


def _read(said: Said, read: Callable[[Fields], T]) -> T | Refused | Unknown:
    if isinstance(said, Refused | Unknown):
        return said
    try:
        return read(said)
    except Untrusted as odd:
        return Unknown(odd.reason)


def _refund_of(refund_no: str, said: Said) -> Refunded | Refused | Unknown:
    found = _read(said, answers.refunded)
    if isinstance(found, Refunded) and found.refund_no != refund_no:
        return Unknown("another refund")
    return found


async def ask(
    method: str, target: str, fields: dict[str, Any] | None, mch_id: str = ""
) -> tuple[int, dict[str, Any]] | str:
    """Status and fields of a signed answer of any kind; else why there is none to believe."""
    pay = _pay(mch_id)
    try:
        answer = await _sent(pay, method, target, b"" if fields is None else as_json(fields))
        keys = _platform_keys(pay.public_key_id, pay.public_key_pem)
        check_signature(answer.headers, answer.body, keys=keys, now=int(clock.now().timestamp()))
        return answer.status, read_object(answer.body) if answer.body else {}
    except NoAnswer as lost:
        return str(lost.facts["why"])
    except (Untrusted, NotStrict) as odd:
        return str(odd) or type(odd).__name__


async def _call(pay: Pay, method: str, target: str, body: bytes = b"") -> Said:
    try:
        answer = await _sent(pay, method, target, body)
    except NoAnswer as lost:
        return Unknown(str(lost.facts["why"]))
    return answers.believe(
        answer.status,
        answer.headers,
        answer.body,
        keys=_platform_keys(pay.public_key_id, pay.public_key_pem),
        now=int(clock.now().timestamp()),
    )


async def _sent(pay: Pay, method: str, target: str, body: bytes) -> Answer:
    """Raises NoAnswer."""
    async with client("wechat_pay", base_url=pay.base_url) as http:
        request = http.build_request(method, target, content=body, headers=HEADERS)
        request.headers["authorization"] = authorization(
            _merchant(pay),
            method=method,
            target=request.url.raw_path.decode(),
            timestamp=str(int(clock.now().timestamp())),
            nonce=secrets.token_hex(16),
            body=body,
        )
        return await exchange(http, request)


def _merchant(pay: Pay) -> Merchant:
    key = private_key(pay.merchant_key_pem.get_secret_value())
    return Merchant(pay.mch_id, pay.merchant_serial, key)
