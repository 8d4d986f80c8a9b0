"""How this room reacts to news from others: what was sold may be scanned from now on."""

from core.events import on
from devices.events import TillSaleRead, TillSaleWithdrawn
from invoicing.backends.events import BackendBack
from invoicing.service import (
    BoxLine,
    BoxReceipt,
    let_go_on,
    note_box_refund,
    note_box_sale,
    note_paid_order,
    withdraw_paper,
)
from trade.orders.events import OrderPaid


@on(OrderPaid)
async def let_it_be_scanned(event: OrderPaid) -> None:
    await note_paid_order(order_id=event.order_id)


@on(TillSaleRead)
async def let_the_paper_be_scanned(event: TillSaleRead) -> None:
    note = note_box_refund if event.kind == "refund" else note_box_sale
    await note(
        BoxReceipt(
            paper_id=event.paper_id,
            box_id=event.box_id,
            store_id=event.store_id,
            order_no=event.order_no,
            order_key=event.order_key,
            code=event.code,
            due_fen=event.due_fen,
            sold_at=event.sold_at,
            lines=tuple(BoxLine(*line) for line in event.lines),
            origin_key=event.origin_key,
        )
    )


@on(TillSaleWithdrawn)
async def forget_the_paper(event: TillSaleWithdrawn) -> None:
    await withdraw_paper(paper_id=event.paper_id)


@on(BackendBack)
async def let_the_line_go_on(event: BackendBack) -> None:
    await let_go_on(event.tax_entity_id)
