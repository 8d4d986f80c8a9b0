"""What a receipt says beyond another of the same number."""

from collections import Counter
from collections.abc import Iterable

from devices.till.shapes import Line, Receipt, Tender


def more_of(first: Receipt, second: Receipt) -> Receipt | None:
    """The sale that makes `second` out of `first`; None when something would have to go back."""
    lines = _lines_beyond(first.lines, second.lines)
    tenders = _tenders_beyond(first.tenders, second.tenders)
    discount_fen = second.discount_fen - first.discount_fen
    total_fen = second.total_fen - first.total_fen
    if not lines or tenders is None or min(discount_fen, total_fen) < 0:
        return None
    changes = {
        "lines": lines,
        "tenders": tenders,
        "discount_fen": discount_fen,
        "total_fen": total_fen,
    }
    return second.model_copy(update=changes)


def _lines_beyond(first: Iterable[Line], second: Iterable[Line]) -> tuple[Line, ...] | None:
    quantity: Counter[tuple[str | None, str | None, int]] = Counter()
    off_fen: Counter[tuple[str | None, str | None, int]] = Counter()
    for lines, sign in ((second, 1), (first, -1)):
        for line in lines:
            key = (line.sku, line.barcode, line.price_fen)
            quantity[key] += sign * line.quantity
            off_fen[key] += sign * line.discount_fen
    if any(n < 0 or off_fen[key] < 0 or (n == 0 and off_fen[key]) for key, n in quantity.items()):
        return None
    return tuple(_line(key, n, off_fen[key]) for key, n in quantity.items() if n)


def _line(key: tuple[str | None, str | None, int], quantity: int, discount_fen: int) -> Line:
    sku, barcode, price_fen = key
    return Line.model_validate(
        {
            "sku": sku,
            "barcode": barcode,
            "quantity": quantity,
            "priceFen": price_fen,
            "discountFen": discount_fen,
            "payableFen": price_fen * quantity - discount_fen,
        }
    )


def _tenders_beyond(first: Iterable[Tender], second: Iterable[Tender]) -> tuple[Tender, ...] | None:
    amount_fen: Counter[tuple[str, str | None]] = Counter()
    for tenders, sign in ((second, 1), (first, -1)):
        for tender in tenders:
            amount_fen[tender.kind, tender.reference] += sign * tender.amount_fen
    if any(fen < 0 for fen in amount_fen.values()):
        return None
    found = [(kind, reference, fen) for (kind, reference), fen in amount_fen.items() if fen]
    return tuple(
        Tender.model_validate({"kind": kind, "amountFen": fen, "reference": reference})
        for kind, reference, fen in found
    )
