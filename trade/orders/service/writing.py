"""Writing placed orders: a group in one transaction, each step one statement for all of them.

Hand-written SQL, because this is the busiest path of the shop: the rows of sixty-four orders cost
as many round trips as those of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic_core import to_json

from core.database import sql
from core.outbox import publish_all
from core.settings import current
from trade.orders.events import OrderPlaced
from trade.orders.privacy import keep_consignees
from trade.orders.queries import OrderView
from trade.orders.rules import OrderState
from trade.orders.service.asking import PlaceOrder
from trade.orders.service.readying import Ready

# Orders, their lines and the first rows of their timelines. `id` of an order and `order_id` of a
# line carry the turn of the order in the group. Actors are locked in their own order until the
# transaction ends: two groups with the same ones never wait for each other in a ring, and a limit
# of one's open orders can be counted. Whoever let the last three orders run out gets less time.
INSERT = """
WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_populate_recordset(NULL::orders_order, $1::jsonb)
), actor AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(727002, hashtext(placed_by))
    FROM (SELECT DISTINCT placed_by FROM given ORDER BY 1) AS one_by_one
), placed AS (
    INSERT INTO orders_order (
        public_id, order_no, member_id, store_id, state, entrance, outside_no, placed_by,
        idempotency_key, fingerprint, goods_fen, discount_fen, freight_fen, payable_fen,
        deposit_fen, points_spent, points_earned, tier, quote_version, reasons, delivery,
        guide_id, source_store_id, group_id, note, placed_at, expires_at, balance_due_at,
        promised_on, moves_stock
    )
    SELECT public_id, order_no, member_id, store_id, 'placed', entrance, outside_no, placed_by,
        idempotency_key, fingerprint, goods_fen, discount_fen, freight_fen, payable_fen,
        deposit_fen, points_spent, points_earned, tier, quote_version, reasons, delivery,
        guide_id, source_store_id, group_id, note, coalesce(placed_at, now()),
        now() + interval '1 second' * CASE WHEN (
            SELECT count(*) FILTER (WHERE close_reason = 'expired') FROM (
                SELECT close_reason FROM orders_order AS newest
                WHERE newest.member_id = given.member_id ORDER BY newest.id DESC LIMIT 3
            ) AS newest) = 3 THEN $5::bigint ELSE $4::bigint END,
        balance_due_at, promised_on, moves_stock
    FROM given, (SELECT count(*) FROM actor) AS locked ORDER BY given.id
    ON CONFLICT (placed_by, idempotency_key) DO NOTHING
    RETURNING id, order_no, placed_by, placed_at, expires_at
), line AS (
    INSERT INTO orders_line (
        order_id, sku_id, sku_code, title, spec_text, picture, unit, quantity, list_fen,
        price_fen, discount_fen, payable_fen, tax_code, tax_bp, is_gift, parts, reasons
    )
    SELECT placed.id, sku_id, sku_code, title, spec_text, picture, unit, quantity, list_fen,
        price_fen, line.discount_fen, line.payable_fen, tax_code, tax_bp, is_gift, parts,
        line.reasons
    FROM placed JOIN given USING (order_no)
    JOIN jsonb_populate_recordset(NULL::orders_line, $2::jsonb) AS line ON line.order_id = given.id
    ORDER BY given.id, line.id
    RETURNING id, order_id
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT placed.id, 'place', 'placed', ($3::text[])[given.id], placed.placed_by
    FROM placed JOIN given USING (order_no) ORDER BY given.id
)
SELECT placed.id, order_no, placed_at, expires_at, ids.line_ids,
    coalesce((SELECT edition::text FROM promotions_edition), '') AS edition
FROM placed JOIN (SELECT order_id, array_agg(id ORDER BY id) AS line_ids FROM line GROUP BY 1)
    AS ids ON ids.order_id = placed.id
