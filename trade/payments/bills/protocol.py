"""The trade bill's CSV: lines in, rows out, nothing believed that does not fit. No I/O.

WeChat Pay v3, trade bill (申请交易账单), type ALL: UTF-8 with a mark, CRLF, every cell behind a
backtick, nothing quoted, names of goods as somebody typed them, and two lines of totals at the end.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from core.clock import SHOP_ZONE

BOM = "\ufeff"
MARK = "`"
BETWEEN = ",`"
TYPED = "商品名称"  # the one cell in which people type; a mark in it may look like the next cell
NEEDED = (
    *("交易时间", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "微信退款单号"),
    *("商户退款单号", "退款状态", "手续费", "费率", "应结订单金额", "订单金额"),
    *("申请退款金额", TYPED),
)
TOTALS = ("总交易单数", "手续费总金额", "订单总金额", "申请退款总金额")
YUAN = re.compile(r"(-?)(\d{1,12})\.(\d{2})", re.ASCII)
FEE = re.compile(r"(-?)(\d{1,9})\.(\d{2})(\d{3})?", re.ASCII)
RATE = re.compile(r"(\d{1,2})\.(\d{2})%", re.ASCII)
NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}", re.ASCII)
STATES = {"SUCCESS", "REFUND", "REVOKED"}
MOST_LINES_IN_A_ROW = 50


class Misread(Exception):
    """`line` counts from 1, the header's; `why` is one word for the log and the page."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. Fees in thousandths of a fen; `refund_no` is empty for a payment.

    `settled_fen` (应结) is what the fee is taken of: without the merchant's own vouchers.
    """

    line_no: int
    at: datetime
    transaction_id: str
    payment_no: str
    state: str
    amount_fen: int
    settled_fen: int
    fee_mfen: int
    rate_bp: int | None
    refund_id: str = ""
    refund_no: str = ""
    refund_state: str = ""


@dataclass(slots=True)
class Sums:
    """What the rows add up to; the bill's last line must say the same."""

    rows: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0
    fee_mfen: int = 0

    def add(self, entry: Entry) -> None:
        self.rows += 1
        self.fee_mfen += entry.fee_mfen
        if entry.state == "SUCCESS":
            self.paid_fen += entry.amount_fen
        else:
            self.refunded_fen += entry.amount_fen


@dataclass(slots=True)
class TradeBill:
    """Reads the bill of one merchant and day, a row at a time; `sums` is right at the end."""

    mch_id: str
    day: date
    sums: Sums = field(default_factory=Sums)

    def entries(self, lines: Iterable[str]) -> Iterator[Entry]:
        """The rows. Raises Misread with the number of the line, also when the end is missing."""
        numbered = enumerate(lines, start=1)
        columns = _header(next(numbered, (1, "")))
        for line_no, cells, rest in _rows(numbered, columns):
            if cells is None:
                self._check_totals(line_no, rest, chain(numbered))
                return
            entry = self._entry(line_no, dict(zip(columns, cells, strict=True)))
            self.sums.add(entry)
            yield entry
        raise Misread(self.sums.rows + 2, "no totals")

    def _entry(self, line: int, row: dict[str, str]) -> Entry:
        if row["商户号"] != self.mch_id:
            raise Misread(line, "merchant")
        if row["货币种类"] != "CNY" or row["交易状态"] not in STATES:
            raise Misread(line, "state or currency")
        at, is_paid = _moment(line, row["交易时间"]), row["交易状态"] == "SUCCESS"
        if is_paid and at.date() != self.day:
            raise Misread(line, "day")
        facts = {} if is_paid else _refund(line, row)
        return Entry(
            line_no=line,
            at=at,
            transaction_id=_number(line, row["微信订单号"]),
            payment_no=_number(line, row["商户订单号"]),
            state=row["交易状态"],
            amount_fen=_fen(line, row["订单金额" if is_paid else "申请退款金额"]),
            settled_fen=_fen(line, row["应结订单金额"]),
            fee_mfen=_fee_mfen(line, row["手续费"]),
            rate_bp=_rate_bp(row["费率"]),
            **facts,
        )

    def _check_totals(self, line: int, names: str, after: Iterator[tuple[int, str]]) -> None:
        told = names.split(",")
        line, values = next(after, (line + 1, ""))
        given = values.removeprefix(MARK).split(BETWEEN)
        if len(told) != len(given) or not set(TOTALS) <= set(told):
            raise Misread(line, "totals")
        row = dict(zip(told, given, strict=True))
        found = (
            row["总交易单数"],
            _fen(line, row["订单总金额"]),
            _fen(line, row["申请退款总金额"]),
            _fee_mfen(line, row["手续费总金额"]),
        )
        sums = self.sums
        if found != (str(sums.rows), sums.paid_fen, sums.refunded_fen, sums.fee_mfen):
            raise Misread(line, "sums")
        for line, text in after:
            if text:
                raise Misread(line, "more after the totals")


