"""One wish, several invoices: lines over the limit of one invoice go onto further ones.

All parts are known before the first is sent; together they are what was to be invoiced.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.money import split_fen
from invoicing.rules.tax import Nature, Origin, TaxLine, difference_tax, level_out

MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one invoice: lines, discount lines counted, and the sum with tax; None: no limit."""

    most_lines: int = MOST_LINES
    most_fen: int | None = None


def parts_of(lines: Sequence[TaxLine], limits: Limits) -> list[list[TaxLine]]:
    """The lines in their order, on as few invoices as that allows; each keeps both limits.

    A discount stays behind its line. A line that is too dear for any invoice is cut, by pieces
    where it has some, else by amount.
    """
    parts: list[list[TaxLine]] = [[]]
    for unit in _units(lines, limits.most_fen):
        if parts[-1] and not _has_room(parts[-1], unit, limits):
            parts.append([])
        parts[-1] += unit
    return [level_out(part) for part in parts if part]


def _has_room(part: list[TaxLine], unit: list[TaxLine], limits: Limits) -> bool:
    both = [*part, *unit]
    if len(both) > limits.most_lines:
        return False
    return limits.most_fen is None or sum(line.incl_fen for line in both) <= limits.most_fen


def _units(lines: Sequence[TaxLine], most_fen: int | None) -> list[list[TaxLine]]:
    """What must stay together: a line alone, or a line with its discount."""
    units: list[list[TaxLine]] = []
    for line in lines:
        if line.nature is Nature.DISCOUNT:
            units[-1].append(line)
        else:
            units.append([line])
    if most_fen is None:
        return units
    return [made for unit in units for made in _small_enough(unit, most_fen)]


def _small_enough(unit: list[TaxLine], most_fen: int) -> list[list[TaxLine]]:
    whole_fen = sum(line.incl_fen for line in unit)
    if whole_fen <= most_fen:
        return [unit]
    net = replace(
        unit[0],
        nature=Nature.NORMAL,
        incl_fen=whole_fen,
        ex_fen=sum(line.ex_fen for line in unit),
        tax_fen=sum(line.tax_fen for line in unit),
        origins=_of_amount(unit[0].origins, whole_fen),
    )
    return [[piece] for piece in _cut(net, most_fen)]


def _cut(line: TaxLine, most_fen: int) -> list[TaxLine]:
    each = _pieces_each(line, most_fen)
    if each:
        full, rest = divmod(line.quantity, each)
        counts = [each] * full + ([rest] if rest else [])
        amounts = split_fen(line.incl_fen, counts)
    else:
        number = -(-line.incl_fen // most_fen)
        amounts = split_fen(line.incl_fen, [1] * number)
        counts = [0] * number
    return _pieces(line, counts, amounts)


def _pieces_each(line: TaxLine, most_fen: int) -> int:
    """How many whole pieces fit one invoice; none when a single one is too dear."""
    if line.quantity < 2:
        return 0
    return max(0, (most_fen - 1) * line.quantity // line.incl_fen)


def _pieces(line: TaxLine, counts: list[int], amounts: list[int]) -> list[TaxLine]:
    deductions = split_fen(line.deduction_fen, amounts)
    left = list(line.origins)
    made = []
    for count, fen, deduction_fen in zip(counts, amounts, deductions, strict=True):
        tax_fen = difference_tax(fen, deduction_fen, line.tax_bp)
        taken, left = _taken(left, count, fen)
        made.append(
            replace(
                line,
                unit=line.unit if count else "",
                quantity=count,
                incl_fen=fen,
                ex_fen=fen - tax_fen,
                tax_fen=tax_fen,
                deduction_fen=deduction_fen,
                origins=taken,
            )
        )
    return made


def _taken(left: list[Origin], count: int, fen: int) -> tuple[tuple[Origin, ...], list[Origin]]:
    """The first origins up to so many pieces and fen, and what of them is left."""
    taken, rest = [], []
    for one in left:
        some_fen, some = min(fen, one.fen), min(count, one.quantity)
        fen, count = fen - some_fen, count - some
        if some_fen or some:
            taken.append(replace(one, quantity=some, fen=some_fen))
        if one.fen - some_fen or one.quantity - some:
            rest.append(replace(one, quantity=one.quantity - some, fen=one.fen - some_fen))
    return tuple(taken), rest


def _of_amount(origins: tuple[Origin, ...], fen: int) -> tuple[Origin, ...]:
    if not any(one.fen for one in origins):
        return origins
    shares = split_fen(fen, [one.fen for one in origins])
    return tuple(replace(one, fen=share) for one, share in zip(origins, shares, strict=True))
