"""Red letters at the bureau: confirmation forms (红字发票信息确认单) and what they may take back.

A form is `{form_no, red_no, seller, number, state, is_full, reason, lines, order, opened_by}` in
the collection `tax_red_forms`, by its number. A buyer who has booked the blue invoice
(`/_sim/tax/booked`) must confirm within 72 hours; otherwise the red letter is issued at once.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox import tax_invoices as book
from sandbox.tax_rules import Line, TaxRefused
from sandbox.tax_trouble import Fault
from sandbox.timetable import Doc
from sandbox.world import World

LAPSE = timedelta(hours=72)
DEAD = {"05", "06", "07", "08", "09", "10", "16"}
OPEN = {"02", "03"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A red letter as any provider hears it; amounts of `lines` are positive."""

    red_no: str
    number: str
    reason: str  # 01 wrong, 02 returned, 03 ended, 04 reduced
    is_full: bool
    lines: tuple["RedLine", ...]
    callback_url: str = ""


@dataclass(frozen=True, slots=True)
class RedLine:
    line_no: int
    ex: Decimal
    tax: Decimal
    quantity: str = ""


def set_up(world: World) -> None:
    """Let forms lapse by the clock."""

    async def lapse(data: Doc) -> None:
        form = forms(world)[data["form_no"]]
        if form["state"] in OPEN:
            _set(world, form, "07")

    world.timetable.on("tax.form_lapse", lapse)


def forms(world: World) -> dict[str, Doc]:
    return world.collection("tax_red_forms")


def form_of(world: World, seller: str, *, red_no: str = "", form_no: str = "") -> Doc | None:
    """A form of this seller; by our number the newest, for a lapsed one may be made again."""
    if form_no:
        form = forms(world).get(form_no)
        return form if form is not None and form["seller"] == seller else None
    found = [f for f in forms(world).values() if (f["seller"], f["red_no"]) == (seller, red_no)]
    return found[-1] if found else None


def open_form(
    world: World, seller: str, wanted: Wanted, fault: Fault | None, player: str
) -> tuple[Doc, Doc | None]:
    """The form, and the red order once nobody has to confirm. Raises TaxRefused."""
    before = form_of(world, seller, red_no=wanted.red_no)
    if before is not None and before["state"] not in DEAD:
        raise TaxRefused("E9106", "红字确认单编号已存在")
    blue = book.of_number(world, seller, wanted.number)
    if blue is None or blue["red_of"]:
        raise TaxRefused("E9107", "未查询到可红冲的蓝字发票")
    if wanted.reason == "01" and not wanted.is_full:
        raise TaxRefused("E9108", "开票有误只能全额红冲")
    lines = _checked(world, blue, wanted)
    form = _keep(world, seller, wanted, lines, player)
    if wanted.number in world.collection("tax_booked"):
        _set(world, form, "02")
        later = world.now() + LAPSE
        world.timetable.plan("tax.form_lapse", later, {"form_no": form["form_no"]})
        return form, None
    return form, _issue(world, form, blue, fault)


def act(world: World, form: Doc, action: str, *, by: str) -> None:
    """`confirm`, `refuse` or `cancel` a form, by `buyer` or `seller`. Raises TaxRefused."""
    mine = {"02": "buyer", "03": "seller"}.get(form["state"])
    if action == "cancel" and form["state"] in OPEN:
        _set(world, form, "08")
        return
    if mine != by or action not in ("confirm", "refuse"):
        raise TaxRefused("E9109", "确认单当前状态不允许该操作")
    if action == "refuse":
        _set(world, form, "05" if by == "buyer" else "06")
        return
    _set(world, form, "04")
    blue = book.of_number(world, form["seller"], form["number"])
    if blue is not None:
        _issue(world, form, blue, None)


def open_by_buyer(world: World, number: str) -> Doc:
    """The buyer asks for a full red letter: the seller has to confirm."""
    serial = world.collection("tax_issued")[number]["serial"]
    blue = book.orders(world)[serial]
    wanted = Wanted(f"BUYER{world.next_number('buyer form'):08d}", number, "02", True, ())  # noqa: FBT003
    form = _keep(world, blue["seller"], wanted, _checked(world, blue, wanted), blue["player"])
    form["opened_by"] = "buyer"
    _set(world, form, "03")
    later = world.now() + LAPSE
    world.timetable.plan("tax.form_lapse", later, {"form_no": form["form_no"]})
    return form


def _set(world: World, form: Doc, state: str) -> None:
    form["state"] = state
    world.changed()


