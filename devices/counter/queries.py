"""What can be asked about the counter: its keys, its scales, its sales. Nothing here writes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core import clock
from core.database import sql
from core.security.scope import Role, Scope
from devices.counter.errors import SaleNotFound
from devices.counter.models import Department, Sale, Scale, Undone
from devices.counter.rules import ScaleValue
from devices.queries import PaperView, papers_of_order, receipt_code_of
from trade.orders.queries import OrderState, OrderView, order_of
from trade.payments.queries import PaymentView, payments_of

EVERYBODY = Scope(Role.HEAD_OFFICE)  # the sale was seen by who may; its papers are of its store


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """A key for typed goods. `store_id` None: of every store."""

    code: str
    name: str
    store_id: int | None
    tax_code: str
    tax_bp: int
    unit: str
    position: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class SaleView:
    """A sale with its order, its money and its papers.

    `code` is the receipt code, empty until it is paid. `is_offline`: it came after the network.
    """

    id: int
    public_id: str
    store_id: int
    order: OrderView
    payments: tuple[PaymentView, ...]
    papers: tuple[PaperView, ...]
    code: str
    sold_by: str
    sold_at: datetime
    is_offline: bool
    differs_fen: int
    is_void: bool
    invoiced_at: datetime | None

    @property
    def is_paid(self) -> bool:
        return self.order.paid_at is not None

    @property
    def is_over(self) -> bool:
        """Nothing is left to be given back, or nobody paid."""
        return self.order.state is OrderState.CLOSED or (self.is_paid and self.left_fen == 0)

    @property
    def left_fen(self) -> int:
        return self.order.paid_fen - self.order.refunded_fen

    @property
    def change_fen(self) -> int:
        given = [p for p in self.payments if p.given_fen is not None and p.paid_at is not None]
        return sum((p.given_fen or 0) - p.amount_fen for p in given)


async def departments_of(scope: Scope, store_id: int | None = None) -> list[DepartmentView]:
    """Keys of a store with those of every store, in their order; without one all they may see."""
    rows = await Department.all().order_by("position", "id")
    wanted = {None, store_id} if store_id else None
    return [
        DepartmentView(**{name: getattr(row, name) for name in DepartmentView.__slots__})
        for row in rows
        if (row.store_id in wanted if wanted else _is_theirs(scope, row))
    ]


def _is_theirs(scope: Scope, row: Department) -> bool:
    return row.store_id is None or scope.sees_store(row.store_id)


async def scales_of(store_id: int) -> dict[str, ScaleValue]:
    """By the flag of the label: what its five digits say."""
    rows = await Scale.filter(store_id=store_id).order_by("flag")
    return {row.flag: row.says for row in rows}


async def sale_of(sale_id: int) -> SaleView:
    """Raises SaleNotFound."""
    row = await Sale.get_or_none(id=sale_id)
    if row is None:
        raise SaleNotFound
    return await _view(row)


async def sale_for(scope: Scope, public_id: str) -> SaleView:
    """Raises SaleNotFound, also for another store's."""
    row = await Sale.filter(scope.stores_q(), public_id=public_id).first()
    if row is None:
        raise SaleNotFound(sale=public_id[:40])
    return await _view(row)


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A line of a day's list. `paper` is the state of the newest paper, empty without one."""

    public_id: str
    order_no: str
    state: OrderState
    payable_fen: int
    left_fen: int
    is_paid: bool
    is_offline: bool
    differs_fen: int
    is_void: bool
    is_invoiced: bool
    sold_by: str
    sold_at: datetime
    titles: str
    methods: tuple[str, ...]
    paper: str


DAY = """
SELECT s.public_id, o.order_no, o.state, o.payable_fen, o.paid_fen - o.refunded_fen AS left_fen,
    o.paid_at IS NOT NULL AS is_paid, s.is_offline, s.differs_fen, s.sold_by, s.sold_at,
    s.invoiced_at IS NOT NULL AS is_invoiced,
    EXISTS (SELECT FROM counter_undone AS u WHERE u.sale_id = s.id AND u.is_void) AS is_void,
    (SELECT string_agg(l.title, '、' ORDER BY l.id) FROM orders_line AS l
     WHERE l.order_id = o.id) AS titles,
    (SELECT coalesce(array_agg(DISTINCT p.method::text), '{}') FROM payments_payment AS p
     WHERE p.order_id = o.id AND p.state = 'paid') AS methods,
    coalesce((SELECT j.state::text FROM devices_print_job AS j
     WHERE j.document = 'order:' || o.id ORDER BY j.id DESC LIMIT 1), '') AS paper
FROM counter_sale AS s JOIN orders_order AS o ON o.id = s.order_id
WHERE s.store_id = $1 AND s.sold_at >= $2 AND s.sold_at < $3
ORDER BY s.sold_at DESC, s.id DESC LIMIT 300
"""


async def sales_for(scope: Scope, store_id: int, day: date | None = None) -> list[SaleRow]:
    """Sales of a store on a day of the shop (today), the newest first. None of another store."""
    if not scope.sees_store(store_id):
        return []
    shown = day or clock.shop_day(clock.now())
    first = datetime.combine(shown, time(), clock.SHOP_ZONE)
    rows = await sql(DAY, store_id, first, first + timedelta(days=1))
    return [
        SaleRow(**{**row, "state": OrderState(row["state"]), "methods": tuple(row["methods"])})
        for row in rows
    ]


async def _view(row: Sale) -> SaleView:
    order = await order_of(row.order_id)
    papers = await papers_of_order(EVERYBODY, order.id)
    return SaleView(
        id=row.id,
        public_id=row.public_id,
        store_id=row.store_id,
        order=order,
        payments=await payments_of(order.id),
        papers=tuple(papers),
        code=await receipt_code_of(order) if order.paid_at else "",
        sold_by=row.sold_by,
        sold_at=row.sold_at,
        is_offline=row.is_offline,
        differs_fen=row.differs_fen,
        is_void=await Undone.filter(sale_id=row.id, is_void=True).exists(),
        invoiced_at=row.invoiced_at,
    )
