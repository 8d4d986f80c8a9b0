"""Discounts on what is really to be paid: full reductions (满减) and coupons (优惠券)."""

from collections.abc import Sequence
from dataclasses import replace

from core.money import share_bp, yuan
from trade.promotions.rules.drafting import (
    Draft,
    Outcome,
    left_of,
    open_lines,
    run_step,
    spread,
)
from trade.promotions.rules.terms import Asked, CouponTerm, Deal, FullReduction, Step, Terms
from trade.promotions.rules.words import DealKind


def apply_full_reductions(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    deals = [
        deal for deal in terms.deals if deal.kind is DealKind.FULL_REDUCTION and deal.is_for(asked)
    ]
    deals.sort(key=lambda deal: (deal.priority, _threshold(deal), deal.code))
    return run_step(draft, _by_threshold(deals), asked, _full_reduction)


def _by_threshold(deals: Sequence[Deal]) -> list[Deal]:
    """At a tie the lower threshold wins, then the code: the order says so by itself."""
    return [replace(deal, priority=at) for at, deal in enumerate(deals)]


def _threshold(deal: Deal) -> int:
    assert isinstance(deal.terms, FullReduction)
    return min(step.threshold_fen for step in deal.terms.steps)


def step_gives(step: Step, goods_fen: int) -> int:
    """What a reached step takes off an amount; never more than the amount."""
    less = step.off_fen or 0
    if step.pay_bp is not None:
        less = goods_fen - share_bp(goods_fen, step.pay_bp)
    if step.cap_fen is not None:
        less = min(less, step.cap_fen)
    return min(less, goods_fen)


def is_reached(step: Step, goods_fen: int, pieces: int) -> bool:
    return goods_fen >= step.threshold_fen and pieces >= step.pieces


def _full_reduction(draft: Draft, deal: Deal, asked: Asked) -> Outcome:
    rule, lines = deal.terms, open_lines(draft, deal)
    assert isinstance(rule, FullReduction)
    goods_fen = sum(draft.lines[at].payable_fen for at in lines)
    pieces = sum(draft.lines[at].item.quantity for at in lines)
    reached = [step for step in rule.steps if is_reached(step, goods_fen, pieces)]
    fen, times = 0, 1
    for step in reached:
        times = _times(rule, step, goods_fen, pieces, deal, asked)
        fen = max(fen, min(step_gives(step, goods_fen) * times, goods_fen))
    if reached or not lines:
        return Outcome(parts=spread(draft, lines, fen), fen=fen, times=times)
    return _not_reached(deal, rule.steps, goods_fen, pieces)


def _times(
    rule: FullReduction, step: Step, goods_fen: int, pieces: int, deal: Deal, asked: Asked
) -> int:
    if not rule.is_every:
        return 1
    reached = goods_fen // step.threshold_fen if step.threshold_fen else pieces // step.pieces
    most = (reached, rule.max_times, left_of(deal, asked).times)
    return max(min(n for n in most if n is not None), 0)


def _not_reached(deal: Deal, steps: Sequence[Step], goods_fen: int, pieces: int) -> Outcome:
    step = min(steps, key=lambda step: (step.threshold_fen, step.pieces))
    would = step_gives(step, max(goods_fen, step.threshold_fen))
    more_fen, more = yuan(step.threshold_fen - goods_fen), step.pieces - pieces
    need_zh = f"{more_fen} 元" if goods_fen < step.threshold_fen else f"{more} 件"
    need_en = f"{more_fen} yuan" if goods_fen < step.threshold_fen else f"{more} pieces"
    zh = f"{deal.name}：再买 {need_zh}可减 {yuan(would)} 元"
    en = f"{deal.code}: {need_en} more and {yuan(would)} yuan come off."
    return Outcome(fen=-would, zh=zh, en=en)


def coupon_gives(draft: Draft, deal: Deal, asked: Asked) -> Outcome:
    """What a coupon takes off, or how much is missing for it."""
    rule, lines = deal.terms, open_lines(draft, deal)
    assert isinstance(rule, CouponTerm)
    goods_fen = sum(draft.lines[at].payable_fen for at in lines)
    pieces = sum(draft.lines[at].item.quantity for at in lines)
    if not goods_fen:
        zh, en = f"{deal.name}：购物车里没有可用商品", f"{deal.code}: nothing in the cart is meant."
        return Outcome(zh=zh, en=en)
    if not is_reached(rule.step, goods_fen, pieces):
        return _not_reached(deal, [rule.step], goods_fen, pieces)
    if rule.exchange_pieces:
        return _exchange(draft, rule, lines)
    fen = step_gives(rule.step, goods_fen)
    return Outcome(parts=spread(draft, lines, fen), fen=fen)


def _exchange(draft: Draft, rule: CouponTerm, lines: Sequence[int]) -> Outcome:
    """Of the line whose pieces are dearest now, as many as the coupon is for."""

    def costs(at: int) -> int:
        line = draft.lines[at]
        pieces = min(rule.exchange_pieces, line.item.quantity)
        return line.payable_fen * pieces // line.item.quantity

    at = max(lines, key=lambda at: (costs(at), -at))
    fen = max(costs(at) - rule.for_fen, 0)
    return Outcome(parts={at: fen}, fen=fen)
