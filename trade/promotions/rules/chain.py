"""What goods cost: one chain of small pure calculators, in the order of `CHAIN`.

A calculator takes a draft of the quote and gives the next one; each says what it did, what it would
have done, and why something else was better.
"""

from collections.abc import Sequence
from dataclasses import replace

from trade.promotions.rules.drafting import Calculator, Draft, Line
from trade.promotions.rules.gifts import apply_gifts
from trade.promotions.rules.paying import apply_coupons, apply_points, freight_of
from trade.promotions.rules.pricing import apply_timed_prices, start
from trade.promotions.rules.quote import Quote, QuotedLine, version_of
from trade.promotions.rules.reducing import apply_full_reductions
from trade.promotions.rules.sets import apply_bundles, apply_n_for_m
from trade.promotions.rules.terms import Asked, Deal, Item, Terms
from trade.promotions.rules.words import DealKind

CHAIN: tuple[Calculator, ...] = (
    apply_timed_prices,
    apply_n_for_m,
    apply_bundles,
    apply_full_reductions,
    apply_gifts,
    apply_coupons,
)
NOBODY = Asked()


def points_for(paid_fen: int, points_per_yuan: int) -> int:
    """Points (积分) for money really paid: whole yuan count, the rest of a yuan earns nothing."""
    return paid_fen // 100 * points_per_yuan


def work_out(items: Sequence[Item], terms: Terms, asked: Asked = NOBODY) -> Quote:
    """The quote for these goods; the same input, the same answer. One item a SKU.

    Lines keep the order of `items`, gifts follow; the order changes no amount.
    """
    draft = start(items, terms, asked)
    for calculate in CHAIN:
        draft = calculate(draft, terms, asked)
    freight_fen, freight_reason = freight_of(draft.payable_fen, terms, asked)
    if freight_reason:
        draft = replace(draft, reasons=(*draft.reasons, freight_reason))
    return _quote(apply_points(draft, terms, asked), items, freight_fen, terms)


def piece_prices(
    items: Sequence[Item], terms: Terms, asked: Asked = NOBODY
) -> dict[int, tuple[int, Deal | None]]:
    """What one piece of each costs bought alone, and the timed price it comes from, if any."""
    single = [replace(item, quantity=1) for item in items]
    timed = {deal.version: deal for deal in terms.deals if deal.kind is DealKind.TIMED_PRICE}
    found: dict[int, tuple[int, Deal | None]] = {}
    for item in single:  # one by one: pieces of several SKUs would share a limit
        [line] = apply_timed_prices(start([item], terms, asked), terms, asked).lines
        winner = next((reason.version for reason in line.reasons if reason.won), "")
        found[item.sku_id] = (line.payable_fen, timed.get(winner))
    return found


def _quote(draft: Draft, items: Sequence[Item], freight_fen: int, terms: Terms) -> Quote:
    place = {item.sku_id: at for at, item in enumerate(items)}
    in_order = sorted(draft.lines, key=lambda line: (line.is_gift, place.get(line.item.sku_id, 0)))
    lines = tuple(map(_line, in_order))
    goods_fen = sum(line.goods_fen for line in lines)
    discount_fen = sum(line.discount_fen for line in lines)
    paid_fen = goods_fen - discount_fen
    rest = (draft.reasons, freight_fen, draft.points_spent)
    return Quote(
        lines=lines,
        goods_fen=goods_fen,
        discount_fen=discount_fen,
        freight_fen=freight_fen,
        payable_fen=paid_fen + freight_fen,
        reasons=draft.reasons,
        points_earned=points_for(paid_fen, terms.points.per_yuan),
        version=version_of(lines, rest),
        points_spent=draft.points_spent,
        uses=draft.uses,
        edition=terms.edition,
    )


def _line(line: Line) -> QuotedLine:
    return QuotedLine(
        sku_id=line.item.sku_id,
        quantity=line.item.quantity,
        list_fen=line.item.list_fen,
        price_fen=line.price_fen,
        discount_fen=line.discount_fen,
        payable_fen=line.payable_fen,
        reasons=line.reasons,
        is_gift=line.is_gift,
    )
