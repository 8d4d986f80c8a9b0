"""WeChat Pay e-invoices (微信支付电子发票 v3) played: applications, reversals, files.

The merchant issues for the first seller of the tax provider; the bureau behind it is the same.
"""

from decimal import Decimal
from typing import Any

from starlette.routing import BaseRoute

from sandbox import tax_invoices as book
from sandbox import tax_reds as reds
from sandbox.pay_door import PayCall, PayError, pay_api
from sandbox.tax_counter import TWICE, check_login, take_order, take_red
from sandbox.tax_rules import TaxRefused
from sandbox.tax_trouble import AnswerLost
from sandbox.tax_words import clock_text
from sandbox.timetable import Doc
from sandbox.world import World

ROOT = "/v3/new-tax-control-fapiao"
WHOLE = Decimal(10**8)
REASONS = {
    "ISSUE_ERROR": "01",
    "SALES_RETURN": "02",
    "SERVICE_SUSPENSION": "03",
    "SALES_DISCOUNT": "04",
}
ZERO = {"DUTY_FREE": "1", "OUT_OF_VALUE_ADDED_TAX": "2", "NORMAL_ZERO_RATE": "3"}
POLICY = {"DUTY_FREE": "03", "OUT_OF_VALUE_ADDED_TAX": "04", "SIMPLE_TAX": "01"}


def routes(world: World) -> list[BaseRoute]:
    """The four calls of a merchant."""
    book.HERALDS["wechat"] = lambda *_: ("", b"", {})
    base = f"{ROOT}/fapiao-applications"
    return [
        pay_api(world, "POST", base, _apply),
        pay_api(world, "GET", f"{base}/{{number}}", _show),
        pay_api(world, "POST", f"{base}/{{number}}/reverse", _reverse),
        pay_api(world, "GET", f"{base}/{{number}}/fapiao-files", _files),
        pay_api(world, "GET", f"{ROOT}/merchant/base-information", _merchant),
    ]


def _seller(world: World) -> str:
    provider = world.config.tax_provider
    if provider is None or not provider.sellers:
        raise PayError(403, "NO_AUTH", "商户未开通电子发票")
    return provider.sellers[0].tax_no


def _refuse(no: TaxRefused) -> PayError:
    if no.code == TWICE:
        return PayError(400, "ALREADY_EXISTS", "发票申请单已存在")
    if no.code == "E9500":
        return PayError(404, "NOT_FOUND", no.describe)
    return PayError(400, "INVALID_REQUEST", no.describe)


async def _apply(call: PayCall) -> None:
    seller, body = _seller(call.world), call.body
    rows = body.get("fapiao_information")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 5:
        raise PayError(400, "PARAM_ERROR", "fapiao_information应为1-5张")
    known = book.find(call.world, seller, order_no=str(body.get("fapiao_apply_id")))
    if known is not None and known["status"] == "22":
        book.reissue(call.world, known)
        return
    try:
        await take_order(call.world, seller, _order(call.world, seller, body, rows[0]), "wechat")
    except TaxRefused as no:
        raise _refuse(no) from None
    except AnswerLost:
        raise PayError(500, "SYSTEM_ERROR", "系统繁忙") from None


def _order(world: World, seller: str, body: Doc, row: Doc) -> Doc:
    buyer = body.get("buyer_information") or {}
    try:
        detail = [_line(item) for item in row["items"]]
        total = sum((Decimal(line["taxIncludedAmount"]) for line in detail), Decimal(0))
    except (KeyError, TypeError, ArithmeticError):
        raise PayError(400, "PARAM_ERROR", "items格式错误") from None
    for at, line in enumerate(detail[1:]):
        if line["invoiceLineProperty"] == "1":
            detail[at]["invoiceLineProperty"] = "2"
    if total * 100 != row.get("total_amount"):
        raise PayError(400, "PARAM_ERROR", "total_amount与明细合计不符")
    return {
        "orderNo": str(body.get("fapiao_apply_id", "")),
        "salerTaxNum": seller,
        "buyerName": buyer.get("name", ""),
        "buyerTaxNum": buyer.get("taxpayer_id", ""),
        "naturalPersonFlag": "1" if buyer.get("type") == "INDIVIDUAL" else "0",
        "invoiceDate": "2000-01-01 00:00:00",
        "invoiceType": "1",
        "invoiceLine": "pc",
        "clerk": "微信支付",
        "remark": row.get("remark", ""),
        "invoiceDetail": detail,
    }


