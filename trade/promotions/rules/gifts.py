"""Gifts (赠品): pieces added at price 0, a line of their own, while they last."""

from dataclasses import replace

from core.money import yuan
from trade.promotions.rules.drafting import Draft, Line, left_of, open_lines, use_of
from trade.promotions.rules.quote import Reason
from trade.promotions.rules.terms import Asked, Deal, Gift, Item, Terms
from trade.promotions.rules.words import DealKind


def apply_gifts(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    deals = [deal for deal in terms.deals if deal.kind is DealKind.GIFT and deal.is_for(asked)]
    for deal in sorted(deals, key=lambda deal: (deal.priority, deal.code)):
        draft = _give(draft, deal, terms, asked)
    return draft


def _give(draft: Draft, deal: Deal, terms: Terms, asked: Asked) -> Draft:
    rule = deal.terms
    assert isinstance(rule, Gift)
    earned, missing = _earned(draft, deal, rule)
    if not earned and not missing[0]:
        return draft
    list_fen = terms.gifts.get(rule.sku_id)
    left = left_of(deal, asked)
    pieces = min(n for n in (earned, left.times) if n is not None)
    if left.fen is not None and list_fen:
        pieces = min(pieces, left.fen // list_fen)
    if list_fen is None or rule.sku_id in asked.sold_out or (earned and pieces <= 0):
        missing = ("赠品已送完", "the gift is all gone.")
        pieces = 0
    if deal.group and deal.group in draft.groups and pieces:
        missing, pieces = ("同类优惠每单只用一个", "one of its group an order."), 0
    return (
        _given(draft, deal, rule, pieces, list_fen or 0) if pieces else _lost(draft, deal, missing)
    )


def _earned(draft: Draft, deal: Deal, rule: Gift) -> tuple[int, tuple[str, str]]:
    """How many pieces were earned, and what is missing for the first."""
    lines = [draft.lines[at] for at in open_lines(draft, deal)]
    goods_fen = sum(line.payable_fen for line in lines)
    pieces = sum(line.item.quantity for line in lines)
    if not lines or (not goods_fen and rule.threshold_fen):
        return 0, ("", "")
    if goods_fen < rule.threshold_fen:
        more = yuan(rule.threshold_fen - goods_fen)
        return 0, (f"再买 {more} 元有赠品", f"{more} yuan more and there is a gift.")
    if pieces < rule.pieces:
        more = str(rule.pieces - pieces)
        return 0, (f"再买 {more} 件有赠品", f"{more} pieces more and there is a gift.")
    by_money = goods_fen // rule.threshold_fen if rule.threshold_fen else pieces
    by_pieces = pieces // rule.pieces if rule.pieces else pieces
    times = min(by_money, by_pieces) if rule.is_every else 1
    return min(times * rule.gives, 999), ("", "")


def _lost(draft: Draft, deal: Deal, why: tuple[str, str]) -> Draft:
    zh, en = f"{deal.name}：{why[0]}", f"{deal.code}: {why[1]}"
    return replace(
        draft, reasons=(*draft.reasons, Reason(deal.kind, deal.version, zh, en, 0, won=False))
    )


def _given(draft: Draft, deal: Deal, rule: Gift, pieces: int, list_fen: int) -> Draft:
    zh, en = f"{deal.name}：送 {pieces} 件", f"{deal.code}: {pieces} for nothing."
    item = Item(rule.sku_id, pieces, list_fen)
    worth = list_fen * pieces
    reason = Reason(deal.kind, deal.version, zh, en, worth, won=True)
    gift = Line(item, 0, 0, 0, reasons=(reason,), is_gift=True, is_closed=True)
    groups = {**draft.groups, deal.group: f"“{deal.name}”"} if deal.group else draft.groups
    return replace(
        draft,
        lines=(*_closed(draft, deal), gift),
        reasons=(*draft.reasons, replace(reason, amount_fen=0)),
        groups=groups,
        uses=draft.uses + use_of(deal, worth, pieces),
    )


def _closed(draft: Draft, deal: Deal) -> tuple[Line, ...]:
    """The goods that earned the gift took part in something now."""
    lines = list(draft.lines)
    for at in open_lines(draft, deal):
        lines[at] = replace(lines[at], is_touched=True, is_closed=not deal.may_stack)
    return tuple(lines)
