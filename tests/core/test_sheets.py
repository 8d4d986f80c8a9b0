"""Sheets: what a spreadsheet program reads is what we wrote, and nothing in it runs (S17)."""

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sheets import (
    BOM,
    FORMULA_STARTS,
    Book,
    Cell,
    Workbook,
    csv_lines,
    safe_cell,
    xlsx_rows,
)

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
cells = st.one_of(
    st.none(),
    st.integers(min_value=-(10**15), max_value=10**15),
    st.text(max_size=20),
    st.sampled_from(["=1+1", "+1", "-1", "@sum", "\tx", "\r", "00123", "6222021234567890123"]),
)
tables = st.lists(st.lists(cells, min_size=1, max_size=5), max_size=5)


def workbook(rows: list[list[Cell]]) -> bytes:
    book = Workbook(Book("会员", "X1"))
    return book.add(xlsx_rows(rows)) + book.close()


def sheet_of(data: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert pack.testzip() is None
        return ElementTree.fromstring(pack.read("xl/worksheets/sheet1.xml"))  # noqa: S314  our own


@given(st.text(max_size=30))
def test_no_text_of_a_csv_begins_like_a_formula_or_loses_digits(text: str) -> None:
    cell = safe_cell(text)

    assert not cell.startswith(FORMULA_STARTS)
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == f"'{text}"


@given(tables)
def test_a_csv_gives_back_its_cells(rows: list[list[Cell]]) -> None:
    read = list(csv.reader(io.StringIO(csv_lines(rows), newline="")))

    assert read == [
        ["" if one is None else str(one) if isinstance(one, int) else safe_cell(one) for one in row]
        for row in rows
    ]


@given(tables)
def test_a_workbook_types_texts_as_texts_and_numbers_as_numbers(rows: list[list[Cell]]) -> None:
    sheet = sheet_of(workbook(rows))

    assert sheet.find(f".//{MAIN}f") is None  # no cell is a formula
    for row, found in zip(rows, sheet.iter(f"{MAIN}row"), strict=True):
        kinds = ["inlineStr" if isinstance(cell, str) and cell else None for cell in row]
        assert [cell.get("t") for cell in found] == kinds
        numbers = [cell.findtext(f"{MAIN}v") for cell in found]
        assert numbers == [str(cell) if isinstance(cell, int) else None for cell in row]


def test_the_same_rows_are_the_same_bytes_however_they_come() -> None:
    rows: list[list[Cell]] = [["甲", 1], ["=1+1", None]]
    book = Workbook(Book("会员", "X1"))
    parts = [book.add(xlsx_rows([row])) for row in rows]

    assert b"".join([*parts, book.close()]) == workbook(rows)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_spreadsheet_program_shows_the_same_rows(tmp_path: Path, kind: str) -> None:
    rows: list[list[Cell]] = [
        ["会员", "金额", "备注"],
        ["mem_1", 12, '=HYPERLINK("http://x")'],
        ["6222021234567890123", 1299, "+1"],
        ["00123", -5, "甲，“乙”\n丙"],
    ]
    data = (BOM + csv_lines(rows)).encode() if kind == "csv" else workbook(rows)
    shown = by_libreoffice(tmp_path, kind, data)

    expected = [[str(cell) for cell in row] for row in rows]
    assert [[cell.removeprefix("'") for cell in row] for row in shown] == expected


def by_libreoffice(folder: Path, kind: str, data: bytes) -> list[list[str]]:
    """What LibreOffice reads: the sheet, written out again by it as CSV with computed values."""
    source = folder / f"list.{kind}"
    source.write_bytes(data)
    out = folder / "out"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    into = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
    reads = ["--infilter=Text - txt - csv (StarCalc):44,34,76,1"] if kind == "csv" else []
    command = ["soffice", profile, "--headless", *reads, "--convert-to", into]
    subprocess.run(
        [*command, "--outdir", str(out), str(source)], check=True, capture_output=True, timeout=120
    )
    text = (out / "list.csv").read_text(encoding="utf-8").removeprefix(BOM)
    return list(csv.reader(io.StringIO(text)))
