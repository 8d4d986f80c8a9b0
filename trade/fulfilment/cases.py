"""Views of returns, and what the policy says about the lines of an order. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from core.database import sql
from core.security.scope import Role, Scope
from trade.catalog.queries import skus
from trade.fulfilment.errors import ReturnNotFound
from trade.fulfilment.models import (
    DispositionRow,
    Return,
    ReturnedPieces,
    ReturnLine,
    ReturnMoney,
    ReturnRuleRow,
    ReturnStep,
)
from trade.fulfilment.return_rules import (
    Asked,
    Condition,
    Disposition,
    MoneyState,
    MoneyWhen,
    Proof,
    ReceiptState,
    RefundTo,
    ReturnKind,
    ReturnRule,
    ReturnState,
    Verdict,
    judge,
    rule_of,
)
from trade.orders.queries import Delivery, OrderState, OrderView, timeline_of

GONE = """
SELECT line.line_id, sum(line.quantity)::bigint AS pieces FROM fulfilment_shipment_line AS line
JOIN fulfilment_shipment AS parcel ON parcel.id = line.shipment_id
WHERE parcel.order_id = $1 AND parcel.state NOT IN ('called', 'called_off') GROUP BY 1
"""
HAS_TASK = "SELECT FROM fulfilment_store_task WHERE order_id = $1 LIMIT 1"


@dataclass(frozen=True, slots=True)
class ReturnLineView:
    line_id: int
    sku_id: int
    quantity: int
    received: int
    worth_fen: int


@dataclass(frozen=True, slots=True)
class ArrivedView:
    """Pieces that came back; `waiting` of them have no disposition yet."""

    id: int
    line_id: int
    sku_id: int
    store_id: int
    quantity: int
    waiting: int
    condition: Condition
    place: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DispositionView:
    """`put_away_at` None: decided, and not yet counted as stock."""

    public_id: str
    pieces_id: int
    what: Disposition
    quantity: int
    to_store_id: int | None
    by: str
    at: datetime
    put_away_at: datetime | None


@dataclass(frozen=True, slots=True)
class MoneyView:
    amount_fen: int
    refund_to: RefundTo
    state: MoneyState
    refund_nos: tuple[str, ...]
    by: str
    allowed_by: str | None
    at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseStepView:
    action: str
    note: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A case with its three sides: what arrived, what became of it, and the money."""

    id: int
    public_id: str
    return_no: str
    order_id: int
    order_no: str
    member_id: int | None
    sold_store_id: int
    store_id: int
    kind: ReturnKind
    state: ReturnState
    receipt: ReceiptState
    money: MoneyState
    refund_to: RefundTo
    money_when: MoneyWhen
    manager_over_fen: int
    proof: Proof
    rule_code: str
    reason: str
    worth_fen: int
    asked_fen: int
    carrier: str
    tracking_no: str
    exchange_order_id: int | None
    at: datetime
    ends_at: datetime
    closed_at: datetime | None
    lines: tuple[ReturnLineView, ...]
    arrived: tuple[ArrivedView, ...]
    dispositions: tuple[DispositionView, ...]
    refunds: tuple[MoneyView, ...]
    steps: tuple[CaseStepView, ...]


SIDES = {"lines", "arrived", "dispositions", "refunds", "steps"}
PLAIN = tuple(name for name in ReturnView.__slots__ if name not in SIDES)


async def return_view(case_id: int) -> ReturnView:
    row = await Return.get(id=case_id)
    lines = await ReturnLine.filter(case_id=case_id).order_by("line_id")
    arrived = await ReturnedPieces.filter(case_id=case_id).order_by("id")
    decided = await DispositionRow.filter(pieces_id__in=[one.id for one in arrived]).order_by("id")
    refunds = await ReturnMoney.filter(case_id=case_id).order_by("id")
    steps = await ReturnStep.filter(case_id=case_id).order_by("id")
    return ReturnView(
        **{name: getattr(row, name) for name in PLAIN},
        lines=tuple(
            ReturnLineView(one.line_id, one.sku_id, one.quantity, one.received, one.worth_fen)
            for one in lines
        ),
        arrived=tuple(_arrived(one) for one in arrived),
        dispositions=tuple(_decided(one) for one in decided),
        refunds=tuple(_money(one) for one in refunds),
        steps=tuple(CaseStepView(one.action, one.note, one.actor, one.at) for one in steps),
    )


