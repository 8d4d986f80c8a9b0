"""The Baiwang-shaped provider's red letters, and how its sellers stand."""

from typing import Any

from sandbox import tax_invoices as book
from sandbox import tax_reds as reds
from sandbox.tax_counter import take_red
from sandbox.tax_nuonuo import amount
from sandbox.tax_rules import TaxRefused
from sandbox.tax_words import rows_of
from sandbox.timetable import Doc
from sandbox.world import World


async def add_red(world: World, seller: str, data: Doc) -> Doc:
    if data.get("sellerTaxNo") != seller or data.get("entryIdentity") != "01":
        raise TaxRefused("E9103", "销方税号与授权税号不一致")
    rows = rows_of(data.get("redConfirmDetailReqEntityList") or [])
    wanted = reds.Wanted(
        red_no=str(data.get("redConfirmSerialNo", ""))[:40],
        number=str(data.get("originInvoiceNo", "")),
        reason=str(data.get("redInvoiceLabel", "")),
        is_full=not rows,
        lines=tuple(_red_line(row) for row in rows),
        callback_url=str(data.get("callBackUrl", ""))[:500],
    )
    if wanted.reason not in {"01", "02", "03", "04"}:
        raise TaxRefused("E9108", "冲红原因错误")
    form = await take_red(world, seller, wanted, "baiwang")
    return {"redConfirmNo": form["form_no"], "confirmState": form["state"]}


def _red_line(row: Any) -> reds.RedLine:
    if not isinstance(row, dict) or not str(row.get("originalInvoiceDetailNo", "")).isdigit():
        raise TaxRefused("E4000", "红冲明细错误")
    ex, tax = amount(row.get("goodsTotalPrice")), amount(row.get("goodsTotalTax"))
    number = str(row.get("goodsQuantity", "")).removeprefix("-")
    return reds.RedLine(int(row["originalInvoiceDetailNo"]), ex, tax, number)


async def red_info(world: World, seller: str, data: Doc) -> Doc:
    form = reds.form_of(
        world,
        seller,
        red_no=str(data.get("redConfirmSerialNo", "")),
        form_no=str(data.get("redConfirmNo", "")),
    )
    if form is None:
        raise TaxRefused("E9500", "未查询到数据")
    return {"redConfirmNo": form["form_no"], "confirmState": form["state"]}


async def red_operate(world: World, seller: str, data: Doc) -> Doc:
    form = reds.form_of(world, seller, form_no=str(data.get("redConfirmNo", "")) or "-")
    if form is None:
        raise TaxRefused("E9500", "未查询到数据")
    acts = {"01": "confirm", "02": "refuse", "03": "cancel"}
    reds.act(world, form, acts.get(str(data.get("confirmType")), ""), by="seller")
    return {}


async def login_status(world: World, seller: str, data: Doc) -> Doc:
    settings = book.settings_of(world)
    logged_in, face = not settings.logged_out, not settings.needs_face
    return {"loginStatus": str(int(logged_in)), "faceStatus": str(int(face))}


async def credit_line(world: World, seller: str, data: Doc) -> Doc:
    return {"availableCredit": f"{book.remaining_credit(world, seller):.2f}"}


async def login_code(world: World, seller: str, data: Doc) -> Doc:
    return {"qrCode": f"{world.http}/tax/login/{seller}"}
