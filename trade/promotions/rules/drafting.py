"""The quote while it is being worked out: lines, who touched them, and what was said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.money import split_fen, yuan
from trade.promotions.rules.quote import Reason, Use
from trade.promotions.rules.terms import Asked, Deal, Item, Left, Terms
from trade.promotions.rules.words import UseKind


@dataclass(frozen=True, slots=True)
class Line:
    """`free` pieces are in no set yet; `is_closed`: a deal that shares with nobody was here."""

    item: Item
    sale_fen: int
    price_fen: int
    free: int
    discount_fen: int = 0
    reasons: tuple[Reason, ...] = ()
    is_touched: bool = False
    is_closed: bool = False
    is_gift: bool = False

    @property
    def payable_fen(self) -> int:
        return self.price_fen * self.item.quantity - self.discount_fen


@dataclass(frozen=True, slots=True)
class Draft:
    """Lines in the order of SKU ids, so that the order of a cart changes no fen."""

    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...] = ()
    uses: tuple[Use, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    points_spent: int = 0

    @property
    def payable_fen(self) -> int:
        return sum(line.payable_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a deal would do: what each line gets off, in fen, or why it does nothing."""

    parts: Mapping[int, int] = field(default_factory=dict)
    fen: int = 0
    times: int = 1
    taken: Mapping[int, int] = field(default_factory=dict)
    zh: str = ""
    en: str = ""


Attempt = Callable[[Draft, Deal, Asked], Outcome]


def open_lines(draft: Draft, deal: Deal) -> list[int]:
    """The lines a deal may still work on: in its scope, and shared as both sides allow."""
    return [
        at
        for at, line in enumerate(draft.lines)
        if not line.is_gift
        and not line.is_closed
        and (deal.may_stack or not line.is_touched)
        and deal.scope.has(line.item)
    ]


def spread(draft: Draft, lines: Sequence[int], fen: int) -> dict[int, int]:
    """Share an amount over lines by what they cost, largest remainder first."""
    weights = [draft.lines[at].payable_fen for at in lines]
    if fen <= 0 or not any(weights):
        return {}
    return dict(zip(lines, split_fen(fen, weights), strict=True))


def left_of(deal: Deal, asked: Asked) -> Left:
    return asked.left.get(deal.campaign_id, Left()) if deal.is_limited else Left()


def run_step(draft: Draft, deals: Sequence[Deal], asked: Asked, attempt: Attempt) -> Draft:
    """Every deal by priority; of those in one exclusive group the one that takes most off."""
    queue = sorted(deals, key=lambda deal: (deal.priority, deal.code))
    while queue:
        rivals = [deal for deal in queue if deal is queue[0] or _rival(deal, queue[0])]
        queue = [deal for deal in queue if deal not in rivals]
        draft = _compete(draft, rivals, asked, attempt)
    return draft


def _rival(one: Deal, other: Deal) -> bool:
    return bool(one.group) and one.group == other.group


def _compete(draft: Draft, rivals: Sequence[Deal], asked: Asked, attempt: Attempt) -> Draft:
    tries = [(deal, _affordable(attempt(draft, deal, asked), deal, asked)) for deal in rivals]
    holder = draft.groups.get(rivals[0].group, "") if rivals[0].group else ""
    best = max(tries, key=lambda one: one[1].fen, default=None)
    won = best[0] if best and best[1].fen > 0 and not holder else None
    said = [_say(deal, outcome, won, holder) for deal, outcome in tries]
    draft = replace(draft, reasons=(*draft.reasons, *filter(None, said)))
    return _apply(draft, won, best[1]) if won and best else draft


def _affordable(outcome: Outcome, deal: Deal, asked: Asked) -> Outcome:
    left = left_of(deal, asked)
    short = left.fen is not None and outcome.fen > left.fen
    if outcome.fen > 0 and (short or (left.times is not None and outcome.times > left.times)):
        return spent(deal, outcome.fen)
    return outcome


def spent(deal: Deal, would_fen: int) -> Outcome:
    """Nothing, because a limit is reached; told with what it would have taken off."""
    zh, en = f"{deal.name}：名额或预算已用完", f"{deal.code}: its limit is reached."
    return Outcome(fen=-would_fen, zh=zh, en=en)


def _say(deal: Deal, outcome: Outcome, won: Deal | None, holder: str) -> Reason | None:
    kind, off = deal.kind, yuan(abs(outcome.fen))
    if deal is won:
        zh, en = f"{deal.name}，已减 {off} 元", f"{deal.code}: {off} yuan off."
        return Reason(kind, deal.version, zh, en, outcome.fen, won=True)
    better = holder or (f"“{won.name}”" if won else "")
    if outcome.fen > 0 and better:
        zh = f"{deal.name}：同类优惠每单只用一个，已用更优惠的{better}"
        en = f"{deal.code}: one of its group an order: {won.code if won else 'another'} was taken."
        return Reason(kind, deal.version, zh, en, outcome.fen, won=False)
    if not outcome.zh:
        return None
    return Reason(kind, deal.version, outcome.zh, outcome.en, abs(outcome.fen), won=False)


def _apply(draft: Draft, deal: Deal, outcome: Outcome) -> Draft:
    lines = tuple(_discounted(at, line, deal, outcome) for at, line in enumerate(draft.lines))
    groups = {**draft.groups, deal.group: f"“{deal.name}”"} if deal.group else draft.groups
    return replace(
        draft,
        lines=lines,
        groups=groups,
        uses=draft.uses + use_of(deal, outcome.fen, outcome.times),
    )


def use_of(deal: Deal, fen: int, times: int) -> tuple[Use, ...]:
    """What has to be held in the database: nothing for a deal without limits."""
    return (Use(UseKind.DEAL, deal.campaign_id, fen, times),) if deal.is_limited else ()


def _discounted(at: int, line: Line, deal: Deal, outcome: Outcome) -> Line:
    if at not in outcome.parts:
        return line
    return off(line, deal, outcome.parts[at], pieces=outcome.taken.get(at, 0))


def off(line: Line, deal: Deal, fen: int, *, pieces: int = 0) -> Line:
    """A line with its part of a discount, said why, and marked as touched."""
    part = yuan(fen)
    zh, en = f"分摊“{deal.name}” {part} 元", f"Its share of {deal.code} is {part} yuan."
    return replace(
        line,
        discount_fen=line.discount_fen + fen,
        free=line.free - pieces,
        reasons=(*line.reasons, Reason(deal.kind, deal.version, zh, en, fen, won=True)),
        is_touched=True,
        is_closed=line.is_closed or not deal.may_stack,
    )


Calculator = Callable[[Draft, Terms, Asked], Draft]
