"""Files of tills: CSV with one row for each line of a receipt, or JSONL with a receipt a line.

What a spreadsheet does to a file is expected: a byte order mark, GBK, numbers turned into 1.23E+15,
cells that begin like a formula.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.errors import DomainError
from core.strict_json import NotStrict, read_object
from devices.errors import TillFileUnreadable, TillNumberMangled, TillUnreadable
from devices.till.shapes import MANGLED

MONEY = ("cash", "card", "wechat", "alipay", "other", "stored_value")
OF_RECEIPT = (
    "kind", "store_code", "till", "receipt_no", "sequence", "sold_at", "clerk", "member",
    "of_receipt_no", "of_till", "of_store_code", "discount_fen", "total_fen",
    *(f"{kind}_fen" for kind in MONEY),
)  # fmt: skip
OF_LINE = ("sku", "barcode", "quantity", "price_fen", "line_discount_fen", "payable_fen")
NEEDED = ("store_code", "till", "receipt_no", "sold_at")
NUMBERS = frozenset({"sequence", "quantity"})
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 200_000


@dataclass(slots=True)
class Item:
    """One receipt of a file: where it began, what was read, or why it cannot be."""

    line: int
    value: Any = field(default_factory=dict)
    error: DomainError | None = None
    rows: list[dict[str, str]] = field(default_factory=list)


def text_of(raw: bytes) -> str:
    """Tills write UTF-8 with or without a mark, or GBK. Raises TillFileUnreadable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TillFileUnreadable(file="encoding")


def read_jsonl(raw: bytes) -> list[Item]:
    """One receipt a line; an empty line is skipped, a broken one is refused alone."""
    found = []
    for number, line in enumerate(text_of(raw).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(Item(number, read_object(line)))
        except NotStrict as why:
            found.append(Item(number, error=TillUnreadable(receipt=str(why).replace(" ", "_"))))
    return found


def read_csv(raw: bytes) -> list[Item]:
    """Rows of one store, till and receipt number make one receipt, wherever they stand.

    What is of the receipt stands in each of its rows, or in the first and nowhere else.
    Raises TillFileUnreadable when the header is not ours or the quotes are broken.
    """
    rows = _rows(text_of(raw))
    found: dict[tuple[str, str, str], Item] = {}
    for number, cells in rows:
        key = (cells.get("store_code", ""), cells.get("till", ""), cells.get("receipt_no", ""))
        item = found.setdefault(key, Item(number))
        item.rows.append(cells)
    for item in found.values():
        try:
            item.value = _receipt(item.rows)
        except DomainError as error:
            item.error = error
    return list(found.values())


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header)
        for values in reader:
            if reader.line_num > MOST_ROWS:
                raise TillFileUnreadable(rows=MOST_ROWS)
            if any(value.strip() for value in values):
                given = dict(zip(header, (value.strip() for value in values), strict=False))
                extra = {"": "x"} if len(values) != len(header) else {}
                yield reader.line_num, {name: v for name, v in given.items() if v} | extra
    except csv.Error:
        raise TillFileUnreadable(line=reader.line_num) from None


def _check_header(header: list[str]) -> None:
    known = {*OF_RECEIPT, *OF_LINE}
    for name in header:
        if name not in known:
            raise TillFileUnreadable(unknown_column=name[:40])
        if header.count(name) > 1:
            raise TillFileUnreadable(repeated_column=name)
    for name in NEEDED:
        if name not in header:
            raise TillFileUnreadable(missing_column=name)


def _receipt(rows: list[dict[str, str]]) -> dict[str, Any]:
    if any("" in cells for cells in rows):
        raise TillUnreadable(row="wrong_cell_count")
    head = _head(rows)
    value: dict[str, Any] = {
        name: _value(key, head[key])
        for name, key in (
            ("kind", "kind"), ("storeCode", "store_code"), ("till", "till"),
            ("receiptNo", "receipt_no"), ("sequence", "sequence"), ("soldAt", "sold_at"),
            ("clerk", "clerk"), ("member", "member"), ("discountFen", "discount_fen"),
            ("totalFen", "total_fen"),
        )
        if key in head
    }  # fmt: skip
    origin = (("receiptNo", "of_receipt_no"), ("till", "of_till"), ("storeCode", "of_store_code"))
    named = {name: head[key] for name, key in origin if key in head}
    money = [(kind, head[f"{kind}_fen"]) for kind in MONEY if head.get(f"{kind}_fen", "0") != "0"]
    tenders = [{"kind": kind, "amountFen": _value(f"{kind}_fen", fen)} for kind, fen in money]
    lines = [_line(cells) for cells in rows if any(name in cells for name in OF_LINE)]
    return value | {"lines": lines, "tenders": tenders} | ({"of": named} if named else {})


def _head(rows: list[dict[str, str]]) -> dict[str, str]:
    """Raises TillUnreadable when two rows of one receipt say different things of it."""
    head = {name: text for name, text in rows[0].items() if name in OF_RECEIPT}
    for cells in rows[1:]:
        for name in OF_RECEIPT:
            if name in cells and cells[name] != head.get(name):
                raise TillUnreadable(**{name: "rows_differ"})
    return head


def _line(cells: dict[str, str]) -> dict[str, Any]:
    names = (
        ("sku", "sku"), ("barcode", "barcode"), ("quantity", "quantity"),
        ("priceFen", "price_fen"), ("discountFen", "line_discount_fen"),
        ("payableFen", "payable_fen"),
    )  # fmt: skip
    return {name: _value(key, cells[key]) for name, key in names if key in cells}


def _value(name: str, text: str) -> Any:
    """A number where one is meant. Raises TillNumberMangled, TillUnreadable."""
    if not name.endswith("_fen") and name not in NUMBERS:
        return text
    if MANGLED.fullmatch(text):
        raise TillNumberMangled(place=name)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise TillUnreadable(**{name: "bad_number"})
    return int(text)


def refused_csv(refused: list[tuple[Item, DomainError]]) -> bytes:
    """The refused receipts as a file: line, code, sentences, places, and the rows as they came.

    UTF-8 with its mark; a cell that a spreadsheet would run as a formula is quoted.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "code", "zh", "en", "facts", "row"])
    for item, error in refused:
        facts = json.dumps(error.facts, ensure_ascii=False)
        came = json.dumps(item.rows or item.value, ensure_ascii=False)
        texts = (error.code, error.zh, error.en, facts, came)
        writer.writerow([item.line, *map(_safe, texts)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text