def _arrived(row: ReturnedPieces) -> ArrivedView:
    return ArrivedView(
        row.id,
        row.line_id,
        row.sku_id,
        row.store_id,
        row.quantity,
        row.quantity - row.disposed,
        row.condition,
        row.place,
        row.by,
        row.at,
    )


def _decided(row: DispositionRow) -> DispositionView:
    return DispositionView(
        row.public_id,
        row.pieces_id,
        row.what,
        row.quantity,
        row.to_store_id,
        row.by,
        row.at,
        row.put_away_at,
    )


def _money(row: ReturnMoney) -> MoneyView:
    return MoneyView(
        row.amount_fen,
        row.refund_to,
        row.state,
        tuple(row.refund_nos),
        row.by,
        row.allowed_by,
        row.at,
        row.settled_at,
    )


def _visible(scope: Scope) -> Q:
    """A member sees own cases; staff those their stores sold or take back."""
    if scope.role is Role.MEMBER:
        return scope.members_q("member_id")
    return scope.stores_q("store_id") | scope.stores_q("sold_store_id")


async def case_in(scope: Scope, return_id: str) -> Return:
    """Raises ReturnNotFound, for what is not there and for what is not theirs alike."""
    row = await Return.get_or_none(_visible(scope), public_id=return_id)
    if row is None:
        raise ReturnNotFound(return_id=return_id)
    return row


async def return_for(scope: Scope, return_id: str) -> ReturnView:
    """Raises ReturnNotFound, for what is not there and for what is not theirs alike."""
    return await return_view((await case_in(scope, return_id)).id)


async def returns_for(scope: Scope, *, limit: int = 50) -> tuple[ReturnView, ...]:
    """A member's cases, or those of the stores in scope; open ones and the newest first."""
    rows = Return.filter(_visible(scope)).order_by("-state", "-id").limit(min(limit, 100))
    return tuple([await return_view(row.id) for row in await rows])


async def return_at_counter(return_no: str) -> ReturnView:
    """Any store may take a case in whose exact number the buyer shows. Raises ReturnNotFound."""
    row = await Return.get_or_none(return_no=return_no)
    if row is None:
        raise ReturnNotFound(return_no=return_no)
    return await return_view(row.id)


async def return_rules(at: datetime) -> list[ReturnRule]:
    """The policy as it stands at a moment."""
    rows = ReturnRuleRow.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)
    return [rule_of(row) for row in await rows.values("code", "priority", "data")]


async def left_pieces(order: OrderView) -> dict[int, int]:
    """Pieces of each line that the buyer has, or has on the way to them.

    An order without a task was taken along, or is a sale of another system: all of it left.
    """
    if order.state not in {OrderState.PAID, OrderState.SHIPPED, OrderState.DONE}:
        return {line.id: 0 for line in order.lines}
    if not await sql(HAS_TASK, order.id):
        is_gone = order.delivery is Delivery.TAKEN or order.state is OrderState.DONE
        return {line.id: line.quantity if is_gone else 0 for line in order.lines}
    gone = {row["line_id"]: int(row["pieces"]) for row in await sql(GONE, order.id)}
    return {line.id: gone.get(line.id, 0) for line in order.lines}


async def judged(order: OrderView, line_ids: Sequence[int], *, at: datetime) -> dict[int, Verdict]:
    """What the policy says about lines of an order; the days count from when the buyer had it."""
    steps = await timeline_of(order.id)
    since = next((step.at for step in reversed(steps) if step.state is OrderState.DONE), None)
    rules, known = await return_rules(at), await skus([line.sku_id for line in order.lines])
    verdicts = {}
    for line in order.lines:
        if line.id in line_ids:
            sku = known.get(line.sku_id)
            asked = Asked(
                sku_id=line.sku_id,
                category_ids=sku.category_ids if sku else (),
                brand_id=sku.brand_id if sku else None,
                entrance=order.entrance,
                delivery=order.delivery,
                is_presale=order.promised_on is not None,
            )
            verdicts[line.id] = judge(asked, rules, since=since, at=at)
    return verdicts
