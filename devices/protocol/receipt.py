"""A sale's receipt (小票) as blocks: what stands on it and in which order is said here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from core.clock import SHOP_ZONE
from core.money import yuan
from devices.protocol.blocks import Align, Block, Cut, Feed, Pair, QrCode, Rule, Text


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
    """What a receipt tells. `invoice_url` is empty where no invoice is given by scanning."""

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


def receipt(sale: Sale, *, is_reprint: bool = False) -> list[Block]:
    """The paper of one sale. A reprint (补打) says so at the top and carries the same QR."""
    return [
        *_head(sale, is_reprint=is_reprint),
        *(block for line in sale.lines for block in _line(line)),
        Rule(),
        *_totals(sale),
        *_invoice(sale),
        Feed(1),
        Text("谢谢惠顾 欢迎再来", Align.CENTER),
        Cut(),
    ]


def _head(sale: Sale, *, is_reprint: bool) -> Iterator[Block]:
    yield Text(sale.store_name, Align.CENTER, is_big=True)
    if is_reprint:
        yield Text("*** 补打 ***", Align.CENTER, is_bold=True)
    yield Feed(1)
    yield Text(f"单号：{sale.order_no}")
    yield Text(f"时间：{sale.paid_at.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}")
    if sale.store_address:
        yield Text(f"地址：{sale.store_address}")
    if sale.store_phone:
        yield Text(f"电话：{sale.store_phone}")
    yield Rule()
    yield Pair("品名 数量×单价", "金额", is_bold=True)
    yield Rule()


def _line(line: SoldLine) -> Iterator[Block]:
    yield Text(f"{line.title} {line.spec_text}".strip())
    gross = line.list_fen * line.quantity
    yield Pair(f"  {line.quantity}×{yuan(line.list_fen)}", yuan(gross))
    if line.discount_fen:
        yield Pair("  优惠", yuan(-line.discount_fen))


def _totals(sale: Sale) -> Iterator[Block]:
    pieces = sum(line.quantity for line in sale.lines)
    yield Pair(f"合计 {pieces} 件", yuan(sale.goods_fen))
    if sale.discount_fen:
        yield Pair("优惠", yuan(-sale.discount_fen))
    if sale.freight_fen:
        yield Pair("运费", yuan(sale.freight_fen))
    yield Rule()
    yield Text(f"实付￥{yuan(sale.paid_fen)}", Align.RIGHT, is_big=True)
    yield Rule()
    yield Pair("支付方式", "微信支付")
    if sale.points:
        yield Pair("本单积分", str(sale.points))


def _invoice(sale: Sale) -> Iterator[Block]:
    if not sale.invoice_url:
        return
    yield Rule()
    yield Text("扫码开票", Align.CENTER, is_bold=True)
    yield Feed(1)  # the symbol needs a quiet zone
    yield QrCode(sale.invoice_url)
    if sale.invoice_until:
        yield Text(f"最晚开票日 {sale.invoice_until:%Y-%m-%d}", Align.CENTER)
