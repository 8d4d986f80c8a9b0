"""Nuonuo (诺诺) open platform: our words <-> its JSON, and the signature over the exact bytes."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from core.clock import SHOP_ZONE
from invoicing.backends.nuonuo.reading import BadAnswer, InvoiceItem, read_answer, read_items
from invoicing.backends.port import (
    Accepted,
    Held,
    Hold,
    Issued,
    Kind,
    NotFound,
    Order,
    Pending,
    QueryAnswer,
    Refused,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import (
    compact,
    cut,
    plain_yuan,
    policy_code,
    rate_text,
    zero_flag,
)
from invoicing.rules.tax import TaxLine, unit_price

PATH = "/open/v1/services"
FAMILY = "nuonuo.OpeMplatform."
SUBMIT = f"{FAMILY}requestBillingNew"
QUERY = f"{FAMILY}queryInvoiceResult"
AGAIN = f"{FAMILY}reInvoice"
BLUE = "1"
LINES = {Kind.GENERAL: "pc", Kind.SPECIAL: "bs"}  # 数电普票, 数电专票
KINDS = {line: kind for kind, line in LINES.items()}
OK = "E0000"
TWICE = "E9106"  # this number was used: there is a result to be asked for
NOT_FOUND = "E9500"
REFUSALS = {"E4000", "E9138", "E9154"} | {f"E{n}" for n in range(9101, 9132)} - {TWICE, "E9109"}
CREDENTIALS = {"070101"} | {f"07030{n}" for n in range(4, 7)}
HOLDS = {
    "E9613": Hold.LATER,
    "070307": Hold.LOGIN,
    **dict.fromkeys(CREDENTIALS, Hold.CREDENTIAL),
}
QUOTA_WORDS = ("额度不足", "额度已用")
LOGIN_WORDS = ("未登录", "登录失效", "人脸", "扫码认证")


def sign(secret: str, *, app_key: str, senid: str, nonce: str, timestamp: str, body: str) -> str:
    """base64(HMAC-SHA1) as header `X-Nuonuo-Sign` wants it."""
    text = f"a=services&l=v1&p=open&k={app_key}&i={senid}&n={nonce}&t={timestamp}&f={body}"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha1)).decode()


def submit_body(order: Order, point: str = "") -> str:
    """Amounts ex, tax and incl are all given, so that nothing is rounded for us."""
    seller = order.seller
    fields = {
        "buyerName": order.buyer_title,
        "buyerTaxNum": order.buyer_tax_no,
        "salerTaxNum": seller.tax_no,
        "salerTel": seller.phone,
        "salerAddress": seller.address,
        "salerAccount": seller.bank_account,
        "orderNo": order.request_no,
        "invoiceDate": shop_time(order.asked_at),
        "clerk": seller.drawer,
        "pushMode": "-1",  # we deliver ourselves
        "invoiceType": BLUE,
        "invoiceLine": LINES[order.kind],
        "remark": cut(order.remark, 200),
        "callBackUrl": order.callback_url,
        "extensionNumber": point,
        "naturalPersonFlag": "1" if order.buyer_is_person else "0",
        "invoiceDetail": [_detail(line) for line in order.lines],
    }
    return compact({"order": {name: value for name, value in fields.items() if value != ""}})


def query_body(request_no: str) -> str:
    return compact({"orderNos": [request_no], "isOfferInvoiceDetail": "1"})


def again_body(request_no: str) -> str:
    """Try an order that failed for its seller's sake once more, under its own number."""
    return compact({"orderno": request_no})


def shop_time(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"


def _detail(line: TaxLine) -> dict[str, Any]:
    fields = {
        "goodsName": cut(line.name, 90),
        "goodsCode": line.tax_code,
        "withTaxFlag": "0",
        "price": unit_price(line),
        "num": str(line.quantity or ""),
        "unit": cut(line.unit, 20) if line.quantity else "",
        "specType": cut(line.spec, 40) if line.quantity else "",
        "taxRate": rate_text(line.tax_bp),
        "tax": plain_yuan(line.tax_fen),
        "taxExcludedAmount": plain_yuan(line.ex_fen),
        "taxIncludedAmount": plain_yuan(line.incl_fen),
        "invoiceLineProperty": str(int(line.nature)),
        "favouredPolicyFlag": policy_code(line) or "0",
        "zeroRateFlag": zero_flag(line),
        "deduction": plain_yuan(line.deduction_fen) if line.deduction_fen else "",
    }
    return {name: value for name, value in fields.items() if value != ""}


def read_submit(raw: bytes) -> SubmitAnswer:
    """The answer to a submit. What cannot be read is unknown, never refused."""
    try:
        answer = read_answer(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if answer.code == OK:
        return Accepted(answer.field("invoiceSerialNum")[:64])
    if answer.code == TWICE:
        return Accepted()
    return other(answer.code, answer.describe)


def read_query(raw: bytes, request_no: str) -> QueryAnswer:
    """The answer to a question about one request of ours; items of others are not looked at."""
    try:
        answer = read_answer(raw)
        if answer.code == NOT_FOUND:
            return NotFound()
        if answer.code != OK:
            return other(answer.code, answer.describe)
        ours = [item for item in read_items(answer.result) if item.order_no == request_no]
        return _item(ours[0]) if ours else NotFound()
    except BadAnswer as bad:
        return Unknown(str(bad))


def other(code: str, text: str) -> Refused | Held | Unknown:
    if code in REFUSALS:
        return Refused(code, text)
    if code in HOLDS:
        return Held(code, text, HOLDS[code])
    return Unknown(f"code {code}")


def _item(item: InvoiceItem) -> QueryAnswer:
    if item.status in {"2", "21", "24"}:  # issued; 21 and 24 lack the provider's file only
        return _issued(item)
    if item.status == "20":
        return Pending()
    if item.status == "22":
        return failed(item.fail_cause)
    return Unknown(f"status {item.status}")


def failed(cause: str) -> Refused | Held:
    """The bureau would not issue: final, unless it is the seller who cannot for now."""
    if any(word in cause for word in QUOTA_WORDS):
        return Held("22", cause, Hold.QUOTA)
    if any(word in cause for word in LOGIN_WORDS):
        return Held("22", cause, Hold.LOGIN)
    return Refused("22", cause)


def _issued(item: InvoiceItem) -> Issued:
    sign = -1 if item.invoice_type == "2" and item.order_amount > 0 else 1
    return Issued(
        number=item.number,
        code=item.code,
        issued_at=datetime.fromtimestamp(item.invoice_time / 1000, SHOP_ZONE),
        ex_fen=sign * item.ex_tax_amount,
        tax_fen=sign * item.tax_amount,
        incl_fen=sign * item.order_amount,
        serial=item.serial_no,
        pdf_url=item.pdf_url,
        ofd_url=item.ofd_url,
        xml_url=item.xml_url,
        form_no=item.bill_no,
        check_code=item.check_code[:20],
        cipher=item.cipher_text[:200],
        seller_tax_no=item.sale_tax_num,
        buyer_tax_no=item.buyer_tax_num,
        kind=KINDS.get(item.invoice_kind),
    )