def _header(first: tuple[int, str]) -> list[str]:
    columns = first[1].removeprefix(BOM).split(",")
    if not set(NEEDED) <= set(columns) or len(set(columns)) != len(columns):
        raise Misread(1, "header")
    return columns


def _rows(
    numbered: Iterator[tuple[int, str]], columns: list[str]
) -> Iterator[tuple[int, list[str] | None, str]]:
    """(line, cells, ""), and at the end (line, None, the names of the totals).

    The name of goods may hold line breaks and marks; everything else stands on its own line.
    """
    for start, text in numbered:
        if text.startswith(TOTALS[0]):
            yield start, None, text
            return
        if not text.startswith(MARK):
            raise Misread(start, "row")
        whole = text
        for _ in range(MOST_LINES_IN_A_ROW):
            if len(whole.split(BETWEEN)) >= len(columns):
                break
            more = next(numbered, None)
            if more is None or more[1].startswith((MARK, TOTALS[0])):
                raise Misread(start, "row")
            whole = f"{whole}\n{more[1]}"
        yield start, _cells(start, whole, columns), ""


def _cells(line: int, whole: str, columns: list[str]) -> list[str]:
    cells = whole.removeprefix(MARK).split(BETWEEN)
    extra, typed = len(cells) - len(columns), columns.index(TYPED)
    if extra < 0:
        raise Misread(line, "cells")
    joined = BETWEEN.join(cells[typed : typed + extra + 1])
    return [*cells[:typed], joined, *cells[typed + extra + 1 :]]


def _moment(line: int, text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHOP_ZONE)
    except ValueError:
        raise Misread(line, "time") from None


def _number(line: int, text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise Misread(line, "number")
    return text


def _refund(line: int, row: dict[str, str]) -> dict[str, str]:
    """A revoked payment (撤销) names no refund: it goes under the payment's own number."""
    if row["交易状态"] == "REVOKED":
        return {"refund_state": "REVOKED"}
    return {
        "refund_id": _number(line, row["微信退款单号"]),
        "refund_no": _number(line, row["商户退款单号"]),
        "refund_state": row["退款状态"][:16],
    }


def _fen(line: int, text: str) -> int:
    found = YUAN.fullmatch(text)
    if found is None:
        raise Misread(line, "amount")
    sign, whole, part = found.groups()
    fen = int(whole) * 100 + int(part)
    return -fen if sign else fen


def _fee_mfen(line: int, text: str) -> int:
    """Two or five places; five are thousandths of a fen."""
    found = FEE.fullmatch(text)
    if found is None:
        raise Misread(line, "fee")
    sign, whole, part, more = found.groups()
    mfen = (int(whole) * 100 + int(part)) * 1000 + int(more or 0)
    return -mfen if sign else mfen


def _rate_bp(text: str) -> int | None:
    found = RATE.fullmatch(text)
    return int(found[1]) * 100 + int(found[2]) if found else None
