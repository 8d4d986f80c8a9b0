"""The price of one piece: list price, the place's price, the tier's price, the timed price."""

from collections.abc import Sequence
from dataclasses import replace

from core.money import share_bp, yuan
from trade.promotions.rules.drafting import Draft, Line, left_of, off, use_of
from trade.promotions.rules.quote import Reason, Use
from trade.promotions.rules.terms import Asked, Deal, Item, PriceTerm, RateTerm, Terms, TimedPrice
from trade.promotions.rules.words import DealKind, RateBase

PLACES = {
    "store": ("本店售价", "This store's price"),
    "region": ("本区域售价", "The region's price"),
}
PLACES["franchisee"] = ("本加盟商售价", "The franchisee's price")


def start(items: Sequence[Item], terms: Terms, asked: Asked) -> Draft:
    """Every line at the price of its pieces, before any promotion."""
    ordered = sorted(items, key=lambda item: item.sku_id)
    return Draft(tuple(_line(item, terms, asked) for item in ordered))


def _line(item: Item, terms: Terms, asked: Asked) -> Line:
    own = terms.prices.get(item.sku_id, ())
    line = Line(item, item.list_fen, item.list_fen, item.quantity)
    for term in _widest_first(own, ""):
        line = _place_price(line, term)
    line = replace(line, sale_fen=line.price_fen)
    for term in _widest_first(own, asked.tier)[-1:] if asked.tier else ():
        line = _tier_price(line, term.price_fen, term.version, is_lower=term.is_lower_only)
    rate = terms.rates.get(asked.tier)
    return _tier_rate(line, rate) if rate else line


def _widest_first(prices: Sequence[PriceTerm], tier: str) -> list[PriceTerm]:
    """The prices of a tier at their places; Terms hold them the narrowest first."""
    return [term for term in reversed(prices) if term.tier == tier]


def _saved(line: Line, price_fen: int) -> int:
    return (line.item.list_fen - price_fen) * line.item.quantity


def repriced(line: Line, price_fen: int, reason: Reason, zh: str, en: str) -> Line:
    """At a new price; what won before has lost, and is told why."""
    lost = (
        replace(old, zh=f"{old.zh}，{zh}", en=f"{old.en} {en}", won=False) if old.won else old
        for old in line.reasons
    )
    return replace(line, price_fen=price_fen, reasons=(*lost, reason))


def _place_price(line: Line, term: PriceTerm) -> Line:
    what_zh, what_en = PLACES.get(term.place.partition(":")[0], ("售价", "The price"))
    each, saved = yuan(term.price_fen), _saved(line, term.price_fen)
    zh, en = f"{what_zh} {each} 元", f"{what_en} is {each} yuan."
    if term.is_lower_only and term.price_fen >= line.price_fen:
        zh, en = f"{zh}，不低于现价，按现价", f"{en} It is not below what it costs: that stays."
        lost = Reason("store_price", term.version, zh, en, saved, won=False)
        return replace(line, reasons=(*line.reasons, lost))
    reason = Reason("store_price", term.version, zh, en, saved, won=True)
    return repriced(line, term.price_fen, reason, f"{what_zh}优先", f"{what_en} goes first.")


def _tier_rate(line: Line, rate: RateTerm) -> Line:
    base = line.item.list_fen if rate.rate_of is RateBase.LIST else line.sale_fen
    return _tier_price(line, share_bp(base, rate.rate_bp), rate.version, is_lower=True)


def _tier_price(line: Line, price_fen: int, version: str, *, is_lower: bool) -> Line:
    each, now, saved = yuan(price_fen), yuan(line.price_fen), _saved(line, price_fen)
    if not is_lower or price_fen < line.price_fen:
        zh, en = f"会员价 {each} 元", f"The member price is {each} yuan."
        won = Reason("member_price", version, zh, en, saved, won=True)
        if is_lower:
            return repriced(line, price_fen, won, "会员价更低", "The member price is lower.")
        return repriced(line, price_fen, won, "会员价优先", "The member price goes first.")
    zh = f"会员价 {each} 元不低于现价 {now} 元，按现价"
    en = f"The member price, {each} yuan, is not below {now} yuan: that price stays."
    lost = Reason("member_price", version, zh, en, saved, won=False)
    return replace(line, reasons=(*line.reasons, lost))