def _line(item: Doc) -> Doc:
    sign = -1 if item.get("discount") else 1
    incl = Decimal(item["total_amount"]) / 100 * sign
    tax = Decimal(item["tax_amount"]) / 100 * sign
    number = Decimal(item["quantity"]) / WHOLE if "quantity" in item else None
    price = ((incl - tax) / number).quantize(Decimal("1e-8")) if number else ""
    mark = str(item.get("tax_prefer_mark", ""))
    return {
        "goodsName": item["goods_name"],
        "goodsCode": item["tax_code"],
        "specType": item.get("specification", ""),
        "unit": item.get("unit", ""),
        "num": f"{number:f}" if number else "",
        "price": f"{price:f}" if number else "",
        "taxRate": f"{Decimal(item['tax_rate']) / 10_000:f}",
        "taxExcludedAmount": f"{incl - tax:.2f}",
        "tax": f"{tax:.2f}",
        "taxIncludedAmount": f"{incl:.2f}",
        "withTaxFlag": "0",
        "invoiceLineProperty": "1" if sign < 0 else "0",
        "zeroRateFlag": ZERO.get(mark, ""),
        "favouredPolicyFlag": POLICY.get(mark, "0"),
    }


async def _show(call: PayCall) -> dict[str, Any]:
    world, number = call.world, call.path["number"]
    seller = _seller(world)
    doc = book.find(world, seller, order_no=number)
    if doc is None:
        raise PayError(404, "NOT_FOUND", "发票申请单不存在")
    red = book.find(world, seller, order_no=f"{number}-R")
    return {"total_count": 1, "fapiao_information": [_shown(doc, red)]}


def _shown(doc: Doc, red: Doc | None) -> Doc:
    status = {"20": "ISSUE_ACCEPTED", "22": "ISSUE_FAILED"}.get(doc["status"], "ISSUED")
    if red is not None:
        status = "REVERSED" if red["number"] else "REVERSE_ACCEPTED"
    shown: Doc = {"fapiao_id": doc["order_no"], "status": status, "fail_reason": doc["fail_cause"]}
    if doc["number"]:
        shown["blue_fapiao"] = _paper(doc)
        for name, ours in (("amount", "ex"), ("tax_amount", "tax"), ("total_amount", "incl")):
            shown[name] = int(Decimal(doc[ours]) * 100)
    if red is not None and red["number"]:
        shown["red_fapiao"] = _paper(red)
    return shown


def _paper(doc: Doc) -> Doc:
    at = clock_text(doc["issued_at"]).replace(" ", "T") + "+08:00"
    return {"fapiao_code": "", "fapiao_number": doc["number"], "fapiao_time": at}


async def _reverse(call: PayCall) -> None:
    world, number = call.world, call.path["number"]
    seller, rows = _seller(world), call.body.get("fapiao_information") or [{}]
    reason = REASONS.get(str(call.body.get("reverse_reason")))
    if reason is None:
        raise PayError(400, "PARAM_ERROR", "reverse_reason错误")
    doc = book.find(world, seller, order_no=number)
    if doc is None or doc["number"] != rows[0].get("fapiao_number"):
        raise PayError(404, "NOT_FOUND", "发票不存在")
    wanted = reds.Wanted(f"{number}-R", doc["number"], reason, True, ())  # noqa: FBT003
    try:
        await take_red(world, seller, wanted, "wechat")
    except TaxRefused as no:
        raise _refuse(no) from None
    except AnswerLost:
        raise PayError(500, "SYSTEM_ERROR", "系统繁忙") from None


async def _files(call: PayCall) -> dict[str, Any]:
    doc = book.find(call.world, _seller(call.world), order_no=call.path["number"])
    if doc is None or doc["status"] != "2":
        raise PayError(404, "NOT_FOUND", "发票文件尚未生成")
    url = book.file_url(call.world, doc, "pdf")
    row = {"fapiao_id": doc["order_no"], "download_url": url, "status": "ISSUED"}
    return {"fapiao_download_info_list": [row]}


async def _merchant(call: PayCall) -> dict[str, Any]:
    seller = _seller(call.world)
    try:
        check_login(call.world)
    except TaxRefused as no:
        raise _refuse(no) from None
    return {"merchant_name": seller}
