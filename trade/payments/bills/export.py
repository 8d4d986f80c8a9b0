"""Differences as CSV for spreadsheets: numbers of payments stay text, and no cell is a formula."""

import csv
import io
from collections.abc import AsyncIterator

from core.money import yuan
from trade.payments.bills.questions import DifferenceView

COLUMNS = (
    *(
        "day",
        "merchant",
        "kind",
        "aspect",
        "number",
        "payment_no",
        "order_no",
        "ours_yuan",
        "theirs_yuan",
    ),
    *("ours", "theirs", "state", "next_zh", "next_en", "ended_by", "reason"),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str | None) -> str:
    """What a spreadsheet shows as it stands.

    A number of more than eleven digits would lose its end: it gets a backtick, as in WeChat's own
    bill. What begins like a formula gets an apostrophe (threat S17).
    """
    if not text:
        return ""
    if text.isdigit() and len(text) > 11:
        return f"`{text}"
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


async def csv_of(differences: AsyncIterator[DifferenceView]) -> AsyncIterator[str]:
    """The lines of the file, the header first; begins with the mark that spreadsheets look for."""
    yield "\ufeff" + _line(COLUMNS)
    async for one in differences:
        yield _line(_cells(one))


def _cells(one: DifferenceView) -> tuple[str, ...]:
    texts = (one.subject, one.payment_no, one.order_no)
    amounts = ["" if fen is None else yuan(fen).replace(",", "") for fen in _amounts(one)]
    told = (one.ours, one.theirs, one.state, one.advice.zh, one.advice.en)
    ended = (one.ended_by, one.reason)
    return (
        str(one.day),
        one.mch_id,
        one.kind.value,
        one.aspect.value,
        *map(safe_cell, texts),
        *amounts,
        *map(safe_cell, (*told, *ended)),
    )


def _amounts(one: DifferenceView) -> tuple[int | None, int | None]:
    return one.ours_fen, one.theirs_fen


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
