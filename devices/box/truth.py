"""A stream -> the JSON of its papers: what `daogou box read` prints."""

from collections.abc import Sequence
from typing import Any

from devices.box.goods import Goods
from devices.box.layouts import Layout, translated
from devices.box.paper import Job, sheets_of, width
from devices.box.reading import Reading, read
from devices.box.stream import tokens_of
from devices.box.sums import Totals
from devices.box.values import money, plain
from devices.box.words import is_rule

LINE_FIELDS = ("name", "code", "qty", "price", "gross", "discount", "amount")


def stream_json(data: bytes, *, file: str = "", layout: Layout | None = None) -> dict[str, Any]:
    """All papers of a stream, money as text with two decimals."""
    jobs = [translated(job, layout or {}) for job in sheets_of(tokens_of(data))]
    has_text = any(job.has_text for job in jobs)
    return {
        "file": file,
        "producer": None,
        "layout": None,
        "columns": columns_of(jobs),
        "encoding": _encoding(jobs) if has_text else "raster",
        "text_extractable": has_text,
        "jobs": [job_json(read(job)) for job in jobs],
    }


def columns_of(jobs: Sequence[Job]) -> int:
    """48 or 32: what the widest rule or line of plain size needs."""
    lines = [line for job in jobs for line in job.lines]
    rules = [width(line.text.strip()) * line.scale for line in lines if is_rule(line.text)]
    widest = max(rules or [width(line.text) * line.scale for line in lines], default=48)
    return 32 if widest <= 32 else 48


def _encoding(jobs: Sequence[Job]) -> str:
    if any(job.is_utf8 for job in jobs):
        return "utf-8"
    if any(job.is_big5 for job in jobs):
        return "big5"
    text = "".join(line.text for job in jobs for line in job.lines)
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return "gb18030"
    return "gb2312"


def job_json(reading: Reading) -> dict[str, Any]:
    """One paper. Only the four kinds of the format: a pre-bill is `other` too."""
    kind = reading.kind if reading.kind in ("sale", "refund", "reprint") else "other"
    is_order = kind != "other"
    names = [name for name in (reading.brand, reading.branch) if name]
    return {
        "kind": kind,
        "store": " ".join(names) or None,
        "brand": reading.brand,
        "branch": reading.branch,
        "order_no": reading.order_no if is_order else None,
        "original_order_no": reading.original_no if is_order else None,
        "datetime": reading.at,
        "cashier": reading.cashier,
        "pos": reading.till,
        "lines": [_line(goods) for goods in reading.goods] if is_order else [],
        "totals": _totals(reading.totals) if is_order else None,
        "payments": _payments(reading.totals) if is_order else [],
        "qr": reading.qr,
        "qr_images": [],
        "barcodes": reading.barcodes,
        "printed": _printed(reading) if is_order else {"line": [], "totals": []},
    }


def _line(goods: Goods) -> dict[str, str | None]:
    return {
        "name": goods.name,
        "code": goods.code,
        "unit": goods.unit,
        "qty": plain(goods.qty),
        "price": None if goods.price is None else money(goods.price),
        "gross": money(goods.gross),
        "discount": money(goods.discount),
        "amount": money(goods.amount),
    }


def _totals(totals: Totals) -> dict[str, str | None]:
    return {
        "gross": money(totals.gross),
        "line_discount": money(totals.line_discount),
        "order_discount": money(totals.order_discount),
        "rounding": money(totals.rounding),
        "due": None if totals.due is None else money(totals.due),
        "paid": None if totals.paid is None else money(totals.paid),
        "change": money(totals.change),
    }


def _payments(totals: Totals) -> list[dict[str, str]]:
    return [{"method": method, "amount": money(value)} for method, value in totals.payments]


def _printed(reading: Reading) -> dict[str, list[str]]:
    seen = set().union(*(goods.printed for goods in reading.goods))
    return {
        "line": [name for name in LINE_FIELDS if name in seen],
        "totals": reading.totals.printed,
    }


def stream_text(data: bytes, layout: Layout | None = None) -> str:
    """The same for people: one line a paper, with what is doubtful about it."""
    said = []
    for job in sheets_of(tokens_of(data)):
        reading = read(translated(job, layout or {}))
        due = "" if reading.totals.due is None else money(reading.totals.due)
        doubts = "certain" if reading.is_certain else "doubtful: " + ", ".join(reading.doubts)
        parts = (reading.kind, reading.order_no, reading.at, due, f"{len(reading.goods)} lines")
        said.append("  ".join([*(part for part in parts if part), doubts]))
    return "\n".join(said)
