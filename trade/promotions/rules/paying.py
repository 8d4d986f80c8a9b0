"""What comes last: coupons and freight, weighed together, and points as money."""

from dataclasses import replace

from core.money import yuan
from trade.promotions.rules.drafting import (
    Draft,
    Line,
    Outcome,
    left_of,
    off,
    spread,
    use_of,
)
from trade.promotions.rules.quote import Reason, Use
from trade.promotions.rules.reducing import coupon_gives
from trade.promotions.rules.terms import Asked, Claim, Deal, Freight, PointsTerm, Terms
from trade.promotions.rules.words import DealKind, UseKind


def apply_coupons(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    """The coupon that saves most first, then what still saves beside it.

    A coupon that would cost more freight than it takes off stays in the shopper's hand, so laying
    one down never raises what is to be paid.
    """
    waiting = sorted(
        {claim.public_id: claim for claim in asked.claims}.values(), key=lambda one: one.public_id
    )
    while True:
        tries = [(claim, *_try(draft, claim, terms, asked)) for claim in waiting]
        best = max(tries, key=lambda one: one[2], default=None)
        if best is None or best[2] <= 0:
            lost = [_lost(claim, outcome) for claim, outcome, _ in tries]
            return replace(draft, reasons=(*draft.reasons, *lost))
        draft = _lay_down(draft, best[0], best[1])
        waiting = [claim for claim in waiting if claim is not best[0]]


def _try(draft: Draft, claim: Claim, terms: Terms, asked: Asked) -> tuple[Outcome, int]:
    """What a coupon does now, and what the shopper saves by it, freight counted in."""
    deal = claim.deal
    if claim.why_zh or deal is None:
        return Outcome(zh=claim.why_zh, en=claim.why_en), 0
    if not deal.is_for(asked):
        zh, en = f"{deal.name}：不适用于本次购买", f"{deal.code}: it is not for this purchase."
        return Outcome(zh=zh, en=en), 0
    if deal.group and deal.group in draft.groups:
        other = draft.groups[deal.group]
        zh = f"{deal.name}：同类优惠每单只用一个，已用{other}"
        return Outcome(zh=zh, en=f"{deal.code}: one of its group an order."), 0
    outcome = coupon_gives(draft, deal, asked)
    left = left_of(deal, asked)
    short = left.fen is not None and outcome.fen > left.fen
    if outcome.fen > 0 and (short or (left.times is not None and left.times < 1)):
        zh, en = f"{deal.name}：名额或预算已用完", f"{deal.code}: its limit is reached."
        return Outcome(zh=zh, en=en), 0
    return _with_freight(draft, deal, outcome, terms, asked)


def _with_freight(
    draft: Draft, deal: Deal, outcome: Outcome, terms: Terms, asked: Asked
) -> tuple[Outcome, int]:
    before = freight_of(draft.payable_fen, terms, asked)[0]
    after = freight_of(draft.payable_fen - outcome.fen, terms, asked)[0]
    saved = outcome.fen - (after - before)
    if outcome.fen > 0 >= saved:
        zh = f"{deal.name}：用券后不再包邮，反而多付，未使用"
        en = f"{deal.code}: with it the parcel would cost more than it saves."
        return replace(outcome, zh=zh, en=en), saved
    return outcome, saved


def _lay_down(draft: Draft, claim: Claim, outcome: Outcome) -> Draft:
    deal = claim.deal
    assert deal is not None
    lines = tuple(
        off(line, deal, outcome.parts[at]) if at in outcome.parts else line
        for at, line in enumerate(draft.lines)
    )
    zh, en = (
        f"{deal.name}，已减 {yuan(outcome.fen)} 元",
        f"{deal.code}: {yuan(outcome.fen)} yuan off.",
    )
    reason = Reason(deal.kind, deal.version, zh, en, outcome.fen, won=True)
    uses = draft.uses + use_of(deal, outcome.fen, 1)
    if claim.coupon_id is not None:
        uses += (Use(UseKind.COUPON, claim.coupon_id, outcome.fen, 1),)
    groups = {**draft.groups, deal.group: f"“{deal.name}”"} if deal.group else draft.groups
    reasons = (*draft.reasons, reason)
    return replace(draft, lines=lines, reasons=reasons, uses=uses, groups=groups)


def _lost(claim: Claim, outcome: Outcome) -> Reason:
    version = claim.deal.version if claim.deal else claim.public_id[:40]
    zh = outcome.zh or "优惠券没有可减金额"
    en = outcome.en or "The coupon takes nothing off."
    return Reason(DealKind.COUPON, version, zh, en, abs(outcome.fen), won=False)


def freight_of(goods_fen: int, terms: Terms, asked: Asked) -> tuple[int, Reason | None]:
    """The lowest fee (运费) of the rules for this delivery; the threshold counts what is paid."""
    rules = [
        deal
        for deal in terms.deals
        if isinstance(deal.terms, Freight)
        and asked.delivery in deal.terms.deliveries
        and deal.is_for(asked)
    ]
    if not rules:
        return asked.delivery_fee_fen, None
    fee, best = min(
        ((_fee(deal.terms, goods_fen), deal) for deal in rules if isinstance(deal.terms, Freight)),
        key=lambda one: (one[0], one[1].priority, one[1].code),
    )
    return fee, _freight_says(best, fee, goods_fen)


def _fee(rule: Freight, goods_fen: int) -> int:
    is_free = rule.free_from_fen is not None and goods_fen >= rule.free_from_fen
    return 0 if is_free else rule.fee_fen


def _freight_says(deal: Deal, fee: int, goods_fen: int) -> Reason:
    rule = deal.terms
    assert isinstance(rule, Freight)
    if not fee:
        zh, en = f"{deal.name}：免运费", f"{deal.code}: no freight."
    elif rule.free_from_fen is None:
        zh, en = f"{deal.name}：运费 {yuan(fee)} 元", f"{deal.code}: {yuan(fee)} yuan of freight."
    else:
        more = yuan(rule.free_from_fen - goods_fen)
        zh = f"{deal.name}：运费 {yuan(fee)} 元，再买 {more} 元免运费"
        en = f"{deal.code}: {yuan(fee)} yuan of freight, none with {more} yuan more."
    return Reason(deal.kind, deal.version, zh, en, -fee, won=True)


def apply_points(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    """Points (积分) as money, in whole steps, up to the program's share of the goods."""
    rule, goods_fen = terms.points, draft.payable_fen
    if asked.points <= 0:
        return draft
    points = _points(rule, goods_fen, asked.points)
    fen = points * 100 // rule.a_yuan if points else 0
    if fen <= 0:
        zh, en = "积分不可用于本单或不足一档", "Points cannot pay here, or are less than one step."
        lost = Reason("points", "", zh, en, 0, won=False)
        return replace(draft, reasons=(*draft.reasons, lost))
    zh, en = f"{points} 积分抵 {yuan(fen)} 元", f"{points} points pay {yuan(fen)} yuan."
    parts = spread(draft, range(len(draft.lines)), fen)
    lines = tuple(_paid_by_points(line, parts[at]) for at, line in enumerate(draft.lines))
    reasons = (*draft.reasons, Reason("points", "", zh, en, fen, won=True))
    return replace(draft, lines=lines, reasons=reasons, points_spent=points)


def _points(rule: PointsTerm, goods_fen: int, wanted: int) -> int:
    if not rule.a_yuan:
        return 0
    most = goods_fen * rule.cap_bp // 10_000 * rule.a_yuan // 100
    return min(wanted, most) // rule.step * rule.step


def _paid_by_points(line: Line, fen: int) -> Line:
    if not fen:
        return line
    zh, en = f"分摊积分抵扣 {yuan(fen)} 元", f"Its share of the points is {yuan(fen)} yuan."
    reason = Reason("points", "", zh, en, fen, won=True)
    reasons = (*line.reasons, reason)
    return replace(line, discount_fen=line.discount_fen + fen, reasons=reasons)