"""


class Stale(Exception):
    """Prices or rules have changed since these orders were priced."""


async def insert(group: Sequence[Ready]) -> dict[str, OrderView]:
    """The orders by number, as they stand now. One whose key is known already is not among them.

    Raises Stale when the quote of one of them is out of date.
    """
    knobs = current()
    orders = [_row(turn, one) for turn, one in enumerate(group, start=1)]
    lines = _line_rows(group)
    causes = [_cause(one) for one in group]
    times = (knobs.pay_within_s, knobs.pay_within_short_s)
    rows = await sql(INSERT, to_json(orders).decode(), to_json(lines).decode(), causes, *times)
    by_no = {row["order_no"]: row for row in rows}
    if any(is_stale(one, by_no) for one in group):
        raise Stale
    placed = {
        one.order_no: _view(one, by_no[one.order_no]) for one in group if one.order_no in by_no
    }
    await keep_consignees(
        [
            (placed[one.order_no].id, one.request.consignee)
            for one in group
            if one.order_no in placed and one.request.consignee is not None
        ]
    )
    return placed


def is_stale(one: Ready, rows: Mapping[str, Mapping[str, Any]]) -> bool:
    is_quoted = one.request.agreed is None
    return (
        is_quoted and one.order_no in rows and rows[one.order_no]["edition"] != one.amounts.edition
    )


async def tell(placed: Mapping[str, OrderView]) -> None:
    await publish_all(
        [
            OrderPlaced(
                order_id=order.id,
                order_no=order.order_no,
                member_id=order.member_id,
                store_id=order.store_id,
                payable_fen=order.payable_fen,
                at=order.placed_at,
            )
            for order in placed.values()
        ]
    )


def _cause(one: Ready) -> str:
    request = one.request
    return f"{request.entrance}:{request.outside_no}" if request.outside_no else request.entrance


def _row(turn: int, one: Ready) -> dict[str, Any]:
    request, amounts, source = one.request, one.amounts, one.request.source
    return {
        "id": turn,
        "public_id": one.public_id,
        "order_no": one.order_no,
        "member_id": request.member_id,
        "store_id": request.store_id,
        "entrance": request.entrance,
        "outside_no": request.outside_no,
        "placed_by": request.actor,
        "idempotency_key": request.idempotency_key,
        "fingerprint": one.content,
        "goods_fen": amounts.goods_fen,
        "discount_fen": amounts.discount_fen,
        "freight_fen": amounts.freight_fen,
        "payable_fen": amounts.payable_fen,
        "deposit_fen": one.deposit_fen,
        "points_spent": amounts.points_spent,
        "points_earned": amounts.points_earned,
        "tier": request.tier,
        "quote_version": amounts.version,
        "reasons": amounts.reasons,
        "delivery": request.delivery,
        "guide_id": source.guide_id if source else None,
        "source_store_id": source.store_id if source else None,
        "group_id": source.group_id if source else None,
        "note": request.note,
        "placed_at": _sold_at(request),
        "balance_due_at": one.balance_due_at.isoformat() if one.balance_due_at else None,
        "promised_on": one.promised_on.isoformat() if one.promised_on else None,
        "moves_stock": one.moves_stock,
    }


def _sold_at(request: PlaceOrder) -> str | None:
    at = request.agreed.at if request.agreed else None
    return at.isoformat() if at else None


def _line_rows(group: Sequence[Ready]) -> list[dict[str, Any]]:
    """Orders of the same goods have the very same lines: these are made plain once."""
    plain: dict[int, list[dict[str, Any]]] = {}
    for one in group:
        if id(one.lines) not in plain:
            plain[id(one.lines)] = [
                {name: getattr(line, name) for name in line.__slots__} | {"id": place}
                for place, line in enumerate(one.lines)
            ]
    return [
        {**row, "order_id": turn}
        for turn, one in enumerate(group, start=1)
        for row in plain[id(one.lines)]
    ]


def _view(one: Ready, row: Mapping[str, Any]) -> OrderView:
    """What `order_of` would answer, without asking."""
    request, amounts = one.request, one.amounts
    ids = zip(one.lines, row["line_ids"], strict=True)
    return OrderView(
        id=row["id"],
        public_id=one.public_id,
        order_no=one.order_no,
        member_id=request.member_id,
        store_id=request.store_id,
        state=OrderState.PLACED,
        goods_fen=amounts.goods_fen,
        discount_fen=amounts.discount_fen,
        freight_fen=amounts.freight_fen,
        payable_fen=amounts.payable_fen,
        paid_fen=0,
        points_earned=amounts.points_earned,
        reasons=amounts.reasons,
        lines=tuple(replace(line, id=line_id) for line, line_id in ids),
        delivery=request.delivery,
        source=request.source,
        close_reason=None,
        placed_at=row["placed_at"],
        expires_at=row["expires_at"],
        paid_at=None,
        closed_at=None,
        entrance=request.entrance,
        outside_no=request.outside_no,
        placed_by=request.actor,
        refunded_fen=0,
        deposit_fen=one.deposit_fen,
        points_spent=amounts.points_spent,
        tier=request.tier,
        note=request.note,
        balance_due_at=one.balance_due_at,
        promised_on=one.promised_on,
        moves_stock=one.moves_stock,
    )
