"""Baiwang (百望) open platform: our words <-> its JSON, and the signature over URL and body."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.clock import SHOP_ZONE
from invoicing.backends.baiwang.reading import BadAnswer, Reply, Row, Said, read_reply, rows_of
from invoicing.backends.port import (
    Accepted,
    Held,
    Hold,
    Issued,
    Kind,
    Listed,
    NotFound,
    Order,
    Pending,
    QueryAnswer,
    Refused,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import (
    code_of,
    compact,
    cut,
    number_of,
    plain_yuan,
    policy_code,
    rate_text,
    zero_flag,
)
from invoicing.rules.tax import Nature, TaxLine, totals, unit_price

PATH = "/router/rest"
TOKEN, ISSUE = "baiwang.oauth.token", "baiwang.output.invoice.issue"
QUERY, FORMAT = "baiwang.output.invoice.query", "baiwang.output.format.query"
VERSIONS = {TOKEN: "7.0", ISSUE: "6.0", QUERY: "6.0", FORMAT: "6.0"}
BLUE = "0"  # Nuonuo's is 1
TYPES = {Kind.GENERAL: "02", Kind.SPECIAL: "01"}
KINDS = {code: kind for kind, code in TYPES.items()}
NATURES = {Nature.NORMAL: "00", Nature.DISCOUNT: "01", Nature.DISCOUNTED: "02"}
TOKEN_BAD = {"100001", "100002"}
SIGN_BAD = "100007"
BUSINESS = {"20019", "20020", "70169", "70035"}  # what they mean stands in the text
TWICE_WORDS = ("已存在", "重复")
QUOTA_WORDS = ("额度",)
LOGIN_WORDS = ("未登录", "登录失效", "人脸", "扫码认证")
NONE_WORDS = ("未查询到", "不存在该")


def sign(secret: str, params: Mapping[str, str], body: str) -> str:
    """Upper-case MD5 of secret, the sorted non-empty names and values, the body, secret."""
    named = "".join(f"{name}{params[name]}" for name in sorted(params) if params[name])
    text = f"{secret}{named}{body}{secret}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def token_body(app_secret: str, username: str, password: str, salt: str) -> str:
    digest = hashlib.sha256(f"{password}{salt}".encode()).hexdigest()
    return compact({"username": username, "password": digest, "client_secret": app_secret})


def issue_body(order: Order) -> str:
    """Amounts without tax, tax and both are all given."""
    sums, seller = totals(order.lines), order.seller
    fields = {
        "invoiceType": BLUE,
        "invoiceTypeCode": TYPES[order.kind],
        "priceTaxMark": "0",
        "invoiceListMark": "0",
        "taxationMethod": "0",
        "serialNo": order.request_no,
        "buyerName": order.buyer_title,
        "buyerTaxNo": order.buyer_tax_no,
        "naturalMark": "1" if order.buyer_is_person else "0",
        "sellerAddressPhone": f"{seller.address} {seller.phone}".strip(),
        "sellerBankAccount": seller.bank_account,
        "drawer": seller.drawer,
        "remarks": cut(order.remark, 200),
        "callBackUrl": order.callback_url,
        "invoiceTotalPrice": plain_yuan(sums.ex_fen),
        "invoiceTotalTax": plain_yuan(sums.tax_fen),
        "invoiceTotalPriceTax": plain_yuan(sums.incl_fen),
        "invoiceDetailsList": [_detail(at, line) for at, line in enumerate(order.lines, start=1)],
    }
    data = {name: value for name, value in fields.items() if value != ""}
    return compact({"taxNo": seller.tax_no, "data": data})


def _detail(at: int, line: TaxLine) -> dict[str, Any]:
    has_policy = policy_code(line)
    fields = {
        "goodsLineNo": str(at),
        "invoiceLineNature": NATURES[line.nature],
        "goodsCode": line.tax_code,
        "goodsName": cut(line.name, 90),
        "goodsSpecification": cut(line.spec, 40) if line.quantity else "",
        "goodsUnit": cut(line.unit, 20) if line.quantity else "",
        "goodsQuantity": str(line.quantity or ""),
        "goodsPrice": unit_price(line),
        "goodsTaxRate": rate_text(line.tax_bp),
        "goodsTotalPrice": plain_yuan(line.ex_fen),
        "goodsTotalTax": plain_yuan(line.tax_fen),
        "preferentialMarkFlag": "1" if has_policy else "0",
        "vatSpecialManagement": has_policy,
        "freeTaxMark": zero_flag(line),
        "deductibleAmount": plain_yuan(line.deduction_fen) if line.deduction_fen else "",
    }
    return {name: value for name, value in fields.items() if value != ""}


def query_body(seller_tax_no: str, request_no: str) -> str:
    return compact({"taxNo": seller_tax_no, "data": {"serialNo": request_no}})


def list_body(seller_tax_no: str, since: datetime, until: datetime, page: int) -> str:
    data = {"startTime": shop_time(since), "endTime": shop_time(until), "pageNo": str(page)}
    return compact({"taxNo": seller_tax_no, "data": data})


def shop_time(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"


def other(said: Said) -> Refused | Held | Unknown:
    """What a code and its text come to. An unknown code is no refusal."""
    if said.code in TOKEN_BAD or said.code == SIGN_BAD:
        return Held(said.code, said.message, Hold.CREDENTIAL)
    if any(word in said.message for word in QUOTA_WORDS):
        return Held(said.code, said.message, Hold.QUOTA)
    if any(word in said.message for word in LOGIN_WORDS):
        return Held(said.code, said.message, Hold.LOGIN)
    if said.code in BUSINESS:
        return Refused(said.code, said.message)
    return Unknown(f"code {said.code[:20]}")


def read_issue(raw: bytes, request_no: str) -> SubmitAnswer:
    """Both lists may be filled; only the row of our number counts."""
    try:
        reply = read_reply(raw)
        if not reply.success:
            return _twice(reply.said) or other(reply.said)
        for row in rows_of(reply.field("success")):
            if row.serial_no == request_no:
                return Accepted(row.invoice_qdno[:64])
        for row in rows_of(reply.field("fail")):
            if row.serial_no == request_no:
                said = Said(code=row.error_code, message=row.error_message)
                return _twice(said) or other(said)
    except BadAnswer as bad:
        return Unknown(str(bad))
    return Unknown("neither taken nor refused")


def _twice(said: Said) -> Accepted | None:
    is_known = said.code in BUSINESS and any(word in said.message for word in TWICE_WORDS)
    return Accepted() if is_known else None


def read_query(raw: bytes, request_no: str) -> QueryAnswer:
    """Rows of other numbers are not looked at."""
    try:
        reply = read_reply(raw)
        if not reply.success:
            return _absent(reply) or other(reply.said)
        ours = [row for row in rows_of(reply.response) if row.serial_no == request_no]
        return _row(ours[0]) if ours else NotFound()
    except BadAnswer as bad:
        return Unknown(str(bad))


def _absent(reply: Reply) -> NotFound | None:
    words = any(word in reply.said.message for word in NONE_WORDS)
    return NotFound() if reply.said.code in BUSINESS and words else None


def _row(row: Row) -> QueryAnswer:
    if row.status == "0":
        return Pending()
    if row.status == "2":
        return other(Said(code="20019", message=row.error_message))
    if row.status != "1":
        return Unknown(f"status {row.status[:10]}")
    code = code_of(row.invoice_code)
    return Issued(
        number=number_of(row.invoice_no, code=code),
        code=code,
        issued_at=row.issued_at,
        ex_fen=row.invoice_total_price,
        tax_fen=row.invoice_total_tax,
        incl_fen=row.invoice_total_price_tax,
        serial=row.invoice_qdno,
        pdf_url=row.pdf_url,
        ofd_url=row.ofd_url,
        xml_url=row.xml_url,
        form_no=row.red_confirm_no,
        seller_tax_no=row.seller_tax_no,
        buyer_tax_no=row.buyer_tax_no,
        kind=KINDS.get(row.invoice_type_code),
    )


def read_list(raw: bytes) -> list[Listed] | Held | Unknown:
    """One page; a row that cannot be read makes it unknown."""
    try:
        reply = read_reply(raw)
        if not reply.success:
            said = other(reply.said)
            return said if isinstance(said, Held) else Unknown(f"code {reply.said.code[:20]}")
        return [_listed(row) for row in rows_of(reply.response)]
    except BadAnswer as bad:
        return Unknown(str(bad))


def _listed(row: Row) -> Listed:
    code = code_of(row.invoice_code)
    number, at = number_of(row.invoice_no, code=code), row.issued_at
    is_red = row.invoice_type == "1"
    return Listed(number, code, row.serial_no, at, row.invoice_total_price_tax, is_red)
