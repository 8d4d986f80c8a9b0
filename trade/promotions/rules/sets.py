"""Sets of pieces: N for M (N 件优惠) and bundles (套餐). A piece is in one set at most.

The dearest pieces go together, so a shopper saves as much as the rule allows, whatever the order
of the cart. What a set saves is shared over its pieces by their price.
"""

from collections import Counter
from collections.abc import Sequence

from core.money import share_bp, split_fen, yuan
from trade.promotions.rules.drafting import Draft, Outcome, left_of, open_lines, run_step
from trade.promotions.rules.terms import Asked, Bundle, Deal, NForM, Part, Terms
from trade.promotions.rules.words import DealKind

Set = tuple[int, ...]  # the line of each piece, the dearest first


def apply_n_for_m(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    deals = [deal for deal in terms.deals if deal.kind is DealKind.N_FOR_M and deal.is_for(asked)]
    return run_step(draft, deals, asked, _n_for_m)


def apply_bundles(draft: Draft, terms: Terms, asked: Asked) -> Draft:
    deals = [deal for deal in terms.deals if deal.kind is DealKind.BUNDLE and deal.is_for(asked)]
    return run_step(draft, deals, asked, _bundle)


def _dearest_first(draft: Draft, lines: Sequence[int]) -> list[int]:
    """One entry a free piece."""
    ordered = sorted(lines, key=lambda at: (-draft.lines[at].price_fen, at))
    return [at for at in ordered for _ in range(draft.lines[at].free)]


def _most(deal: Deal, asked: Asked, max_sets: int | None, sets: int) -> int:
    left = left_of(deal, asked).times
    return min(n for n in (sets, max_sets, left) if n is not None)


def _n_for_m(draft: Draft, deal: Deal, asked: Asked) -> Outcome:
    rule = deal.terms
    assert isinstance(rule, NForM)
    pieces = _dearest_first(draft, open_lines(draft, deal))
    sets = len(pieces) // rule.pieces
    if not sets:
        missing = rule.pieces - len(pieces)
        zh = f"{deal.name}：再买 {missing} 件可享" if pieces else ""
        return Outcome(zh=zh, en=f"{deal.code}: {missing} more pieces are needed.")
    found = [tuple(pieces[at * rule.pieces : (at + 1) * rule.pieces]) for at in range(sets)]
    saving = [(each, _saves(draft, each, rule)) for each in found]
    worth = [(each, fen) for each, fen in saving if fen > 0]
    return _outcome(draft, deal, worth[: max(_most(deal, asked, rule.max_sets, sets), 0)])


def _saves(draft: Draft, pieces: Set, rule: NForM) -> int:
    prices = [draft.lines[at].price_fen for at in pieces]
    if rule.for_fen is not None:
        return sum(prices) - rule.for_fen
    if rule.pay_pieces is not None:
        return sum(prices[rule.pay_pieces :])
    return prices[-1] - share_bp(prices[-1], rule.cheapest_bp or 0)


def _outcome(draft: Draft, deal: Deal, sets: Sequence[tuple[Set, int]]) -> Outcome:
    if not sets:
        each = "每组不低于现价，或次数已用完"
        return Outcome(zh=f"{deal.name}：{each}", en=f"{deal.code}: nothing to save, or used up.")
    parts: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    for (pieces, fen), times in Counter(sets).items():
        held = Counter(pieces)
        lines = sorted(held)
        weights = [draft.lines[at].price_fen * held[at] for at in lines]
        for at, part in zip(lines, split_fen(fen, weights), strict=True):
            parts[at] += part * times
            taken[at] += held[at] * times
    total = sum(fen for _, fen in sets)
    return Outcome(parts=parts, fen=total, times=len(sets), taken=taken)


def _bundle(draft: Draft, deal: Deal, asked: Asked) -> Outcome:
    rule = deal.terms
    assert isinstance(rule, Bundle)
    lines = open_lines(draft, deal)
    free = {at: draft.lines[at].free for at in lines}
    sets: list[tuple[Set, int]] = []
    most = _most(deal, asked, rule.max_sets, 999)
    while len(sets) < most and (pieces := _one_bundle(draft, free, rule.parts)):
        fen = sum(draft.lines[at].price_fen for at in pieces) - rule.for_fen
        if fen <= 0:
            break
        sets.append((pieces, fen))
    if sets:
        return _outcome(draft, deal, sets)
    wanted = any(part.has(draft.lines[at].item) for part in rule.parts for at in lines)
    price = yuan(rule.for_fen)
    zh = f"{deal.name}：凑齐整套 {price} 元" if wanted else ""
    return Outcome(zh=zh, en=f"{deal.code}: the whole set costs {price} yuan.")


def _one_bundle(draft: Draft, free: dict[int, int], parts: Sequence[Part]) -> Set:
    """The pieces of one bundle, taken out of `free`; empty, and `free` as it was, without one."""
    before, chosen = dict(free), list[int]()
    for part in parts:
        missing = part.pieces
        for at in sorted(free, key=lambda at: (-draft.lines[at].price_fen, at)):
            pieces = min(free[at], missing) if part.has(draft.lines[at].item) else 0
            chosen += [at] * pieces
            free[at] -= pieces
            missing -= pieces
        if missing:
            free.update(before)
            return ()
    return tuple(chosen)
