"""The face of an invoice (票面): what stands where. Pure: a view in, HTML out."""

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import qrcode  # type: ignore[import-untyped]
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.money import yuan
from invoicing.protocol.face_qr import face_qr
from invoicing.rules.capitals import capital
from invoicing.rules.tax import TaxLine, totals, unit_price

ROWS_A_PAGE = 8
NAME_COLUMNS = 30  # half-width characters in one line of the name column
SPEC_COLUMNS = 15
PARTY_COLUMNS = 46
REMARK_COLUMNS = 112
PREVIEW = "预览 - 非税务发票"
SANDBOX = "沙箱开具 - 非税务发票"


@dataclass(frozen=True, slots=True)
class Face:
    """`number` is empty and `mark` is PREVIEW until there is an invoice."""

    number: str
    issued_on: date | None
    buyer_title: str
    buyer_tax_no: str
    seller_name: str
    seller_tax_no: str
    lines: tuple[TaxLine, ...]
    remark: str
    drawer: str
    mark: str = ""
    kind: str = "32"  # 数电普通发票, as the QR says it


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    spec: str
    unit: str
    quantity: str
    price: str
    amount: str
    rate: str
    tax: str
    height: int  # in text lines


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    rows: tuple[Row, ...]
    filler: int  # empty text lines that keep the sums at the bottom
    amount: str
    tax: str


def columns(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _lines_of(text: str, width: int) -> int:
    return max(1, -(-columns(text) // width))


def _row(line: TaxLine) -> Row:
    return Row(
        name=line.name,
        spec=line.spec,
        unit=line.unit,
        quantity=str(line.quantity or ""),
        price=unit_price(line),
        amount=plain(line.ex_fen),
        rate=f"{line.tax_bp / 100:g}%",
        tax=plain(line.tax_fen),
        height=max(_lines_of(line.name, NAME_COLUMNS), _lines_of(line.spec, SPEC_COLUMNS)),
    )


def plain(fen: int) -> str:
    """Invoices carry no thousands commas."""
    return yuan(fen).replace(",", "")


def room_for_rows(face: Face) -> int:
    """Text lines of goods that fit a page: long titles and remarks take from them."""
    titles = max(_lines_of(name, PARTY_COLUMNS) for name in (face.buyer_title, face.seller_name))
    extra = titles - 1 + max(0, _lines_of(face.remark, REMARK_COLUMNS) - 2)
    return ROWS_A_PAGE - max(0, extra - 1)


def paginated(lines: Sequence[TaxLine], room: int = ROWS_A_PAGE) -> list[Page]:
    """`room` text lines a page at most, a row never torn apart; at least one page."""
    batches: list[list[tuple[TaxLine, Row]]] = [[]]
    for line in lines:
        row = _row(line)
        used = sum(placed.height for _, placed in batches[-1])
        if batches[-1] and used + row.height > room:
            batches.append([])
        batches[-1].append((line, row))
    return list(_pages(batches, room))


def _pages(batches: list[list[tuple[TaxLine, Row]]], room: int) -> Iterator[Page]:
    for number, batch in enumerate(batches, start=1):
        sums = totals([line for line, _ in batch])
        used = sum(row.height for _, row in batch)
        yield Page(
            number=number,
            rows=tuple(row for _, row in batch),
            filler=max(0, room - used),
            amount=plain(sums.ex_fen),
            tax=plain(sums.tax_fen),
        )


def qr_image(text: str) -> str:
    """A QR symbol as a data: URI; nothing has to be fetched."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=6, border=1)
    code.add_data(text)
    png = io.BytesIO()
    code.make_image().save(png)
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"


@cache
def _template() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def html_of(face: Face) -> str:
    """Every value is escaped; the only picture is the QR, as data."""
    sums = totals(face.lines)
    picture = ""
    if face.number and face.issued_on:
        amount = plain(sums.incl_fen)
        picture = qr_image(
            face_qr(kind=face.kind, number=face.number, amount=amount, day=face.issued_on)
        )
    return (
        _template()
        .get_template("face.html")
        .render(
            face=face,
            pages=paginated(face.lines, room_for_rows(face)),
            picture=picture,
            amount=plain(sums.ex_fen),
            tax=plain(sums.tax_fen),
            total=plain(sums.incl_fen),
            capital=capital(sums.incl_fen),
        )
    )
