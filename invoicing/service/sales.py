"""Sales become known to this room: paid orders of ours, and receipts that code boxes read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from core.database import use_case
from core.jobs import owe
from core.outbox import publish
from core.security.receipt_code import order_key_of, read, short_of
from invoicing.events import SaleReduced
from invoicing.models import Covered, InvoiceableOrder, InvoiceRequest, SaleReturn
from invoicing.queries.sales import SaleLine
from invoicing.queries.short_codes import short_code_of
from invoicing.rules.sales import SaleSource
from invoicing.rules.states import RequestState
from invoicing.rules.texts import clean
from trade.orders.queries import order_of


@dataclass(frozen=True, slots=True)
class BoxLine:
    """A line as it stands on a receipt; `quantity` is the text there."""

    name: str
    quantity: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class BoxReceipt:
    """A sale, or a refund of one, that a box read; `paper_id` is one paper.

    `order_key` is the code's, in hex; `origin_key` that of the sale a refund takes back, if known.
    """

    paper_id: int
    box_id: int
    store_id: int
    order_no: str
    order_key: str
    code: str
    due_fen: int
    sold_at: datetime
    lines: tuple[BoxLine, ...] = ()
    origin_key: str = ""


@use_case
async def note_paid_order(*, order_id: int) -> None:
    """From now on a receipt code may name this order. Again changes nothing."""
    order = await order_of(order_id)
    if order.paid_at is None:
        return
    row, is_new = await InvoiceableOrder.get_or_create(
        {
            "store_id": order.store_id,
            "order_key": order_key_of(order.order_no).hex(),
            "order_no": order.order_no,
            "short_code": await short_code_of(order),
            "lines": [],
            "paid_fen": order.paid_fen,
            "paid_at": order.paid_at,
        },
        order_id=order.id,
    )
    if is_new:
        await _wake_drafts(row)


@use_case
async def note_box_sale(receipt: BoxReceipt) -> int:
    """From now on the code that the box printed names this sale. Answers its id.

    Again changes nothing. Two papers of one number and day are two sales: the amount decides.
    """
    row, is_new = await InvoiceableOrder.get_or_create(
        {
            "source": SaleSource.BOX,
            "store_id": receipt.store_id,
            "box_id": receipt.box_id,
            "order_key": receipt.order_key,
            "order_no": receipt.order_no,
            "code": receipt.code,
            "short_code": short_of(receipt.code),
            "lines": [asdict(line) for line in sale_lines(receipt.lines)],
            "paid_fen": receipt.due_fen,
            "paid_at": receipt.sold_at,
        },
        paper_id=receipt.paper_id,
    )
    if is_new:
        await _wake_drafts(row)
    return row.id


@use_case
async def note_box_refund(receipt: BoxReceipt) -> None:
    """What was given back lowers what may be invoiced of the sale it names. Again changes nothing.

    A refund whose sale is not here changes nothing: it is told again when the sale has come.
    """
    sale = await _origin_of(receipt)
    if sale is None:
        return
    _, is_new = await SaleReturn.get_or_create(
        {
            "sale_id": sale.id,
            "order_no": receipt.order_no,
            "fen": abs(receipt.due_fen),
            "at": receipt.sold_at,
        },
        paper_id=receipt.paper_id,
    )
    if is_new:
        await publish(
            SaleReduced(
                sale_id=sale.id,
                cause=f"paper:{receipt.paper_id}",
                fen=abs(receipt.due_fen),
                at=receipt.sold_at,
            )
        )


async def _origin_of(receipt: BoxReceipt) -> InvoiceableOrder | None:
    """The sale a refund names: of the same box, else of the store."""
    if not receipt.origin_key:
        return None
    sales = InvoiceableOrder.filter(
        store_id=receipt.store_id, order_key=receipt.origin_key, paid_fen__gte=abs(receipt.due_fen)
    ).order_by("id")
    return await sales.filter(box_id=receipt.box_id).first() or await sales.first()


@use_case
async def withdraw_paper(*, paper_id: int) -> None:
    """A person said that a paper was no sale, or no refund. Again changes nothing.

    What was invoiced of it already stays, and is named to a person.
    """
    await SaleReturn.filter(paper_id=paper_id).delete()
    row = await InvoiceableOrder.filter(paper_id=paper_id).select_for_update().first()
    if row is None or row.is_void:
        return
    row.is_void = True
    if await Covered.exists(sale_id=row.id, is_live=True):
        row.alarm = "invoiced, and then said to be no sale: take the invoice back"
    await row.save(update_fields=["is_void", "alarm"])


def sale_lines(lines: Sequence[BoxLine]) -> list[SaleLine]:
    """Lines of a receipt as they are invoiced. Weighed goods become one piece of that weight."""
    return [_sale_line(str(place), line) for place, line in enumerate(lines, start=1)]


def _sale_line(key: str, line: BoxLine) -> SaleLine:
    text = line.quantity.strip()
    whole = text.removesuffix(".").rstrip("0").removesuffix(".") if "." in text else text
    is_whole = whole.isascii() and whole.isdigit() and 0 < int(whole) < 10**6
    return SaleLine(
        key=key,
        name=clean(line.name)[:90],
        spec="" if is_whole else clean(text)[:40],
        unit="",
        quantity=int(whole) if is_whole else 1,
        tax_code="",
        tax_bp=0,
        payable_fen=line.amount_fen,
    )


async def _wake_drafts(row: InvoiceableOrder) -> None:
    """Whoever asked before the sale had come is served now."""
    drafts = InvoiceRequest.filter(store_id=row.store_id, state=RequestState.DRAFT)
    for draft in await drafts.order_by("id"):
        if read(draft.receipt_code).order_key.hex() == row.order_key:
            await owe("invoicing.adopt", key=f"adopt:{draft.request_no}", request_id=draft.id)
