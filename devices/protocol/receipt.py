"""A sale's receipt (小票) as facts for its template."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import SHOP_ZONE
from core.money import yuan
from devices.protocol.templates import Facts


@dataclass(frozen=True, slots=True)
class SoldLine:
    title: str
    spec_text: str
    quantity: int
    list_fen: int  # of one piece
    discount_fen: int  # of the whole line
    payable_fen: int


@dataclass(frozen=True, slots=True)
class Sale:
    """What a receipt tells. `invoice_url` is empty where no invoice is given by scanning;
    `short_code` where none may be typed at `entry_url` with the total."""

    store_name: str
    store_address: str
    store_phone: str
    order_no: str
    paid_at: datetime
    lines: tuple[SoldLine, ...]
    goods_fen: int
    discount_fen: int
    freight_fen: int
    paid_fen: int
    points: int
    invoice_url: str = ""
    invoice_until: date | None = None
    short_code: str = ""
    entry_url: str = ""
    payment: str = "微信支付"


def facts_of(sale: Sale) -> Facts:
    """What the templates of receipts, invoice slips and contracts may say of a sale."""
    return {
        "store_name": sale.store_name,
        "store_address": sale.store_address,
        "store_phone": sale.store_phone,
        "order_no": sale.order_no,
        "paid_at": f"{sale.paid_at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}",
        "lines": tuple(_line(line) for line in sale.lines),
        "pieces": str(sum(line.quantity for line in sale.lines)),
        "goods": yuan(sale.goods_fen),
        "discount": _off(sale.discount_fen),
        "freight": yuan(sale.freight_fen) if sale.freight_fen else "",
        "paid": yuan(sale.paid_fen),
        "payment": sale.payment,
        "points": str(sale.points) if sale.points else "",
        "invoice_url": sale.invoice_url,
        "invoice_until": f"{sale.invoice_until:%Y-%m-%d}" if sale.invoice_until else "",
        "short_code": f"{sale.short_code[:4]}-{sale.short_code[4:]}" if sale.short_code else "",
        "entry_url": sale.entry_url,
    }


def _line(line: SoldLine) -> dict[str, str]:
    return {
        "title": line.title,
        "spec": line.spec_text,
        "quantity": str(line.quantity),
        "price": yuan(line.list_fen),
        "gross": yuan(line.list_fen * line.quantity),
        "off": _off(line.discount_fen),
        "amount": yuan(line.payable_fen),
    }


def _off(fen: int) -> str:
    return yuan(-fen) if fen else ""