def apply_timed_prices(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    """The lowest timed price (限时价) of each line, for as many pieces as its limits leave."""
    deals = [
        deal for deal in terms.deals if deal.kind is DealKind.TIMED_PRICE and deal.is_for(asked)
    ]
    taken: dict[int, tuple[Deal, int, int]] = {}
    lines = tuple(_timed(line, deals, asked, taken) for line in draft.lines)
    uses: tuple[Use, ...] = ()
    for deal, fen, times in taken.values():
        uses += use_of(deal, fen, times)
    return replace(draft, lines=lines, uses=draft.uses + uses)


def timed_fen(line: Line, deal: Deal) -> int | None:
    """What a piece costs under a timed price; None where it names nothing for it."""
    assert isinstance(deal.terms, TimedPrice)
    if line.item.sku_id in deal.terms.prices:
        return deal.terms.prices[line.item.sku_id]
    if deal.terms.rate_bp is None or not deal.scope.has(line.item):
        return None
    return share_bp(line.sale_fen, deal.terms.rate_bp)


def _timed(
    line: Line, deals: Sequence[Deal], asked: Asked, taken: dict[int, tuple[Deal, int, int]]
) -> Line:
    priced = [(fen, deal) for deal in deals if (fen := timed_fen(line, deal)) is not None]
    priced.sort(key=lambda one: (one[0], one[1].priority, one[1].code))
    for fen, deal in priced:
        pieces = _pieces(line, fen, deal, asked, taken)
        if fen >= line.price_fen or pieces == 0:
            line = _timed_lost(line, fen, deal, is_spent=fen < line.price_fen)
            continue
        saved = (line.price_fen - fen) * pieces
        _, old_fen, old_times = taken.get(deal.campaign_id, (deal, 0, 0))
        taken[deal.campaign_id] = (deal, old_fen + saved, old_times + pieces)
        return _timed_won(line, fen, deal, pieces)
    return line


def _pieces(
    line: Line, fen: int, deal: Deal, asked: Asked, taken: dict[int, tuple[Deal, int, int]]
) -> int:
    left, quantity = left_of(deal, asked), line.item.quantity
    _, gone_fen, gone_times = taken.get(deal.campaign_id, (deal, 0, 0))
    if left.times is not None:
        quantity = min(quantity, left.times - gone_times)
    if left.fen is not None and fen < line.price_fen:
        quantity = min(quantity, (left.fen - gone_fen) // (line.price_fen - fen))
    return max(quantity, 0)


def _timed_won(line: Line, fen: int, deal: Deal, pieces: int) -> Line:
    each = yuan(fen)
    zh, en = f"{deal.name}：限时价 {each} 元", f"{deal.code}: {each} yuan for a while."
    if pieces == line.item.quantity:
        won = Reason(deal.kind, deal.version, zh, en, _saved(line, fen), won=True)
        line = repriced(line, fen, won, "限时价更低", "The timed price is lower.")
        return replace(line, is_touched=True, is_closed=not deal.may_stack)
    part = off(line, deal, (line.price_fen - fen) * pieces, pieces=pieces)
    zh, en = f"{zh}，限 {pieces} 件", f"{en} For {pieces} of them."
    return replace(part, reasons=(*part.reasons[:-1], replace(part.reasons[-1], zh=zh, en=en)))


def _timed_lost(line: Line, fen: int, deal: Deal, *, is_spent: bool) -> Line:
    each = yuan(fen)
    why_zh, why_en = ("不低于现价", "is not below the price")
    if is_spent:
        why_zh, why_en = ("名额已用完", "has reached its limit")
    zh, en = f"{deal.name}：限时价 {each} 元{why_zh}", f"{deal.code}: {each} yuan {why_en}."
    saved = max(_saved(line, fen), 0)
    lost = Reason(deal.kind, deal.version, zh, en, saved, won=False)
    return replace(line, reasons=(*line.reasons, lost))
