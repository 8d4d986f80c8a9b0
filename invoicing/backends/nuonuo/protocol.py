"""Nuonuo (诺诺) open platform: our words <-> its JSON, and the signature over the exact bytes."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from core.clock import SHOP_ZONE
from invoicing.backends.nuonuo.reading import BadAnswer, InvoiceItem, read_answer, read_items
from invoicing.backends.port import (
    Accepted,
    Held,
    Issued,
    NotFound,
    Order,
    Pending,
    QueryAnswer,
    Refused,
    SubmitAnswer,
    Unknown,
)
from invoicing.rules.tax import TaxLine, unit_price

PATH = "/open/v1/services"
SUBMIT = "nuonuo.OpeMplatform.requestBillingNew"
QUERY = "nuonuo.OpeMplatform.queryInvoiceResult"
BLUE = "1"
NORMAL_E_INVOICE = "pc"  # 数电普通发票
OK = "E0000"
TWICE = "E9106"  # this number was used: there is a result to be asked for
NOT_FOUND = "E9500"
REFUSALS = {"E4000", "E9138", "E9154"} | {f"E{n}" for n in range(9101, 9132)} - {TWICE, "E9109"}
HOLDS = {"E9613", "070101"} | {f"07030{n}" for n in range(4, 8)}


def sign(secret: str, *, app_key: str, senid: str, nonce: str, timestamp: str, body: str) -> str:
    """base64(HMAC-SHA1) as header `X-Nuonuo-Sign` wants it."""
    text = f"a=services&l=v1&p=open&k={app_key}&i={senid}&n={nonce}&t={timestamp}&f={body}"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha1)).decode()


def submit_body(order: Order) -> str:
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
        "invoiceDate": f"{order.asked_at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}",
        "clerk": seller.drawer,
        "pushMode": "-1",  # we deliver ourselves
        "invoiceType": BLUE,
        "invoiceLine": NORMAL_E_INVOICE,
        "remark": order.remark,
        "callBackUrl": order.callback_url,
        "naturalPersonFlag": "1" if order.buyer_is_person else "0",
        "invoiceDetail": [_detail(line) for line in order.lines],
    }
    return _compact({"order": {name: value for name, value in fields.items() if value != ""}})


def query_body(request_no: str) -> str:
    return _compact({"orderNos": [request_no], "isOfferInvoiceDetail": "1"})


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain_yuan(fen: int) -> str:
    """`1234.56`: no thousands commas on the wire."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _detail(line: TaxLine) -> dict[str, Any]:
    fields = {
        "goodsName": line.name[:90],
        "goodsCode": line.tax_code,
        "withTaxFlag": "0",
        "price": unit_price(line),
        "num": str(line.quantity or ""),
        "unit": line.unit[:20] if line.quantity else "",
        "specType": line.spec[:40] if line.quantity else "",
        "taxRate": f"{line.tax_bp / 10_000:.4f}".rstrip("0").rstrip("."),
        "tax": plain_yuan(line.tax_fen),
        "taxExcludedAmount": plain_yuan(line.ex_fen),
        "taxIncludedAmount": plain_yuan(line.incl_fen),
        "invoiceLineProperty": str(int(line.nature)),
        "favouredPolicyFlag": "0",
    }
    return {name: value for name, value in fields.items() if value != ""}


def read_submit(raw: bytes) -> SubmitAnswer:
    """The answer to a submit. What cannot be read is unknown, never refused."""
    try:
        answer = read_answer(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if answer.code == OK:
        serial = answer.result.get("invoiceSerialNum", "") if answer.has_fields else ""
        return Accepted(str(serial)[:64])
    if answer.code == TWICE:
        return Accepted()
    return _other(answer.code, answer.describe)


def read_query(raw: bytes, request_no: str) -> QueryAnswer:
    """The answer to a question about one request of ours; items of others are not looked at."""
    try:
        answer = read_answer(raw)
        if answer.code == NOT_FOUND:
            return NotFound()
        if answer.code != OK:
            return _other(answer.code, answer.describe)
        ours = [item for item in read_items(answer) if item.order_no == request_no]
        return _item(ours[0]) if ours else NotFound()
    except BadAnswer as bad:
        return Unknown(str(bad))


def _other(code: str, text: str) -> Refused | Held | Unknown:
    if code in REFUSALS:
        return Refused(code, text)
    if code in HOLDS:
        return Held(code, text)
    return Unknown(f"code {code}")


def _item(item: InvoiceItem) -> QueryAnswer:
    if item.status in {"2", "21", "24"}:  # issued; 21 and 24 lack the provider's file only
        return Issued(
            number=item.number,
            code=item.code,
            issued_at=datetime.fromtimestamp(item.invoice_time / 1000, SHOP_ZONE),
            ex_fen=item.ex_tax_amount,
            tax_fen=item.tax_amount,
            incl_fen=item.order_amount,
            serial=item.serial_no,
            pdf_url=item.pdf_url,
        )
    if item.status == "20":
        return Pending()
    if item.status == "22":
        return Refused("22", item.fail_cause)
    return Unknown(f"status {item.status}")
