"""What the e-invoice provider checks before it takes an order. Pure: values in, refusal out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_LINES = 2000
LINE_TOLERANCE = Decimal("0.06")
INVOICE_TOLERANCE = Decimal("1.27")
RATES = {Decimal(rate) for rate in ("0", "0.01", "0.015", "0.03", "0.05", "0.06", "0.09", "0.13")}
CENT = Decimal("0.01")
MOST_DIGITS = 12
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FORBIDDEN = re.compile(r"[<>\x00-\x1f\x7f]|[\U0001F000-\U0001FAFF]")
_MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}")


class TaxRefused(Exception):
    """An order or a call that is not taken: the provider's code and its words."""

    def __init__(self, code: str, describe: str) -> None:
        super().__init__(code)
        self.code, self.describe = code, describe


@dataclass(frozen=True, slots=True)
class Line:
    """A checked line. `nature` 0 normal, 1 discount, 2 discounted by the next line."""

    name: str
    code: str
    rate: Decimal
    ex: Decimal
    tax: Decimal
    incl: Decimal
    nature: int
    fields: Mapping[str, Any]


def check_order(order: Any, seller_tax_no: str) -> list[Line]:
    """The lines of an order that can be issued. Raises TaxRefused."""
    if not isinstance(order, dict):
        raise TaxRefused("E4000", "order不能为空")
    for field, most in _LIMITS.items():
        _check_text(order, field, most)
    for field in ("buyerName", "salerTaxNum", "orderNo", "invoiceDate", "clerk", "invoiceType"):
        if not order.get(field):
            raise TaxRefused("E4000", f"{field}不能为空")
    for check in _CHECKS:
        check(order)
    if order["salerTaxNum"] != seller_tax_no:
        raise TaxRefused("E9103", "销方税号与授权税号不一致")
    lines = _lines(order.get("invoiceDetail"))
    _check_sums(lines)
    return lines


def is_tax_no(text: str) -> bool:
    """15, 17, 18 or 20 of A-Z 0-9; 18 with the check digit of a credit code or an identity card,
    20 with that of the identity card in front."""
    if not re.fullmatch(r"[A-Z0-9]+", text) or len(text) not in (15, 17, 18, 20):
        return False
    if len(text) == 18:
        return _is_credit_code(text) or _is_identity(text)
    return len(text) != 20 or _is_identity(text[:18])


def _is_credit_code(text: str) -> bool:
    if any(sign not in _CREDIT for sign in text):
        return False
    total = sum(_CREDIT.index(sign) * w for sign, w in zip(text[:17], _CREDIT_WEIGHTS, strict=True))
    return _CREDIT[-total % 31] == text[17]


def _is_identity(text: str) -> bool:
    if not text[:17].isdigit():
        return False
    pairs = zip(text[:17], _IDENTITY_WEIGHTS, strict=True)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in pairs) % 11] == text[17]


def _check_text(order: dict[str, Any], field: str, most: int) -> None:
    value = order.get(field, "")
    if not isinstance(value, str) or len(value) > most:
        raise TaxRefused("E4000", f"{field}长度不能超过{most}")
    if _FORBIDDEN.search(value):
        raise TaxRefused("E9117", f"{field}含有非法字符")


def _check_kind(order: dict[str, Any]) -> None:
    if order["invoiceType"] not in ("1", 1):
        raise TaxRefused("E9104", "红票请使用快捷红冲接口")
    if order.get("invoiceLine") not in ("pc", "bs"):
        raise TaxRefused("E9104", "invoiceLine应为pc或bs")
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,20}", order["orderNo"]):
        raise TaxRefused("E4000", "orderNo格式错误")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", str(order["invoiceDate"])):
        raise TaxRefused("E4000", "invoiceDate格式错误")


