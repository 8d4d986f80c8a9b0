"""Sales a guide prepares (代客下单): a choice with its price frozen for some hours.

A draft may be for a member or for nobody yet; its code is what the guide shares. It becomes one
order, once, placed by the member or by the guide, at the price it was made with.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.database import sql, use_case
from core.ids import new_id
from core.settings import current
from trade.catalog.queries import is_on_shelf, skus
from trade.orders.errors import DraftEnded, DraftNotFound, DraftOfSomebodyElse, GoodsWithdrawn
from trade.orders.privacy import Consignee
from trade.orders.queries import OrderView, ReasonView
from trade.orders.rules import Delivery, Entrance, Source
from trade.orders.service.asking import Agreed, AgreedLine, OrderedLine, PlaceOrder
from trade.orders.service.placing import place_order
from trade.orders.service.pricing import price
from trade.orders.service.readying import Ready
from trade.promotions.queries.shelf import price_edition
from trade.promotions.service import Use, UseKind, forget_terms

KEEP = """
INSERT INTO orders_draft (code, store_id, member_id, guide_id, wanted, quote, payable_fen, note,
    valid_until)
VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, now() + $9 * interval '1 hour')
"""

FIND = """
SELECT id, code, store_id, member_id, guide_id, wanted, quote, payable_fen, note, order_id,
    valid_until, valid_until > now() AND withdrawn_at IS NULL AND order_id IS NULL AS is_open
FROM orders_draft
"""
BY_CODE = FIND + "WHERE code = $1"
OF_GUIDE = (
    FIND
    + """WHERE guide_id = $1 AND order_id IS NULL AND withdrawn_at IS NULL AND valid_until > now()
ORDER BY id DESC LIMIT 100"""
)

BECOME = "UPDATE orders_draft SET order_id = $2 WHERE id = $1 AND order_id IS NULL RETURNING id"

WITHDRAW = """
UPDATE orders_draft SET withdrawn_at = coalesce(withdrawn_at, now())
WHERE code = $1 AND guide_id = $2 AND order_id IS NULL RETURNING id
"""


@dataclass(frozen=True, slots=True)
class DraftView:
    """`is_open`: it may still be placed. `lines` are at the frozen price."""

    code: str
    store_id: int
    member_id: int | None
    guide_id: int
    lines: tuple[AgreedLine, ...]
    freight_fen: int
    payable_fen: int
    delivery: Delivery
    note: str
    valid_until: datetime
    is_open: bool
    order_id: int | None


@dataclass(frozen=True, slots=True)
class MakeDraft:
    """What a guide lays together; `tier` and `segments` are crm's words for the member."""

    guide_id: int
    store_id: int
    lines: tuple[OrderedLine, ...]
    member_id: int | None = None
    delivery: Delivery = Delivery.PICKUP
    tier: str = ""
    segments: frozenset[str] = frozenset()
    note: str = ""


async def _priced(request: MakeDraft) -> Ready:
    """What a draft freezes is not compared again when it is placed: rules that were kept in this
    process and are old by now do not count."""
    ready = await price(_wish(request))
    if ready.amounts.edition == await price_edition():
        return ready
    forget_terms()
    return await price(_wish(request))


@use_case
async def make_draft(request: MakeDraft) -> DraftView:
    """Price a choice and freeze it; nothing is reserved. Raises what the quote refuses."""
    ready = await _priced(request)
    wanted = {"delivery": request.delivery, "tier": request.tier}
    code = new_id("drf")
    await sql(
        KEEP,
        code,
        request.store_id,
        request.member_id,
        request.guide_id,
        json.dumps(wanted),
        json.dumps(_frozen(ready)),
        ready.amounts.payable_fen,
        request.note,
        current().draft_hours,
    )
    return await get_draft(code)


def _wish(request: MakeDraft) -> PlaceOrder:
    return PlaceOrder(
        store_id=request.store_id,
        lines=request.lines,
        idempotency_key="draft",
        member_id=request.member_id,
        placed_by=f"guide:{request.guide_id}",
        delivery=request.delivery,
        tier=request.tier,
        segments=request.segments,
        entrance=Entrance.GUIDE,
    )


