"""WeChat Pay e-invoices (微信支付电子发票 v3): our words <-> its JSON. Signing is the payments'."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from invoicing.backends.port import (
    Held,
    Hold,
    Issued,
    NotFound,
    Order,
    Pending,
    QueryAnswer,
    RedOrder,
    RedReason,
    Refused,
    Unknown,
)
from invoicing.backends.wire import BadAnswer, Text, as_model, code_of, cut, number_of
from invoicing.rules.tax import Nature, Policy, TaxLine, totals

ROOT = "/v3/new-tax-control-fapiao"
APPLICATIONS = f"{ROOT}/fapiao-applications"
WHOLE = 10**8  # quantities are counted in parts of this
REASONS = {
    RedReason.WRONG: "ISSUE_ERROR",
    RedReason.RETURNED: "SALES_RETURN",
    RedReason.ENDED: "SERVICE_SUSPENSION",
    RedReason.REDUCED: "SALES_DISCOUNT",
}
POLICIES = {
    Policy.EXEMPT: "DUTY_FREE",
    Policy.NOT_TAXED: "OUT_OF_VALUE_ADDED_TAX",
    Policy.ZERO: "NORMAL_ZERO_RATE",
    Policy.SIMPLE: "SIMPLE_TAX",
}
FINAL = {"PARAM_ERROR", "INVALID_REQUEST", "RULE_LIMIT"}
CREDENTIALS = {"SIGN_ERROR", "NO_AUTH"}
THERE = {"ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS"}
ABSENT = {"NOT_FOUND", "RESOURCE_NOT_EXISTS"}


class Paper(BaseModel):
    """One numbered invoice, blue or red."""

    model_config = ConfigDict(frozen=True)

    fapiao_code: Text = ""
    fapiao_number: Text
    check_code: Text = ""
    fapiao_time: AwareDatetime


class Information(BaseModel):
    """An invoice of an application; amounts in fen."""

    model_config = ConfigDict(frozen=True)

    fapiao_id: Text
    status: Text
    fail_reason: Text = ""
    blue_fapiao: Paper | None = None
    red_fapiao: Paper | None = None
    total_amount: int = Field(default=0, ge=0, le=10**13)
    tax_amount: int = Field(default=0, ge=0, le=10**13)
    amount: int = Field(default=0, ge=0, le=10**13)


def application(order: Order) -> dict[str, Any]:
    """One invoice in one application, both under our number."""
    sums = totals(order.lines)
    buyer = {
        "type": "INDIVIDUAL" if order.buyer_is_person else "ORGANIZATION",
        "name": order.buyer_title,
        "taxpayer_id": order.buyer_tax_no,
    }
    return {
        "scene": "WITHOUT_WECHATPAY",
        "fapiao_apply_id": order.request_no,
        "buyer_information": {name: value for name, value in buyer.items() if value},
        "fapiao_information": [
            {
                "fapiao_id": order.request_no,
                "total_amount": sums.incl_fen,
                "need_list": False,
                "remark": cut(order.remark, 200),
                "items": [_item(line) for line in order.lines],
            }
        ],
    }


def _item(line: TaxLine) -> dict[str, Any]:
    fields = {
        "tax_code": line.tax_code,
        "goods_name": cut(line.name, 90),
        "specification": cut(line.spec, 40) if line.quantity else "",
        "unit": cut(line.unit, 20) if line.quantity else "",
        "quantity": int(line.quantity * WHOLE) if line.quantity else None,
        "total_amount": abs(line.incl_fen),
        "tax_amount": abs(line.tax_fen),
        "tax_rate": line.tax_bp,
        "tax_prefer_mark": POLICIES.get(line.policy, "NO_FAVORABLE"),
        "discount": line.nature is Nature.DISCOUNT,
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def reversal(red: RedOrder) -> dict[str, Any]:
    """The whole invoice; there are no parts here."""
    named = {"fapiao_id": red.blue_request_no, "fapiao_number": red.number}
    named |= {"fapiao_code": red.code} if red.code else {}
    return {"reverse_reason": REASONS[red.reason], "fapiao_information": [named]}


def other(code: str, message: str) -> Refused | Held | Unknown:
    """What a signed refusal comes to; an unknown code is none."""
    if code in CREDENTIALS:
        return Held(code, message, Hold.CREDENTIAL)
    if "额度" in message:
        return Held(code, message, Hold.QUOTA)
    if any(word in message for word in ("未登录", "人脸", "扫码认证")):
        return Held(code, message, Hold.LOGIN)
    return Refused(code, message) if code in FINAL else Unknown(f"code {code[:30]}")


def read_blue(fields: Mapping[str, Any], request_no: str) -> QueryAnswer:
    """What became of an application."""
    try:
        found = _information(fields, request_no)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if found is None:
        return NotFound()
    if found.status == "ISSUE_FAILED":
        return other("RULE_LIMIT", found.fail_reason)
    if found.status == "ISSUE_ACCEPTED":
        return Pending()
    return _issued(found, found.blue_fapiao, 1)


def read_red(fields: Mapping[str, Any], request_no: str) -> QueryAnswer:
    """What became of a reversal: an application that only was issued knows of none."""
    try:
        found = _information(fields, request_no)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if found is None or found.status == "ISSUED":
        return NotFound()
    if found.status == "REVERSED":
        return _issued(found, found.red_fapiao, -1)
    return Pending() if found.status == "REVERSE_ACCEPTED" else Unknown("state")


def _information(fields: Mapping[str, Any], request_no: str) -> Information | None:
    """Raises BadAnswer."""
    rows = fields.get("fapiao_information")
    if not isinstance(rows, list):
        raise BadAnswer("no fapiao_information")
    found = [as_model(Information, row) for row in rows]
    return next((one for one in found if one.fapiao_id == request_no), None)


def _issued(found: Information, paper: Paper | None, sign: int) -> QueryAnswer:
    if paper is None:
        return Unknown("no invoice in it")
    code = code_of(paper.fapiao_code)
    at: datetime = paper.fapiao_time
    try:
        number = number_of(paper.fapiao_number, code=code)
    except BadAnswer as bad:
        return Unknown(str(bad))
    return Issued(
        number=number,
        code=code,
        issued_at=at,
        ex_fen=sign * found.amount,
        tax_fen=sign * found.tax_amount,
        incl_fen=sign * found.total_amount,
        serial=found.fapiao_id,
        check_code=paper.check_code[:20],
    )
