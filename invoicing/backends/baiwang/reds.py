"""Red letters at Baiwang: the form is added, and `autoIssueSwitch` lets the red invoice follow."""

from typing import Any

from invoicing.backends.baiwang.protocol import other
from invoicing.backends.baiwang.reading import BadAnswer, read_reply
from invoicing.backends.port import (
    Accepted,
    Confirmed,
    FormAnswer,
    FormOpen,
    FormState,
    Held,
    NotFound,
    RedAnswer,
    RedLine,
    RedOrder,
    RedReason,
    Refused,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import compact, cut, plain_yuan, rate_text

ADD, OPERATE = "baiwang.output.redinvoice.add", "baiwang.output.redinvoice.operate"
INFO = "baiwang.output.redinvoice.redforminfo"
SELLER = "01"
REASONS = {
    RedReason.WRONG: "01",
    RedReason.RETURNED: "02",
    RedReason.ENDED: "03",
    RedReason.REDUCED: "04",
}
CONFIRM, WITHDRAW = "01", "03"


def add_body(red: RedOrder) -> str:
    """Without lines where the whole invoice is taken back."""
    fields: dict[str, Any] = {
        "redConfirmSerialNo": red.red_no,
        "entryIdentity": SELLER,
        "originInvoiceNo": red.number,
        "originInvoiceCode": red.code,
        "sellerTaxNo": red.seller.tax_no,
        "sellerTaxName": red.seller.name,
        "buyerTaxNo": red.buyer_tax_no,
        "buyerTaxName": red.buyer_title,
        "redInvoiceLabel": REASONS[red.reason],
        "autoIssueSwitch": "Y",
        "callBackUrl": red.callback_url,
        "redConfirmDetailReqEntityList": []
        if red.is_full
        else [_detail(line) for line in red.lines],
    }
    data = {name: value for name, value in fields.items() if value not in ("", [])}
    return compact({"taxNo": red.seller.tax_no, "data": data})


def _detail(line: RedLine) -> dict[str, str]:
    fields = {
        "originalInvoiceDetailNo": str(line.line_no),
        "goodsCode": line.tax_code,
        "goodsName": cut(line.name, 90),
        "goodsSpecification": cut(line.spec, 40),
        "goodsUnit": cut(line.unit, 20),
        "goodsQuantity": f"-{line.quantity}" if line.quantity else "",
        "goodsTaxRate": rate_text(line.tax_bp),
        "goodsTotalPrice": plain_yuan(-line.ex_fen),
        "goodsTotalTax": plain_yuan(-line.tax_fen),
    }
    return {name: value for name, value in fields.items() if value != ""}


def info_body(seller_tax_no: str, red_no: str, form_no: str) -> str:
    data = {"redConfirmNo": form_no} if form_no else {"redConfirmSerialNo": red_no}
    return compact({"taxNo": seller_tax_no, "data": data})


def operate_body(seller_tax_no: str, form_no: str, act: str) -> str:
    return compact({"taxNo": seller_tax_no, "data": {"redConfirmNo": form_no, "confirmType": act}})


def read_add(raw: bytes) -> SubmitAnswer:
    try:
        reply = read_reply(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if reply.success:
        return Accepted(form_no=reply.text("redConfirmNo")[:40])
    if "已存在" in reply.said.message or "重复" in reply.said.message:
        return Accepted()
    return other(reply.said)


def read_info(raw: bytes) -> RedAnswer:
    try:
        reply = read_reply(raw)
        if reply.success:
            state = FormState(reply.text("confirmState"))
            return FormOpen(reply.text("redConfirmNo")[:40], state)
    except (BadAnswer, ValueError):
        return Unknown("unreadable form")
    return NotFound() if "未查询到" in reply.said.message else other(reply.said)


def read_operate(raw: bytes) -> FormAnswer:
    """Where the form has moved on, what it is now is to be asked."""
    try:
        reply = read_reply(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if reply.success:
        return Confirmed()
    said: Refused | Held | Unknown = other(reply.said)
    has_moved = "状态" in reply.said.message or "未查询到" in reply.said.message
    return Unknown("form moved") if has_moved else said