def _frozen(ready: Ready) -> dict[str, Any]:
    amounts = ready.amounts
    return {
        "lines": [asdict(line) for line in amounts.lines],
        "reasons": [asdict(reason) for reason in amounts.reasons],
        "uses": [asdict(use) for use in amounts.uses],
        "freight_fen": amounts.freight_fen,
        "points_earned": amounts.points_earned,
    }


async def get_draft(code: str) -> DraftView:
    """Raises DraftNotFound."""
    return _view(await _row(code))


async def drafts_of(guide_id: int) -> list[DraftView]:
    """What a guide has prepared and nobody has placed yet, newest first."""
    return [_view(row) for row in await sql(OF_GUIDE, guide_id)]


@use_case
async def withdraw_draft(*, code: str, guide_id: int) -> None:
    """Take a draft back; again changes nothing. Raises DraftNotFound, DraftEnded once placed."""
    if not await sql(WITHDRAW, code, guide_id):
        row = await _row(code)
        raise DraftEnded if row["guide_id"] == guide_id else DraftNotFound


@use_case
async def place_draft(
    *, code: str, actor: str, member_id: int | None = None, consignee: Consignee | None = None
) -> OrderView:
    """Make the order of a draft, at its frozen price. Again gives the same order.

    `member_id` is who buys; a draft for somebody is for nobody else. Raises DraftNotFound,
    DraftEnded, DraftOfSomebodyElse, GoodsWithdrawn, and what `place_order` refuses.
    """
    row = await _row(code)
    draft = _view(row)
    buyer = draft.member_id or member_id
    if member_id is not None and member_id != buyer:
        raise DraftOfSomebodyElse
    if not draft.is_open and draft.order_id is None:
        raise DraftEnded
    if draft.order_id is None:
        await _check_goods(draft)
    order = await place_order(_order_of(draft, row, buyer, consignee))
    await sql(BECOME, row["id"], order.id)
    return order


def _order_of(
    draft: DraftView, row: dict[str, Any], buyer: int | None, consignee: Consignee | None
) -> PlaceOrder:
    """The same for whoever places it, so that a member and a guide at once place one order."""
    quote, wanted = json.loads(row["quote"]), json.loads(row["wanted"])
    agreed = Agreed(
        lines=draft.lines,
        at=None,
        freight_fen=draft.freight_fen,
        points_earned=quote["points_earned"],
        reasons=tuple(ReasonView(**reason) for reason in quote["reasons"]),
        uses=tuple(Use(**{**use, "kind": UseKind(use["kind"])}) for use in quote["uses"]),
    )
    return PlaceOrder(
        store_id=draft.store_id,
        lines=(),
        idempotency_key=draft.code,
        member_id=buyer,
        placed_by=f"draft:{row['id']}",
        source=Source(guide_id=draft.guide_id, store_id=draft.store_id),
        delivery=draft.delivery,
        consignee=consignee,
        tier=wanted["tier"],
        entrance=Entrance.GUIDE,
        note=draft.note,
        agreed=agreed,
    )


async def _check_goods(draft: DraftView) -> None:
    """What was taken off the shelf since is not sold, whatever was promised of its price."""
    wanted = {line.sku_id for line in draft.lines}
    gone = sorted(wanted - await is_on_shelf(draft.store_id, wanted))
    if gone:
        known = await skus(gone)
        raise GoodsWithdrawn(sku_code=known[gone[0]].code if gone[0] in known else str(gone[0]))


async def _row(code: str) -> dict[str, Any]:
    rows = await sql(BY_CODE, code)
    if not rows:
        raise DraftNotFound
    return rows[0]


def _view(row: dict[str, Any]) -> DraftView:
    quote, wanted = json.loads(row["quote"]), json.loads(row["wanted"])
    return DraftView(
        code=row["code"],
        store_id=row["store_id"],
        member_id=row["member_id"],
        guide_id=row["guide_id"],
        lines=tuple(_line(line) for line in quote["lines"]),
        freight_fen=quote["freight_fen"],
        payable_fen=row["payable_fen"],
        delivery=Delivery(wanted["delivery"]),
        note=row["note"],
        valid_until=row["valid_until"],
        is_open=row["is_open"],
        order_id=row["order_id"],
    )


def _line(line: dict[str, Any]) -> AgreedLine:
    reasons = tuple(ReasonView(**reason) for reason in line["reasons"])
    return AgreedLine(**{**line, "reasons": reasons})
