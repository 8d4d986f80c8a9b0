"""From a CSV file to checked rows. Nothing here knows the database."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from app.importing.cells import Row
from app.importing.refusals import SENTENCES, Refusal, refusal

MAX_BYTES = 50_000_000

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Line(Generic[R]):
    """One accepted row, where it stood and what stood there."""

    number: int
    row: R
    cells: Mapping[str, str]


@dataclass(slots=True)
class Sheet(Generic[R]):
    """One file, read and checked by itself. `rows` counts the lines below its header."""

    file: str
    rows: int = 0
    lines: list[Line[R]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(
        self, line: int, column: str, kind: str, cells: Mapping[str, str] | None = None
    ) -> None:
        self.refusals.append(refusal(self.file, line, column, f"importing.{kind}", cells))


KINDS = {  # what pydantic calls it -> what we call it
    "missing": "value_missing",
    "string_too_long": "too_long",
    "enum": "bad_choice",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "date_from_datetime_parsing": "bad_date",
    "date_parsing": "bad_date",
}


def read_sheet(path: Path, shape: type[R]) -> Sheet[R]:
    """The rows that fit `shape`, and a refusal for every other; a file may be refused whole."""
    sheet: Sheet[R] = Sheet(path.name)
    if path.stat().st_size > MAX_BYTES:
        sheet.refuse(1, "", "too_large")
        return sheet
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        sheet.refuse(1, "", "not_utf8")
        return sheet
    rows = _rows(text, sheet)
    _, header = next(rows, (1, []))
    columns = [name.strip() for name in header]
    if _is_header_fine(columns, shape, sheet):
        _read_rows(rows, columns, shape, sheet)
    return sheet


def _rows(text: str, sheet: Sheet[R]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        sheet.refuse(reader.line_num, "", "not_csv")


def _is_header_fine(columns: list[str], shape: type[R], sheet: Sheet[R]) -> bool:
    fields = shape.model_fields
    for name in dict.fromkeys(columns):
        if name not in fields:
            sheet.refuse(1, name[:40], "unknown_column")
        elif columns.count(name) > 1:
            sheet.refuse(1, name, "repeated_column")
    for name, about in fields.items():
        if about.is_required() and name not in columns:
            sheet.refuse(1, name, "missing_column")
    return not sheet.refusals


def _read_rows(
    rows: Iterator[tuple[int, list[str]]], columns: list[str], shape: type[R], sheet: Sheet[R]
) -> None:
    seen: set[tuple[object, ...]] = set()
    for number, values in rows:
        sheet.rows += 1
        cells = dict(zip(columns, values, strict=False))
        if len(values) != len(columns):
            sheet.refuse(number, "", "wrong_cell_count", cells)
            continue
        try:
            row = shape.model_validate({k: v for k, v in cells.items() if v.strip()})
        except ValidationError as error:
            first = error.errors()[0]
            column = str(first["loc"][0]) if first["loc"] else ""
            sheet.refuse(number, column, _kind(first["type"]), cells)
            continue
        repeated = _repeated(row, seen)
        if repeated:
            sheet.refuse(number, repeated, "repeated_row", cells)
        else:
            sheet.lines.append(Line(number, row, cells))


def _kind(fault: str) -> str:
    kind = KINDS.get(fault, fault)
    return kind if f"importing.{kind}" in SENTENCES else "bad_value"


def _repeated(row: Row, seen: set[tuple[object, ...]]) -> str:
    """The column whose value stood in an earlier row; an empty single value may repeat."""
    keys = [
        (columns, *(getattr(row, name) for name in columns))
        for columns in row.KEYS
        if len(columns) > 1 or getattr(row, columns[0])
    ]
    for key in keys:
        if key in seen:
            return str(key[0][-1])
    seen.update(keys)
    return ""
