"""Tax arithmetic on whole fen. Prices include the tax; a line's tax is rounded, ex is the rest."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from core.money import split_fen

WHOLE_BP = 10_000
MOST_ERROR = 120 * WHOLE_BP  # providers refuse a sum of line errors above 1.27 yuan
MOST_LINE_ERROR = 6 * WHOLE_BP  # and a line's above 0.06


class Nature(IntEnum):
    NORMAL = 0
    DISCOUNT = 1  # 折扣行
    DISCOUNTED = 2  # 被折扣行


class Policy(StrEnum):
    """Why a line is taxed otherwise than its rate says (优惠政策)."""

    NONE = ""
    SIMPLE = "simple"  # 简易征收
    EXEMPT = "exempt"  # 免税
    NOT_TAXED = "not_taxed"  # 不征税
    ZERO = "zero"  # 普通零税率
    DIFFERENCE = "difference"  # 差额征税


UNTAXED = frozenset({Policy.EXEMPT, Policy.NOT_TAXED, Policy.ZERO})


@dataclass(frozen=True, slots=True)
class Origin:
    """Which line of which sale stands behind a line of an invoice, and with how much of it.

    `key` is the id of the order line, or the place on a receipt that a box read.
    """

    sale_id: int
    key: str
    quantity: int
    fen: int


@dataclass(frozen=True, slots=True)
class Goods:
    """What was sold: the amount of the whole line with tax, before and after its own discount."""

    name: str
    spec: str
    unit: str
    quantity: int
    tax_code: str
    tax_bp: int
    gross_fen: int
    discount_fen: int = 0
    policy: Policy = Policy.NONE
    deduction_fen: int = 0
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A line of an invoice: `ex_fen + tax_fen == incl_fen`. A discount line has quantity 0.

    `deduction_fen` is what is taken off before the tax where only a difference is taxed.
    """

    name: str
    spec: str
    unit: str
    quantity: int
    tax_code: str
    tax_bp: int
    incl_fen: int
    ex_fen: int
    tax_fen: int
    nature: Nature = Nature.NORMAL
    policy: Policy = Policy.NONE
    deduction_fen: int = 0
    origins: tuple[Origin, ...] = ()

    @property
    def error(self) -> int:
        """How far the rounded tax is from ex x rate, in fen x 10000."""
        if self.deduction_fen:
            return 0
        return self.ex_fen * self.tax_bp - self.tax_fen * WHOLE_BP


def read_line(facts: dict[str, Any]) -> TaxLine:
    """A line as it is kept in a row."""
    origins = tuple(Origin(**origin) for origin in facts["origins"])
    nature, policy = Nature(facts["nature"]), Policy(facts["policy"])
    return TaxLine(**{**facts, "nature": nature, "policy": policy, "origins": origins})


@dataclass(frozen=True, slots=True)
class Totals:
    ex_fen: int
    tax_fen: int
    incl_fen: int


def tax_of(incl_fen: int, tax_bp: int) -> int:
    """incl x rate / (1 + rate), half up to the fen; of a negative amount the negative."""
    if incl_fen < 0:
        return -tax_of(-incl_fen, tax_bp)
    divisor = WHOLE_BP + tax_bp
    return (2 * incl_fen * tax_bp + divisor) // (2 * divisor)


def shares(goods: Sequence[Goods], order_discount_fen: int) -> list[int]:
    """An order's discount over the lines, by what each costs after its own discount.

    The parts add up; no part exceeds its line.
    """
    costs = [line.gross_fen - line.discount_fen for line in goods]
    if not order_discount_fen:
        return [0] * len(goods)
    return split_fen(order_discount_fen, costs)


def net_lines(goods: Sequence[Goods], order_discount_fen: int = 0) -> list[TaxLine]:
    """Discounts folded into the price; lines that come to 0.00 are left out."""
    given = zip(goods, shares(goods, order_discount_fen), strict=True)
    lines = [_line(line, line.gross_fen - line.discount_fen - share) for line, share in given]
    return [line for line in lines if line.incl_fen]


