"""What of a blue invoice is taken back, to the fen: by running totals, so nothing is ever over.

Amounts are positive fen here. What was taken back so far and what is taken now always make the
rounded share of the whole, and the last red takes what is left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from core.money import split_fen
from invoicing.reds.errors import NothingToTakeBack
from invoicing.rules.tax import Nature, Origin, TaxLine

NONE = Decimal(0)
Place = tuple[int, int, int]  # invoice, line number, sale
Came = Mapping[tuple[int, str], Decimal]  # pieces that came back, by sale and its line


@dataclass(frozen=True, slots=True)
class BlueLine:
    """What one sale has in a line of a blue invoice, its discount folded in, and what was taken

    back of it so far. `line_no` counts the lines of the invoice from 1, discount lines too; `sold`
    says how many pieces of which line of the sale it is.
    """

    invoice_id: int
    line_no: int
    sale_id: int
    name: str
    spec: str
    unit: str
    quantity: Decimal
    tax_code: str
    tax_bp: int
    incl_fen: int
    tax_fen: int
    sold: tuple[tuple[str, Decimal], ...] = ()
    red_quantity: Decimal = NONE
    red_incl_fen: int = 0
    red_tax_fen: int = 0

    @property
    def place(self) -> Place:
        return self.invoice_id, self.line_no, self.sale_id

    @property
    def left_fen(self) -> int:
        return self.incl_fen - self.red_incl_fen

    @property
    def left_pieces(self) -> Decimal:
        return self.quantity - self.red_quantity


@dataclass(frozen=True, slots=True)
class Take:
    """What one red letter takes of one line. `quantity` 0: only its amount is lowered."""

    line: BlueLine
    quantity: Decimal
    incl_fen: int
    tax_fen: int

    @property
    def ex_fen(self) -> int:
        return self.incl_fen - self.tax_fen


def folded(invoice_id: int, sale_id: int, lines: Sequence[TaxLine]) -> list[BlueLine]:
    """The lines as a red letter knows them: no discount lines, and each sale's share by itself.

    `sale_id` owns the lines that do not say whose they are.
    """
    nets: list[tuple[int, TaxLine]] = []
    for line_no, line in enumerate(lines, start=1):
        if line.nature is Nature.DISCOUNT:
            nets[-1] = (nets[-1][0], _less(nets[-1][1], line))
        else:
            nets.append((line_no, line))
    return [
        blue
        for line_no, line in nets
        if line.incl_fen
        for blue in _by_sale(invoice_id, sale_id, line_no, line)
    ]


def _less(line: TaxLine, cut: TaxLine) -> TaxLine:
    incl, tax = line.incl_fen + cut.incl_fen, line.tax_fen + cut.tax_fen
    return replace(line, incl_fen=incl, tax_fen=tax, ex_fen=incl - tax)


def _by_sale(invoice_id: int, sale_id: int, line_no: int, line: TaxLine) -> Iterator[BlueLine]:
    shares: dict[int, list[Origin]] = {}
    for origin in line.origins or (Origin(sale_id, "", line.quantity, line.incl_fen),):
        shares.setdefault(origin.sale_id, []).append(origin)
    worth = [sum(origin.fen for origin in own) for own in shares.values()]
    parts = split_fen(line.incl_fen, worth if sum(worth) else [1 for _ in worth])
    spent = taxed = 0
    for (owner, own), part in zip(shares.items(), parts, strict=True):
        spent += part
        tax = half_up(line.tax_fen, spent, line.incl_fen) - taxed
        taxed += tax
        yield BlueLine(
            invoice_id=invoice_id,
            line_no=line_no,
            sale_id=owner,
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            quantity=sum((Decimal(origin.quantity) for origin in own), NONE),
            tax_code=line.tax_code,
            tax_bp=line.tax_bp,
            incl_fen=part,
            tax_fen=tax,
            sold=tuple((origin.key, Decimal(origin.quantity)) for origin in own),
        )


def half_up(amount: int, part: Decimal | int, whole: Decimal | int) -> int:
    """amount x part / whole, half a fen upwards. Of amounts >= 0."""
    return int(Fraction(amount) * Fraction(part) / Fraction(whole) + Fraction(1, 2))


def of_pieces(line: BlueLine, pieces: Decimal) -> Take:
    """So many pieces come back: at most those that are left. The last ones take what is left."""
    pieces = min(pieces, line.left_pieces)
    if pieces <= 0:
        return Take(line, NONE, 0, 0)
    so_far = line.red_quantity + pieces
    incl = half_up(line.incl_fen, so_far, line.quantity) - line.red_incl_fen
    tax = half_up(line.tax_fen, so_far, line.quantity) - line.red_tax_fen
    return _fitted(line, pieces, incl, tax)


def of_amount(line: BlueLine, fen: int) -> Take:
    """An amount with tax is taken off, at most what is left; with all of it the pieces go too."""
    incl = min(fen, line.left_fen)
    tax = half_up(line.tax_fen, line.red_incl_fen + incl, line.incl_fen) - line.red_tax_fen
    pieces = line.left_pieces if incl == line.left_fen else NONE
    return _fitted(line, pieces, incl, tax)


def _fitted(line: BlueLine, pieces: Decimal, incl: int, tax: int) -> Take:
    """Within what is left of amount and tax, now and for those who come after."""
    incl = max(0, min(incl, line.left_fen))
    left_tax = line.tax_fen - line.red_tax_fen
    least = max(0, left_tax - (line.left_fen - incl))
    return Take(line, pieces, incl, max(least, min(tax, left_tax, incl)))


def taken(line: BlueLine, take: Take) -> BlueLine:
    """The line after that red letter."""
    return replace(
        line,
        red_quantity=line.red_quantity + take.quantity,
        red_incl_fen=line.red_incl_fen + take.incl_fen,
        red_tax_fen=line.red_tax_fen + take.tax_fen,
    )


def allocated(lines: Sequence[BlueLine], fen: int, came: Came | None = None) -> list[Take]:
    """Take `fen` off these lines: first for the pieces that came back, the rest by what is left.

    The takes add up to `fen`. Raises NothingToTakeBack when there is not so much left.
    """
    left = sum(line.left_fen for line in lines)
    if not 0 < fen <= left:
        raise NothingToTakeBack(fen=fen, left_fen=left)
    if fen == left:
        return [of_amount(line, line.left_fen) for line in lines if line.left_fen]
    pieces = placed(lines, came or {})
    base = [of_pieces(line, pieces.get(line.place, NONE)) for line in lines]
    return _levelled(base, fen - sum(take.incl_fen for take in base))


def placed(lines: Sequence[BlueLine], came: Came) -> dict[Place, Decimal]:
    """In which invoice lines the pieces that came back stand: the first that have room."""
    open_pieces, found = dict(came), dict[Place, Decimal]()
    for line in lines:
        room = line.left_pieces
        for key, sold in line.sold:
            part = min(open_pieces.get((line.sale_id, key), NONE), sold, room)
            if part > 0:
                open_pieces[line.sale_id, key] -= part
                found[line.place] = found.get(line.place, NONE) + part
                room -= part
    return found


def _levelled(base: Sequence[Take], rest: int) -> list[Take]:
    """More or less money than the pieces are worth: the difference goes over the lines."""
    if rest < 0:
        worth = [take.incl_fen for take in base]
        return _changed(base, [-cut for cut in split_fen(-rest, worth)])
    if rest > 0:
        room = [take.line.left_fen - take.incl_fen for take in base]
        return _changed(base, split_fen(rest, room))
    return [take for take in base if take.incl_fen]


def _changed(base: Sequence[Take], by: Sequence[int]) -> list[Take]:
    takes = [_moved(take, fen) for take, fen in zip(base, by, strict=True)]
    return [take for take in takes if take.incl_fen]


def _moved(take: Take, fen: int) -> Take:
    """A fen of rounding leaves the pieces named; a real difference makes it an amount only."""
    if fen == 0:
        return take
    made = of_amount(take.line, take.incl_fen + fen)
    return replace(made, quantity=take.quantity) if abs(fen) == 1 and take.quantity else made
