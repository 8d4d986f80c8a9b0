"""The goods on a receipt: which rows belong together, and what one piece of goods costs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise

from devices.box.paper import width
from devices.box.rows import Head, Row, head_of, row_of
from devices.box.values import CENT, NUMBER, number
from devices.box.words import ITEM_OFF, flat, is_rule

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_./#]{1,23}")
_LONG_CODE = re.compile(r"^(\d{8}|\d{12,14})\s+(?=\S)")
_FIRST_CODE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9\-_./#]*)\s+(?=\S)")
_SEQ = re.compile(r"^\s*\(?(\d{1,3})\s*[.、)．]\s*")
_OFF = re.compile(rf"^\s*(.*?[^\s\d:])[\s:]*({NUMBER})元?\s*$")


@dataclass(frozen=True, slots=True)
class Goods:
    """`gross` is quantity times price; `amount` is what is owed for it after `discount`."""

    name: str
    code: str | None
    unit: str | None
    qty: Decimal
    price: Decimal | None
    gross: Decimal
    discount: Decimal
    amount: Decimal
    printed: frozenset[str]


@lru_cache(1024)
def item_discount(text: str) -> Decimal | None:
    """What a line under a piece of goods takes off it."""
    match = _OFF.match(flat(text))
    if match is None or not _says_off(match[1].strip(" :*-[]").strip()):
        return None
    found = number(match[2])
    return None if found is None else abs(found)


def _says_off(label: str) -> bool:
    """A word for a discount, or the same in two languages (Discount 折扣)."""
    words = label.split()
    return bool(ITEM_OFF.match(label) or (words and all(map(ITEM_OFF.match, words))))


def goods_of(lines: Sequence[str], head: Head | None) -> list[Goods]:
    """The goods among the lines between heading and sums. Lines without meaning are names."""
    rows: list[Row | Decimal] = []
    for text in lines:
        if not text.strip() or is_rule(text) or head_of(text):
            continue
        off = item_discount(text)
        rows.append(row_of(text, head) if off is None else off)
    said = [text for text in lines if text.strip() and not is_rule(text)]
    margin = min((_trailing(text) for text in said), default=0)
    return _named(_joined(_one_way(rows), head), head, margin)


def _trailing(text: str) -> int:
    return len(text) - len(text.rstrip())


def _one_way(rows: list[Row | Decimal]) -> list[Row | Decimal]:
    """Where 2.00*29.90 could be read both ways, all rows of a receipt are read the same way."""
    plain = [row for row in rows if isinstance(row, Row)]
    sure = [row.is_price_first for row in plain if row.is_operated and not row.is_swappable]
    unsure = [row for row in plain if row.is_swappable]
    if sure:
        is_price_first = sum(sure) * 2 > len(sure)
    else:
        is_price_first = sum(map(_is_price_second, unsure)) * 2 < len(unsure)
    return [
        replace(row, qty=row.price, price=row.qty)
        if isinstance(row, Row) and row.is_swappable and row.is_price_first != is_price_first
        else row
        for row in rows
    ]


def _is_price_second(row: Row) -> bool:
    """Of two numbers the whole one is the quantity."""
    first, second = (row.price, row.qty) if row.is_price_first else (row.qty, row.price)
    return (first or Decimal(0)) % 1 == 0 or (second or Decimal(0)) % 1 != 0


@dataclass(slots=True)
class _Entry:
    parts: list[str]
    row: Row
    code: str | None = None
    off: Decimal = Decimal(0)
    has_off: bool = False
    is_behind: bool = False  # rows of the name follow the numbers


def _joined(rows: list[Row | Decimal], head: Head | None) -> list[_Entry]:
    is_before = _names_come_first(rows)
    has_codes = _have_codes(rows, head)
    found: list[_Entry] = []
    pending: list[str] = []
    for row in rows:
        if isinstance(row, Decimal):
            if found:
                found[-1].off, found[-1].has_off = found[-1].off + row, True
        elif row.has_numbers:
            found.append(_entry(pending, row, has_codes=has_codes))
            pending = []
        elif is_before or not found:
            pending.append(row.name)
        else:
            found[-1].parts.append(row.name)
            found[-1].is_behind = True
    return found


def _entry(pending: list[str], row: Row, *, has_codes: bool) -> _Entry:
    own = row.name.strip()
    if own and has_codes and _CODE.fullmatch(own):
        return _Entry(pending, row, own)
    parts = [*pending, row.name] if own else list(pending)
    if (
        len(parts) > 1
        and has_codes
        and re.search(r"\d", parts[-1])
        and _CODE.fullmatch(parts[-1].strip())
    ):
        return _Entry(parts[:-1], row, parts[-1].strip())
    return _Entry(parts, row)


def _names_come_first(rows: list[Row | Decimal]) -> bool:
    """Whether a row without numbers belongs to the next row with numbers, or to the last one."""
    plain = [row for row in rows if isinstance(row, Row)]
    names = [row for row in plain if not row.has_numbers]
    numbered = [row for row in plain if row.has_numbers]
    if not names or not numbered or not plain[0].has_numbers:
        return True
    if any(not row.name.strip() for row in numbered):
        return True
    if not plain[-1].has_numbers:
        return False
    return _fill(plain)


def _fill(rows: Sequence[Row]) -> bool:
    """Of a wrapped name all rows but the last are full: no sign of the next row had room there.

    Where that holds for rows without numbers and the row after them, names come first; where it
    also holds for the row before them, the fuller rows say so.
    """
    full = max(width(row.name.rstrip()) for row in rows)
    pairs = list(pairwise(rows))
    before = [pair for pair in pairs if not pair[0].has_numbers]
    behind = [pair for pair in pairs if not pair[1].has_numbers]
    is_before, is_behind = (
        all(width(a.name.rstrip()) + width(b.name.lstrip()[:1]) >= full for a, b in each)
        for each in (before, behind)
    )
    names = [width(row.name.rstrip()) for row in rows if not row.has_numbers]
    return is_before and (not is_behind or min(names) + 2 >= full)


def _have_codes(rows: list[Row | Decimal], head: Head | None) -> bool:
    """Two-row goods: a name, then a code with the numbers. Not the tail of a wrapped name."""
    plain = [row for row in rows if isinstance(row, Row)]
    numbered = [row for row in plain if row.has_numbers]
    if head and "name" in head.roles and "code" not in head.roles:
        return False
    owns = [row.name for row in numbered if row.name.strip()]
    pairs = zip([None, *plain], plain, strict=False)
    all_after_names = all(
        before is not None and not before.has_numbers for before, row in pairs if row.has_numbers
    )
    is_code = all(_CODE.fullmatch(own.strip()) and re.search(r"\d|[A-Z]", own) for own in owns)
    is_marked = all(row.is_operated or row.name[:1].isspace() for row in numbered)
    lonely = [row.name.strip() for row in plain if not row.has_numbers]
    has_lonely = any(_CODE.fullmatch(name) and re.search(r"\d{4}", name) for name in lonely)
    return (bool(owns) and all_after_names and is_code and is_marked) or has_lonely


def name_of(parts: Sequence[str], full: int, margin: int | None = None) -> str:
    """A wrapped name joined again; `full` is the width of the name column.

    A blank that stood at the break is put back: it leads the next row, or ends this one (behind
    which all rows have `margin` blanks), or the row was too short for a letter that would still
    have fitted.
    """
    name, before, is_ended = "", "", False
    base = len(parts[0]) - len(parts[0].lstrip()) if parts else 0
    for part in parts:
        lead = len(part) - len(part.lstrip()) - base
        cut = part.strip()
        if name and cut:
            room = full - width(before)
            has_blank = lead == 1 or is_ended or 0 < width(cut[0]) <= room
            name += " " if has_blank else ""
        is_ended = margin is not None and _trailing(part) == margin + 1
        name, before = name + cut, part.rstrip()
    return name


def _named(entries: list[_Entry], head: Head | None, margin: int) -> list[Goods]:
    full = max((width(part.rstrip()) for entry in entries for part in entry.parts), default=0)
    names = [name_of(e.parts, full, None if e.is_behind else margin) for e in entries]
    numbers = [_SEQ.match(name) for name in names]
    if names and all(match and int(match[1]) == at for at, match in enumerate(numbers, start=1)):
        names = [
            name[match.end() :] if match else name
            for name, match in zip(names, numbers, strict=True)
        ]
    return [_goods(entry, name, head) for entry, name in zip(entries, names, strict=True)]


def _split_code(name: str, code: str | None, head: Head | None) -> tuple[str, str | None]:
    """A code that stands in front of the name, by the heading or by its looks."""
    if head and head.has_seq_first:
        name = re.sub(r"^\d{1,3}\s+", "", name)
    leading = _FIRST_CODE if head and head.has_code_first else _LONG_CODE
    match = leading.match(name) if code is None else None
    return (name[match.end() :], match[1]) if match else (name, code)


def _goods(entry: _Entry, name: str, head: Head | None) -> Goods:
    row = entry.row
    name, code = _split_code(name, entry.code, head)
    qty = row.qty if row.qty is not None else Decimal(1)
    paid = row.amount or Decimal(0)
    gross, amount = _sums(row, qty, paid)
    off = entry.off if paid >= 0 else -entry.off
    printed = {"name", "amount" if gross != paid else "gross"}
    printed |= {"qty"} if row.qty is not None else set()
    printed |= {"price"} if row.price is not None else set()
    printed |= {"code"} if code else set()
    printed |= {"discount"} if entry.has_off or row.off else set()
    price = row.price if row.price is not None else _each(gross, qty)
    return Goods(
        name,
        code,
        row.unit or None,
        qty,
        price,
        gross,
        gross - amount + off,
        amount - off,
        frozenset(printed),
    )


def _sums(row: Row, qty: Decimal, paid: Decimal) -> tuple[Decimal, Decimal]:
    """Gross and net of a row: a tag price times a quantity above the amount is a discount."""
    if row.off:
        gross = (qty * (row.price or 0)).quantize(CENT, ROUND_HALF_UP)
        return (paid, paid - row.off) if abs(gross - paid) <= CENT else (paid + row.off, paid)
    if row.price is None:
        return paid, paid
    gross = (qty * row.price).quantize(CENT, ROUND_HALF_UP)
    if abs(gross) - abs(paid) > CENT and gross * paid >= 0:
        return gross, paid
    return paid, paid


def _each(gross: Decimal, qty: Decimal) -> Decimal | None:
    return (gross / qty).quantize(CENT, ROUND_HALF_UP) if qty else None
