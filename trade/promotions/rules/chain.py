"""What goods cost: one chain of small pure calculators. `docs/why/pricing.md` has worked numbers.

A calculator takes a draft of the quote and gives the next one; each says what it did, what it would
have done, and why something else was better. The order of the chain is the order of `CHAIN`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.money import share_bp, split_fen, yuan
from trade.promotions.rules.quote import Quote, QuotedLine, Reason, version_of


@dataclass(frozen=True, slots=True)
class StorePriceTerm:
    price_fen: int
    version: str


@dataclass(frozen=True, slots=True)
class MemberRateTerm:
    tier: str
    rate_bp: int
    version: str


@dataclass(frozen=True, slots=True)
class ReductionTerm:
    code: str
    name: str
    threshold_fen: int
    reduction_fen: int
    version: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that holds at this store, for this tier, at this moment."""

    store_prices: Mapping[int, StorePriceTerm] = field(default_factory=dict)
    member_rate: MemberRateTerm | None = None
    reductions: Sequence[ReductionTerm] = ()
    points_per_yuan: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    lines: tuple[QuotedLine, ...]
    reasons: tuple[Reason, ...] = ()


Calculator = Callable[[Draft, Terms], Draft]


def start(items: Sequence[tuple[int, int, int]]) -> Draft:
    """From (sku_id, quantity, list_fen): everybody pays the list price (吊牌价)."""
    return Draft(
        tuple(
            QuotedLine(sku_id, quantity, list_fen, list_fen, 0, list_fen * quantity)
            for sku_id, quantity, list_fen in items
        )
    )


def _priced(line: QuotedLine, price_fen: int, *reasons: Reason) -> QuotedLine:
    return replace(
        line,
        price_fen=price_fen,
        payable_fen=price_fen * line.quantity,
        reasons=(*line.reasons, *reasons),
    )


def apply_store_price(draft: Draft, terms: Terms) -> Draft:
    """A store may have a price (售价) of its own, below or above the list price."""

    def priced(line: QuotedLine) -> QuotedLine:
        term = terms.store_prices.get(line.sku_id)
        if term is None:
            return line
        each = yuan(term.price_fen)
        saved = (line.list_fen - term.price_fen) * line.quantity
        zh, en = f"本店售价 {each} 元", f"This store's price is {each} yuan."
        return _priced(
            line, term.price_fen, Reason("store_price", term.version, zh, en, saved, won=True)
        )

    return replace(draft, lines=tuple(map(priced, draft.lines)))


def apply_member_price(draft: Draft, terms: Terms) -> Draft:
    """The tier's share of the list price (会员价), half a fen upwards; the lower price wins."""
    rate = terms.member_rate
    if rate is None:
        return draft

    def priced(line: QuotedLine) -> QuotedLine:
        member_fen = share_bp(line.list_fen, rate.rate_bp)
        saved_fen = (line.list_fen - member_fen) * line.quantity
        each, other = yuan(member_fen), yuan(line.price_fen)
        if member_fen < line.price_fen:
            zh, en = f"会员价 {each} 元", f"The member price is {each} yuan."
            won = Reason("member_price", rate.version, zh, en, saved_fen, won=True)
            beaten = replace(line, reasons=tuple(map(_beaten_by_member, line.reasons)))
            return _priced(beaten, member_fen, won)
        zh = f"会员价 {each} 元不低于现价 {other} 元，按现价"
        en = f"The member price, {each} yuan, is not below {other} yuan: that price stays."
        lost = Reason("member_price", rate.version, zh, en, saved_fen, won=False)
        return _priced(line, line.price_fen, lost)

    return replace(draft, lines=tuple(map(priced, draft.lines)))


def _beaten_by_member(reason: Reason) -> Reason:
    zh, en = f"{reason.zh}，会员价更低", f"{reason.en} The member price is lower."
    return replace(reason, zh=zh, en=en, won=False)


def _says(term: ReductionTerm, best: ReductionTerm | None, goods_fen: int) -> Reason:
    off = yuan(term.reduction_fen)
    if term is best:
        zh, en = f"{term.name}，已减 {off} 元", f"{term.code}: {off} yuan off."
    elif goods_fen < term.threshold_fen:
        missing = yuan(term.threshold_fen - goods_fen)
        zh = f"{term.name}：再买 {missing} 元可减 {off} 元"
        en = f"{term.code}: {missing} yuan more and {off} yuan come off."
    else:
        assert best is not None
        zh = f"{term.name}：每单只用一个满减，已用更优惠的“{best.name}”"
        en = f"{term.code}: one full-reduction an order, and {best.code} gives more."
    return Reason("full_reduction", term.version, zh, en, term.reduction_fen, won=term is best)


def apply_full_reduction(draft: Draft, terms: Terms) -> Draft:
    """The one reached full-reduction (满减) that gives most, split over the lines by their cost.

    The threshold counts what is really to be paid, so after member prices. At a tie the lower
    threshold wins, then the code.
    """
    goods_fen = sum(line.payable_fen for line in draft.lines)
    reached = [term for term in terms.reductions if 0 < term.threshold_fen <= goods_fen]
    best = min(reached, key=lambda t: (-t.reduction_fen, t.threshold_fen, t.code), default=None)
    reasons = tuple(_says(term, best, goods_fen) for term in terms.reductions)
    if best is None:
        return replace(draft, reasons=draft.reasons + reasons)
    parts = split_fen(best.reduction_fen, [line.payable_fen for line in draft.lines])
    lines = tuple(
        replace(
            line,
            discount_fen=line.discount_fen + part,
            payable_fen=line.payable_fen - part,
            reasons=(*line.reasons, _part_of(best, part)),
        )
        for line, part in zip(draft.lines, parts, strict=True)
    )
    return Draft(lines, draft.reasons + reasons)


def _part_of(term: ReductionTerm, part_fen: int) -> Reason:
    share = yuan(part_fen)
    zh, en = f"分摊“{term.name}” {share} 元", f"Its share of {term.code} is {share} yuan."
    return Reason("full_reduction", term.version, zh, en, part_fen, won=True)


CHAIN: tuple[Calculator, ...] = (apply_store_price, apply_member_price, apply_full_reduction)


def points_for(paid_fen: int, points_per_yuan: int) -> int:
    """Points (积分) for money really paid: whole yuan count, the rest of a yuan earns nothing."""
    return paid_fen // 100 * points_per_yuan


def work_out(items: Sequence[tuple[int, int, int]], terms: Terms) -> Quote:
    """The quote for (sku_id, quantity, list_fen) under `terms`; the same input, the same answer."""
    draft = start(items)
    for calculate in CHAIN:
        draft = calculate(draft, terms)
    goods_fen = sum(line.goods_fen for line in draft.lines)
    discount_fen = sum(line.discount_fen for line in draft.lines)
    payable_fen = goods_fen - discount_fen
    return Quote(
        lines=draft.lines,
        goods_fen=goods_fen,
        discount_fen=discount_fen,
        freight_fen=0,  # no rule asks for freight (运费) yet
        payable_fen=payable_fen,
        reasons=draft.reasons,
        points_earned=points_for(payable_fen, terms.points_per_yuan),
        version=version_of(draft.lines, draft.reasons),
    )
