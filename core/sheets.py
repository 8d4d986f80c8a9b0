"""Rows as CSV and XLSX that spreadsheet programs open, show, and never run (threat S17).

Written by hand: what we need of XLSX is one sheet of typed cells, made piece by piece and the same
bytes each time (decision 0013).
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape

from typing_extensions import Buffer

Cell: TypeAlias = str | int | None
BOM = "\ufeff"  # without it spreadsheet programs read Chinese as something else
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONG_NUMBER = re.compile(r"[0-9]{11,}|0[0-9]+")  # would lose its digits or its leading zeros
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # no XML has them
MOST_CELL = 32_767  # characters a cell may hold
EPOCH = (2000, 1, 1, 0, 0, 0)  # the same rows are the same file


def safe_cell(text: str | None) -> str:
    """The text with a mark before it where a spreadsheet would run it or change its digits."""
    text = text or ""
    if text.startswith(FORMULA_STARTS) or LONG_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """CSV without the BOM: text is made safe, whole numbers stay numbers, None is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()


def xlsx_rows(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows of a sheet. A text is typed as text, so that nothing in it is a formula."""
    return "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    text = escape(UNPRINTABLE.sub(" ", value)[:MOST_CELL])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook says of itself: its sheet's name, and its mark on every printed page."""

    sheet: str
    mark: str


class _Sink(io.RawIOBase):
    """What is written is taken away in pieces; nobody can go back in it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        part = bytes(data)
        self.parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found


class Workbook:
    """A workbook of one sheet, made piece by piece: `add` and `close` answer the bytes so far new.

    The same rows in the same pieces are the same bytes, also on another day.
    """

    def __init__(self, book: Book) -> None:
        self._sink, self._book = _Sink(), book
        self._pack = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        for name, text in _parts(book).items():
            self._pack.writestr(_named(name), text)
        self._sheet = self._pack.open(_named("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._sheet.write(SHEET_HEAD.encode())

    def add(self, rows: str) -> bytes:
        """Rows that `xlsx_rows` made."""
        self._sheet.write(rows.encode())
        return self._sink.taken()

    def close(self) -> bytes:
        self._sheet.write(SHEET_FOOT.format(mark=_in_footer(self._book.mark)).encode())
        self._sheet.close()
        self._pack.close()
        return self._sink.taken()


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _in_footer(mark: str) -> str:
    return escape(mark.replace("&", "&&"))


SPACE = "http://schemas.openxmlformats.org"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_HEAD = (
    f'{HEAD}<worksheet xmlns="{SPACE}/spreadsheetml/2006/main"><sheetViews><sheetView'
    ' workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
SHEET_FOOT = (
    "</sheetData><headerFooter><oddFooter>&amp;C{mark}</oddFooter></headerFooter></worksheet>"
)
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _parts(book: Book) -> dict[str, str]:
    main, package = f"{SPACE}/spreadsheetml/2006/main", f"{SPACE}/package/2006"
    office = f"{SPACE}/officeDocument/2006/relationships"
    core_kind = "application/vnd.openxmlformats-package.core-properties+xml"
    name, mark = escape(book.sheet[:31], {'"': "&quot;"}), escape(book.mark)
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{core_kind}"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="r2" Type="{package}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f'{HEAD}<cp:coreProperties xmlns:cp="{package}/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:identifier>{mark}</dc:identifier></cp:coreProperties>",
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
    }
