"""What the page's script sends and hears: JSON behind the cookie of whoever is logged in."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DomainError
from core.settings import current
from core.web.api import Schema, refusal
from core.web.i18n import language_of
from devices.counter.queries import SaleView
from devices.counter.service import Line, Money, RingUp, Scanned, Total
from devices.queries.symbols import symbol_of
from trade.orders.queries import ReasonView
from trade.payments.service import Method, QrCode

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$")]


class LineIn(Schema):
    """Goods by `sku_code`, or typed by `department`; amounts are of one piece."""

    quantity: int = Field(ge=1, le=999)
    sku_code: str = Field(default="", max_length=40)
    department: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=40)
    price_fen: int | None = Field(default=None, ge=0, le=999_999_99)
    weight_g: int | None = Field(default=None, ge=0, le=999_999)


class MoneyIn(Schema):
    method: Literal["cash", "card", "other"]
    amount_fen: int = Field(ge=1, le=999_999_999)
    given_fen: int | None = Field(default=None, ge=1, le=999_999_999)
    slip_no: str | None = Field(default=None, max_length=40)


class SaleIn(Schema):
    """A sale, or the question what it would cost. `sold_at` says that it was sold offline then."""

    store_code: str = Field(min_length=1, max_length=32)
    key: Key
    lines: list[LineIn] = Field(max_length=50)
    expected_fen: int = Field(default=0, ge=0, le=999_999_999)
    money: list[MoneyIn] = Field(default_factory=list, max_length=4)
    member: str = Field(default="", max_length=40)
    coupons: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        default_factory=list, max_length=5
    )
    sold_at: AwareDatetime | None = None
    sells_anyway: bool = False


class ScanIn(Schema):
    store_code: str = Field(min_length=1, max_length=32)
    text: str = Field(min_length=1, max_length=200)


class ChargeIn(Schema):
    """The 18 digits of the customer's pay code. They are kept nowhere."""

    key: Key
    auth_code: str = Field(min_length=18, max_length=18)


class UndoIn(Schema):
    key: Key
    reason: str = Field(min_length=2, max_length=80)


class NoneIn(Schema):
    """Nothing is said."""


class HandIn(Schema):
    key: Key
    code: str = Field(min_length=1, max_length=8)


class LineOut(Schema):
    title: str
    spec_text: str
    quantity: int
    list_fen: int
    payable_fen: int
    is_gift: bool
    why: list[str]


class TotalOut(Schema):
    lines: list[LineOut]
    list_fen: int
    discount_fen: int
    payable_fen: int
    why: list[str]
    is_member: bool


class ScannedOut(Schema):
    sku_code: str
    title: str
    spec_text: str
    picture: str
    price_fen: int
    quantity: int
    weight_g: int | None
    is_pay_code: bool


class PaperOut(Schema):
    state: str
    copy_no: int


class SaleOut(Schema):
    """`url` is the invoice page behind the receipt's QR, empty until it is paid."""

    sale_id: str
    order_no: str
    state: str
    is_paid: bool
    is_over: bool
    is_void: bool
    payable_fen: int
    paid_fen: int
    left_fen: int
    change_fen: int
    url: str
    qr: str
    qr_size: int
    papers: list[PaperOut]
    is_asking: bool
    sold_at: datetime


class QrOut(Schema):
    """`path` draws the symbol in a square of `size` modules."""

    path: str
    size: int
    amount_fen: int


class TaskOut(Schema):
    """An order from elsewhere that waits in this store."""

    order_no: str
    kind: str
    state: str
    what: str
    place: str
    since: datetime


class TasksOut(Schema):
    tasks: list[TaskOut]


def sale_in(body: SaleIn, store_id: int) -> RingUp:
    lines = tuple(
        Line(x.quantity, x.sku_code, x.department, x.name, x.price_fen, x.weight_g)
        for x in body.lines
    )
    money = tuple(
        Money(Method(one.method), one.amount_fen, one.given_fen, one.slip_no) for one in body.money
    )
    return RingUp(
        store_id=store_id,
        key=body.key,
        lines=lines,
        expected_fen=body.expected_fen,
        money=money,
        member=body.member.strip(),
        coupons=tuple(body.coupons),
        sold_at=body.sold_at,
        sells_anyway=body.sells_anyway,
    )


def total_out(request: Request, total: Total) -> TotalOut:
    lines = [
        LineOut(
            title=line.title,
            spec_text=line.spec_text,
            quantity=line.quantity,
            list_fen=line.list_fen,
            payable_fen=line.payable_fen,
            is_gift=line.is_gift,
            why=_said(request, line.reasons),
        )
        for line in total.lines
    ]
    return TotalOut(
        lines=lines,
        list_fen=total.list_fen,
        discount_fen=total.discount_fen,
        payable_fen=total.payable_fen,
        why=_said(request, total.reasons),
        is_member=total.is_member,
    )


def _said(request: Request, reasons: tuple[ReasonView, ...]) -> list[str]:
    """What counts, in the reader's language; what does not count is left out."""
    is_english = language_of(request) == "en"
    return [one.en if is_english else one.zh for one in reasons if one.won]


def scanned_out(found: Scanned) -> ScannedOut:
    return ScannedOut.of(found)


def sale_out(sale: SaleView) -> SaleOut:
    order, url = sale.order, f"{current().public_url}/i/{sale.code}" if sale.code else ""
    path, size = path_of(url) if url else ("", 0)
    return SaleOut(
        sale_id=sale.public_id,
        order_no=order.order_no,
        state=order.state,
        is_paid=sale.is_paid,
        is_over=sale.is_over,
        is_void=sale.is_void,
        payable_fen=order.payable_fen,
        paid_fen=order.paid_fen,
        left_fen=sale.left_fen,
        change_fen=sale.change_fen,
        url=url,
        qr=path,
        qr_size=size,
        papers=[PaperOut(state=one.state, copy_no=one.copy) for one in sale.papers],
        is_asking=any(one.state in UNDER_WAY for one in sale.payments),
        sold_at=sale.sold_at,
    )


UNDER_WAY = {"created", "prepaid", "unknown"}


def qr_out(code: QrCode) -> QrOut:
    path, size = path_of(code.code_url)
    return QrOut(path=path, size=size, amount_fen=code.amount_fen)


def path_of(text: str) -> tuple[str, int]:
    """A QR symbol as the path of an SVG, with its quiet zone of four modules, and its size.

    Empty for more than a symbol of a screen holds.
    """
    try:
        grid = symbol_of(text)
    except ValueError:
        return "", 0
    drawn = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z"
        for y, row in enumerate(grid)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return drawn, len(grid) + 8


async def answered(request: Request, work: Awaitable[Schema]) -> Response:
    """What came of it, as JSON; a refusal in the shape of the API."""
    try:
        answer = await work
    except DomainError as refused:
        return refusal(request, refused)
    return JSONResponse(answer.model_dump(mode="json", by_alias=True))
