"""Nuonuo's further methods: red letters and their forms, login of the drawer, the list."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from core.clock import SHOP_ZONE
from sandbox import tax_invoices as book
from sandbox import tax_reds as reds
from sandbox.tax_counter import take_red
from sandbox.tax_rules import TaxRefused
from sandbox.timetable import Doc
from sandbox.world import World

REASONS = {"1": "02", "2": "01", "3": "03", "4": "04"}  # theirs -> the bureau's
LONGEST = timedelta(days=10)
PAGE = 50


def amount(value: Any) -> Decimal:
    """A positive amount with two decimals, given with a minus. Raises TaxRefused."""
    try:
        found = -Decimal(str(value))
    except InvalidOperation:
        raise TaxRefused("E4000", "金额格式错误") from None
    if not found.is_finite() or found != found.quantize(Decimal("0.01")) or found < 0:
        raise TaxRefused("E4000", "红字金额应为负数且保留两位小数")
    return found


async def save_form(world: World, seller: str, body: Doc) -> Doc:
    """Enter a form; with autoInvoice the red letter follows once nobody has to confirm."""
    if body.get("sellerTaxNo") != seller or body.get("applySource") != "0":
        raise TaxRefused("E9103", "销方税号与授权税号不一致")
    if body.get("redReason") not in REASONS:
        raise TaxRefused("E9108", "冲红原因错误")
    form = await take_red(world, seller, _wanted(body), "nuonuo")
    return {"result": {"billId": form["red_no"], "billNo": form["form_no"]}}


def _wanted(body: Doc) -> reds.Wanted:
    rows = body.get("detail") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TaxRefused("E4000", "detail格式错误")
    return reds.Wanted(
        red_no=str(body.get("billId", ""))[:20],
        number=str(body.get("blueElecInvoiceNumber", "")),
        reason=REASONS[body["redReason"]],
        is_full=not rows,
        lines=tuple(_line(row) for row in rows),
        callback_url=str(body.get("callbackUrl", ""))[:500],
    )


def _line(row: Doc) -> reds.RedLine:
    at = str(row.get("blueDetailIndex", ""))
    if not at.isdigit():
        raise TaxRefused("E4000", "blueDetailIndex错误")
    number = str(row.get("num", "")).removeprefix("-")
    return reds.RedLine(int(at), amount(row.get("taxExcludedAmount")), amount(row["tax"]), number)


async def query_form(world: World, seller: str, body: Doc) -> Doc:
    """The newest form under our number, or the one of theirs."""
    red_no, form_no = str(body.get("billId", "")), str(body.get("billNo", ""))
    form = reds.form_of(world, seller, red_no=red_no, form_no=form_no)
    if form is None:
        raise TaxRefused("E9500", "未查询到数据")
    shown = {
        "billId": form["red_no"],
        "billNo": form["form_no"],
        "billStatus": form["state"],
        "blueElecInvoiceNumber": form["number"],
    }
    return {"result": {"total": 1, "list": [shown]}}


async def confirm_form(world: World, seller: str, body: Doc) -> Doc:
    """The seller agrees (1) or refuses (0)."""
    is_yes = body.get("confirmAgreement") == "1"
    reds.act(world, _meant(world, seller, body), "confirm" if is_yes else "refuse", by="seller")
    return {"result": {}}


async def cancel_form(world: World, seller: str, body: Doc) -> Doc:
    reds.act(world, _meant(world, seller, body), "cancel", by="seller")
    return {"result": {}}


def _meant(world: World, seller: str, body: Doc) -> Doc:
    form = reds.form_of(world, seller, form_no=str(body.get("billNo", "")) or "-")
    if form is None:
        raise TaxRefused("E9500", "未查询到数据")
    return form


async def certification(world: World, seller: str, body: Doc) -> Doc:
    """Whether the drawer is logged in, and has shown the face lately."""
    settings = book.settings_of(world)
    return {
        "result": {
            "loginStatus": "0" if settings.logged_out else "1",
            "certificationStatus": "0" if settings.needs_face else "1",
        }
    }


async def qr_code(world: World, seller: str, body: Doc) -> Doc:
    """What the drawer opens to log in or to show the face."""
    return {"result": {"qrCode": f"{world.http}/tax/login/{seller}"}}


async def invoice_list(world: World, seller: str, body: Doc) -> Doc:
    """What was issued between two moments, at most ten days apart, by pages."""
    since, until = (moment(body.get(name)) for name in ("startTime", "endTime"))
    if not timedelta() <= until - since <= LONGEST:
        raise TaxRefused("E4000", "查询区间不能超过10天")
    found = [
        doc
        for doc in book.orders(world).values()
        if doc["seller"] == seller
        and doc["number"]
        and since <= datetime.fromisoformat(doc["issued_at"]) < until
    ]
    page = max(1, int(str(body.get("pageNo", "1"))[:4] or 1))
    shown = [_listed(doc) for doc in found[(page - 1) * PAGE : page * PAGE]]
    return {"result": {"total": len(found), "list": shown}}


def moment(value: Any) -> datetime:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHOP_ZONE)
    except ValueError:
        raise TaxRefused("E4000", "时间格式错误") from None


def _listed(doc: Doc) -> Doc:
    return {
        "serialNo": doc["serial"],
        "orderNo": doc["order_no"],
        "invoiceType": "2" if doc["red_of"] else "1",
        "allElectronicInvoiceNumber": doc["number"],
        "invoiceTime": book.milliseconds(doc["issued_at"]),
        "orderAmount": doc["incl"],
    }


METHODS: dict[str, Callable[[World, str, Doc], Awaitable[Doc]]] = {
    "saveInvoiceRedConfirm": save_form,
    "queryInvoiceRedConfirm": query_form,
    "confirm": confirm_form,
    "confirmInfoCancel": cancel_form,
    "getCertificationStatus": certification,
    "getQrCode": qr_code,
    "queryInvoiceList": invoice_list,
}