def _keep(world: World, seller: str, wanted: Wanted, lines: list[RedLine], player: str) -> Doc:
    form_no = f"{seller[2:6]}{world.now():%y%m%d}{world.next_number('red form'):010d}"
    form: Doc = {
        "form_no": form_no,
        "red_no": wanted.red_no,
        "seller": seller,
        "number": wanted.number,
        "state": "01",
        "is_full": wanted.is_full,
        "reason": wanted.reason,
        "lines": [[one.line_no, str(one.ex), str(one.tax), one.quantity] for one in lines],
        "callback_url": wanted.callback_url,
        "player": player,
        "opened_by": "seller",
    }
    forms(world)[form_no] = form
    world.changed()
    return form


def _checked(world: World, blue: Doc, wanted: Wanted) -> list[RedLine]:
    """The lines that are taken back; never more of one than was invoiced."""
    left = _left(world, blue)
    if wanted.is_full:
        if any(left[at].ex != line.ex for at, line in enumerate(_blue_lines(blue))):
            raise TaxRefused("E9107", "蓝字发票已部分红冲，不能全额红冲")
        return left
    if not wanted.lines:
        raise TaxRefused("E4000", "部分红冲必须提供明细")
    for line in wanted.lines:
        if not 1 <= line.line_no <= len(left) or line.ex < 0 or line.tax < 0:
            raise TaxRefused("E9101", "红冲明细序号或金额错误")
        rest = left[line.line_no - 1]
        if line.ex > rest.ex or line.tax > rest.tax:
            raise TaxRefused("E9107", "红冲金额超过蓝字发票剩余可红冲金额")
    return list(wanted.lines)


def _blue_lines(blue: Doc) -> list[RedLine]:
    """What each line of the invoice is worth, a discount line counted into the one before."""
    found: list[RedLine] = []
    for at, row in enumerate(blue["order"]["invoiceDetail"], start=1):
        ex, tax = Decimal(row["taxExcludedAmount"]), Decimal(row["tax"])
        is_discount = str(row.get("invoiceLineProperty", "0")) == "1"
        if is_discount and found:
            found[-1] = replace(found[-1], ex=found[-1].ex + ex, tax=found[-1].tax + tax)
            ex = tax = Decimal(0)
        found.append(RedLine(at, ex, tax, str(row.get("num", ""))))
    return found


def _left(world: World, blue: Doc) -> list[RedLine]:
    left = _blue_lines(blue)
    mine = [form for form in forms(world).values() if form["number"] == blue["number"]]
    for form in mine:
        if form["state"] in DEAD:
            continue
        for line_no, ex, tax, _ in form["lines"]:
            rest = left[line_no - 1]
            left[line_no - 1] = replace(rest, ex=rest.ex - Decimal(ex), tax=rest.tax - Decimal(tax))
    return left


def _issue(world: World, form: Doc, blue: Doc, fault: Fault | None) -> Doc:
    rows = [_row(blue, *line) for line in form["lines"] if Decimal(line[1]) or Decimal(line[2])]
    remark = f"被红冲蓝字数电票号码：{blue['number']} 红字发票信息确认单编号：{form['form_no']}"
    order = {
        **blue["order"],
        "orderNo": form["red_no"],
        "remark": remark,
        "callBackUrl": form["callback_url"],
        "invoiceDetail": rows,
    }
    lines = [_line(row) for row in rows]
    more = {"red_of": blue["number"], "form_no": form["form_no"]}
    return book.take(world, form["seller"], order, lines, fault, form["player"], **more)


def _row(blue: Doc, line_no: int, ex: str, tax: str, quantity: str) -> dict[str, Any]:
    row = blue["order"]["invoiceDetail"][line_no - 1]
    incl = Decimal(ex) + Decimal(tax)
    return {
        **row,
        "num": f"-{quantity}" if quantity else "",
        "price": row.get("price", "") if quantity else "",
        "taxExcludedAmount": f"{-Decimal(ex):.2f}",
        "tax": f"{-Decimal(tax):.2f}",
        "taxIncludedAmount": f"{-incl:.2f}",
        "invoiceLineProperty": "0",
    }


def _line(row: dict[str, Any]) -> Line:
    ex, tax = Decimal(row["taxExcludedAmount"]), Decimal(row["tax"])
    rate = Decimal(str(row["taxRate"]))
    return Line(row["goodsName"], row["goodsCode"], rate, ex, tax, ex + tax, 0, row)