def _check_buyer(order: dict[str, Any]) -> None:
    number, is_person = order.get("buyerTaxNum", ""), order.get("naturalPersonFlag") in ("1", 1)
    if number and not is_tax_no(number):
        raise TaxRefused("E9110", "购方税号校验不通过")
    if is_person and (number or order["invoiceLine"] == "bs"):
        raise TaxRefused("E9111", "自然人不能填写税号或开具专用发票")
    if order["invoiceLine"] == "bs" and not number:
        raise TaxRefused("E9112", "专用发票购方税号不能为空")
    if is_tax_no(order["buyerName"]):
        raise TaxRefused("E9113", "购方名称不能为税号")


def _check_push(order: dict[str, Any]) -> None:
    mode = str(order.get("pushMode", "-1"))
    if mode not in ("-1", "0", "1", "2"):
        raise TaxRefused("E4000", "pushMode错误")
    if mode in ("0", "2") and not _MAIL.fullmatch(order.get("email", "")):
        raise TaxRefused("E9114", "推送邮箱错误")
    if mode in ("1", "2") and not re.fullmatch(r"1[3-9]\d{9}", order.get("buyerPhone", "")):
        raise TaxRefused("E9115", "推送手机号错误")


_CHECKS: tuple[Callable[[dict[str, Any]], None], ...] = (_check_kind, _check_buyer, _check_push)
_LIMITS = {
    "buyerName": 100,
    "buyerTaxNum": 20,
    "buyerTel": 40,
    "buyerAddress": 100,
    "buyerAccount": 100,
    "salerTaxNum": 20,
    "salerTel": 40,
    "salerAddress": 100,
    "salerAccount": 100,
    "orderNo": 20,
    "clerk": 40,
    "email": 100,
    "buyerPhone": 20,
    "remark": 200,
    "callBackUrl": 500,
}


def _lines(detail: Any) -> list[Line]:
    if not isinstance(detail, list) or not 1 <= len(detail) <= MOST_LINES:
        raise TaxRefused("E9101", f"发票明细应为1-{MOST_LINES}行")
    if len({str(row.get("withTaxFlag")) for row in detail if isinstance(row, dict)}) != 1:
        raise TaxRefused("E9102", "含税标志必须一致")
    lines = [_line(row, at) for at, row in enumerate(detail, start=1)]
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        after = lines[at + 1] if at + 1 < len(lines) else None
        _check_discount(line, before, after)
    return lines


def _line(row: Any, at: int) -> Line:
    if not isinstance(row, dict):
        raise TaxRefused("E4000", f"第{at}行不是对象")
    _check_goods(row, at)
    nature = int(str(row.get("invoiceLineProperty", "0") or "0"))
    line = Line(
        name=row["goodsName"],
        code=row["goodsCode"],
        rate=_decimal(row, "taxRate", at),
        ex=_money(row, "taxExcludedAmount", at),
        tax=_money(row, "tax", at),
        incl=_money(row, "taxIncludedAmount", at),
        nature=nature,
        fields=row,
    )
    _check_arithmetic(line, at)
    _check_price(line, at)
    _check_policy(line, at)
    return line


def _check_goods(row: dict[str, Any], at: int) -> None:
    if not row.get("goodsName"):
        raise TaxRefused("E4000", f"第{at}行商品名称不能为空")
    for field, most in (("goodsName", 90), ("specType", 40), ("unit", 20)):
        _check_text(row, field, most)
    if not re.fullmatch(r"\d{19}", str(row.get("goodsCode", ""))):
        raise TaxRefused("E9116", f"第{at}行商品税收分类编码应为19位数字")
    if str(row.get("invoiceLineProperty", "0") or "0") not in ("0", "1", "2"):
        raise TaxRefused("E4000", f"第{at}行发票行性质错误")


def _check_arithmetic(line: Line, at: int) -> None:
    if line.rate not in RATES:
        raise TaxRefused("E9118", f"第{at}行税率不合法")
    if line.ex + line.tax != line.incl:
        raise TaxRefused("E9119", f"第{at}行不含税金额+税额不等于含税金额")
    if abs(_error(line, at)) > LINE_TOLERANCE:
        raise TaxRefused("E9120", f"第{at}行税额误差超过{LINE_TOLERANCE}")
    if line.incl < 0 and line.nature != 1:
        raise TaxRefused("E9121", f"第{at}行蓝票金额不能为负")


