"""Whether a receipt can be true: its sums, its barcodes, its time; and what a numbering lacks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import split_fen
from devices.errors import (
    TillBarcodeWrong,
    TillOriginNeeded,
    TillStoredValue,
    TillSumsDiffer,
    TillTimeWrong,
    TillUnreadable,
)
from devices.rules import ReceiptKind
from devices.till.shapes import Line, Receipt

AHEAD = timedelta(hours=24)  # a till's clock may be this much wrong
BACK = frozenset({ReceiptKind.RETURN, ReceiptKind.VOID})
LABELS = frozenset({8, 12, 13, 14})  # digits of an EAN-8, UPC-A, EAN-13, GTIN-14


def check_receipt(receipt: Receipt, at: datetime) -> None:
    """Raises TillSumsDiffer, TillBarcodeWrong, TillTimeWrong, TillOriginNeeded, TillStoredValue."""
    if receipt.sold_at > at + AHEAD:
        raise TillTimeWrong(place="soldAt")
    if (receipt.kind in BACK) != (receipt.of is not None):
        raise TillOriginNeeded(place="of")
    _check_goods(receipt)
    _check_sums(receipt)


def _check_goods(receipt: Receipt) -> None:
    needs_lines = receipt.kind in {ReceiptKind.SALE, ReceiptKind.RETURN}
    if bool(receipt.lines) != needs_lines:
        raise TillUnreadable(lines="missing" if needs_lines else "not_expected")
    for place, line in enumerate(receipt.lines):
        if (line.sku is None) == (line.barcode is None):
            raise TillUnreadable(**{f"lines/{place}": "sku_or_barcode"})
        if line.barcode is not None and not has_check_digit(line.barcode):
            raise TillBarcodeWrong(place=f"lines/{place}/barcode")


def has_check_digit(label: str) -> bool:
    """Whether a barcode checks by GS1's modulo 10; a code of other lengths is the shop's own."""
    if not label.isdecimal() or len(label) not in LABELS:
        return not label.isdecimal()
    weighted = sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(reversed(label)))
    return weighted % 10 == 0


def _check_sums(receipt: Receipt) -> None:
    for place, line in enumerate(receipt.lines):
        if line.price_fen * line.quantity - line.discount_fen != line.payable_fen:
            raise TillSumsDiffer(place=f"lines/{place}")
    if any(tender.kind == "stored_value" for tender in receipt.tenders):
        raise TillStoredValue(place="tenders")
    of_lines = sum(line.payable_fen for line in receipt.lines)
    if receipt.kind in {ReceiptKind.SALE, ReceiptKind.RETURN}:
        if of_lines - receipt.discount_fen != receipt.total_fen:
            raise TillSumsDiffer(place="totalFen", lines_fen=of_lines, total_fen=receipt.total_fen)
    elif receipt.kind is ReceiptKind.CANCELLED and (receipt.total_fen or receipt.tenders):
        raise TillSumsDiffer(place="totalFen")
    paid = sum(tender.amount_fen for tender in receipt.tenders)
    if paid != receipt.total_fen:
        raise TillSumsDiffer(place="tenders", tenders_fen=paid, total_fen=receipt.total_fen)


@dataclass(frozen=True, slots=True)
class Sold:
    """One SKU of a receipt with its share of every discount. `price_fen` is for one piece."""

    sku_id: int
    quantity: int
    price_fen: int
    discount_fen: int
    payable_fen: int


def sold_goods(receipt: Receipt, sku_ids: Iterable[int]) -> tuple[Sold, ...]:
    """The lines with the discount of the whole shared among them; two of one SKU become one.

    `sku_ids` stand in the order of the lines. The amounts add up to the receipt's total.
    """
    weights = [line.payable_fen for line in receipt.lines]
    off = split_fen(receipt.discount_fen, weights) if receipt.discount_fen else [0] * len(weights)
    by_sku: dict[int, list[tuple[Line, int]]] = {}
    for sku_id, line, share in zip(sku_ids, receipt.lines, off, strict=True):
        by_sku.setdefault(sku_id, []).append((line, line.payable_fen - share))
    return tuple(_one(sku_id, parts) for sku_id, parts in sorted(by_sku.items()))


def _one(sku_id: int, parts: list[tuple[Line, int]]) -> Sold:
    quantity = sum(line.quantity for line, _ in parts)
    price = max(line.price_fen for line, _ in parts)
    payable = sum(fen for _, fen in parts)
    return Sold(sku_id, quantity, price, price * quantity - payable, payable)


def gaps(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The runs that lack between the smallest and the largest number, as (first, last)."""
    found, before = list[tuple[int, int]](), None
    for number in sorted(set(numbers)):
        if before is not None and number > before + 1:
            found.append((before + 1, number - 1))
        before = number
    return found