def discount_lines(goods: Sequence[Goods], order_discount_fen: int = 0) -> list[TaxLine]:
    """Each discounted line at its full price, and right behind it the discount.

    A pair is the net line to the fen.
    """
    lines: list[TaxLine] = []
    for item, share in zip(goods, shares(goods, order_discount_fen), strict=True):
        off = item.discount_fen + share
        full, net = _line(item, item.gross_fen), _line(item, item.gross_fen - off)
        if not off:
            lines.append(full)
            continue
        cut = replace(
            full,
            origins=(),
            spec="",
            unit="",
            quantity=0,
            incl_fen=-off,
            ex_fen=net.ex_fen - full.ex_fen,
            tax_fen=net.tax_fen - full.tax_fen,
            nature=Nature.DISCOUNT,
        )
        lines += [replace(full, nature=Nature.DISCOUNTED, origins=net.origins), cut]
    return lines


def merged(goods: Sequence[Goods]) -> list[Goods]:
    """Lines of the same goods, price and rate without own discount become one, before rounding."""
    sums: dict[object, list[Goods]] = defaultdict(list)
    for index, line in enumerate(goods):
        is_own = line.discount_fen or line.deduction_fen or not line.quantity
        is_plain = not is_own and not line.gross_fen % line.quantity
        price = line.gross_fen // line.quantity if is_plain else None
        same = (line.name, line.spec, line.unit, line.tax_code, line.tax_bp, line.policy, price)
        sums[same if is_plain else index].append(line)
    return [
        replace(
            same[0],
            quantity=sum(line.quantity for line in same),
            gross_fen=sum(line.gross_fen for line in same),
            origins=tuple(origin for line in same for origin in line.origins),
        )
        for same in sums.values()
    ]


def totals(lines: Sequence[TaxLine]) -> Totals:
    """Sums of the lines, never worked out again from the grand total."""
    return Totals(
        ex_fen=sum(line.ex_fen for line in lines),
        tax_fen=sum(line.tax_fen for line in lines),
        incl_fen=sum(line.incl_fen for line in lines),
    )


def level_out(lines: Sequence[TaxLine]) -> list[TaxLine]:
    """Move single fen between tax and ex where many half fen of rounding add up too far.

    What the guest paid stays on each line; no line strays further than providers allow.
    """
    levelled = list(lines)
    error = sum(line.error for line in levelled)
    step = 1 if error > 0 else -1  # a fen more of tax takes 1 + rate off the error
    by_error = sorted(range(len(levelled)), key=lambda index: -step * levelled[index].error)
    for index in by_error:
        if abs(error) <= MOST_ERROR:
            break
        line = levelled[index]
        moved = replace(line, ex_fen=line.ex_fen - step, tax_fen=line.tax_fen + step)
        is_free = line.tax_bp and line.ex_fen and not line.deduction_fen
        if is_free and abs(moved.error) <= MOST_LINE_ERROR:
            levelled[index] = moved
            error += moved.error - line.error
    return levelled


def unit_price(line: TaxLine) -> str:
    """Without tax, up to 8 decimals, no zeros at the end; empty where there is no quantity."""
    if not line.quantity:
        return ""
    price = (Decimal(line.ex_fen) / 100 / line.quantity).quantize(Decimal("1e-8"))
    return f"{price.normalize():f}"


def difference_tax(incl_fen: int, deduction_fen: int, tax_bp: int) -> int:
    """Where only a difference is taxed (差额征税): the tax of what is left after the deduction."""
    return tax_of(max(0, incl_fen - deduction_fen), tax_bp)


def _line(goods: Goods, incl_fen: int) -> TaxLine:
    tax_bp = 0 if goods.policy in UNTAXED else goods.tax_bp
    tax_fen = difference_tax(incl_fen, goods.deduction_fen, tax_bp)
    return TaxLine(
        name=goods.name,
        spec=goods.spec,
        unit=goods.unit,
        quantity=goods.quantity,
        tax_code=goods.tax_code,
        tax_bp=tax_bp,
        incl_fen=incl_fen,
        ex_fen=incl_fen - tax_fen,
        tax_fen=tax_fen,
        policy=goods.policy,
        deduction_fen=goods.deduction_fen,
        origins=_shared(goods.origins, incl_fen),
    )


def _shared(origins: Sequence[Origin], incl_fen: int) -> tuple[Origin, ...]:
    """What the line came to, over the sales behind it."""
    if not any(origin.fen for origin in origins):
        return tuple(origins)
    parts = split_fen(incl_fen, [origin.fen for origin in origins])
    return tuple(replace(one, fen=part) for one, part in zip(origins, parts, strict=True))