def _error(line: Line, at: int) -> Decimal:
    """How far the tax is from the rate; where only a difference is taxed, from that one's tax."""
    if not line.fields.get("deduction"):
        return line.ex * line.rate - line.tax
    base = line.incl - _money(line.fields, "deduction", at)
    return base * line.rate / (1 + line.rate) - line.tax


def _check_price(line: Line, at: int) -> None:
    has_price, has_number = (line.fields.get(name) not in (None, "") for name in ("price", "num"))
    if has_price != has_number:
        raise TaxRefused("E9122", f"第{at}行单价和数量必须同时填写")
    if not has_price:
        return
    price, number = _decimal(line.fields, "price", at), _decimal(line.fields, "num", at)
    for value in (price, number):
        if value <= 0 or -int(value.as_tuple().exponent) > 8:
            raise TaxRefused("E9123", f"第{at}行单价或数量不合法")
    is_with_tax = str(line.fields.get("withTaxFlag")) == "1"
    if abs(price * number - (line.incl if is_with_tax else line.ex)) > CENT:
        raise TaxRefused("E9124", f"第{at}行单价乘数量与金额不符")


def _check_policy(line: Line, at: int) -> None:
    """A line without tax says why; one with a policy says which."""
    zero = str(line.fields.get("zeroRateFlag", ""))
    if (line.rate == 0) != (zero in ("1", "2", "3")):
        raise TaxRefused("E9118", f"第{at}行零税率标识与税率不符")
    policy = str(line.fields.get("favouredPolicyFlag", "0") or "0")
    if policy not in ("0", "01", "03", "04", "08", "09", "10"):
        raise TaxRefused("E9118", f"第{at}行优惠政策标识不合法")
    if {"1": "03", "2": "04"}.get(zero, policy) != policy:
        raise TaxRefused("E9118", f"第{at}行优惠政策与零税率标识不符")


def _check_discount(line: Line, before: Line | None, after: Line | None) -> None:
    if line.nature == 2 and (after is None or after.nature != 1):
        raise TaxRefused("E9125", "被折扣行后必须紧跟折扣行")
    if line.nature != 1:
        return
    if before is None or before.nature != 2:
        raise TaxRefused("E9125", "折扣行前必须为被折扣行")
    if (line.name, line.code, line.rate) != (before.name, before.code, before.rate):
        raise TaxRefused("E9126", "折扣行与被折扣行的商品不一致")
    if any(line.fields.get(name) for name in ("price", "num", "unit", "specType")):
        raise TaxRefused("E9127", "折扣行不能有规格、单位、数量、单价")
    if line.incl > 0 or line.tax > 0 or -line.incl > before.incl or -line.tax > before.tax:
        raise TaxRefused("E9128", "折扣金额不合法")


def _check_sums(lines: list[Line]) -> None:
    if sum((line.incl for line in lines), Decimal(0)) <= 0:
        raise TaxRefused("E9129", "开票金额必须大于0")
    if any(line.incl == 0 and line.nature == 0 for line in lines):
        raise TaxRefused("E9130", "不能有金额为0的商品行")
    error = sum((_error(line, at) for at, line in enumerate(lines, start=1)), Decimal(0))
    if abs(error) > INVOICE_TOLERANCE:
        raise TaxRefused("E9131", f"整单税额误差超过{INVOICE_TOLERANCE}")


def _decimal(row: Mapping[str, Any], field: str, at: int) -> Decimal:
    value = row.get(field)
    try:
        number = Decimal(value if isinstance(value, str) else str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise TaxRefused("E4000", f"第{at}行{field}不是数字")
    if number and abs(number.adjusted()) > MOST_DIGITS:
        raise TaxRefused("E4000", f"第{at}行{field}超出范围")
    return number


def _money(row: Mapping[str, Any], field: str, at: int) -> Decimal:
    amount = _decimal(row, field, at)
    if amount != amount.quantize(CENT):
        raise TaxRefused("E4000", f"第{at}行{field}应保留两位小数")
    return amount
