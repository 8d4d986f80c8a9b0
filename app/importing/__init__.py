"""A brand comes in: CSV files are checked row by row and taken in one transaction."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tortoise import Tortoise

from app.importing.brand import Places, Step, steps
from app.importing.loading import Loader
from app.importing.reading import Sheet, read_sheet
from app.importing.refusals import Refusal, write_refusals
from app.wiring import orm_config, wire
from core import clock
from core.database import use_case
from core.settings import Settings, current
from core.upsert import Upserted

__all__ = ["FileReport", "ImportReport", "import_brand", "run"]

Progress = Callable[[int, int], None]  # rows done, rows in all


@dataclass(frozen=True, slots=True)
class FileReport:
    file: str
    rows: int
    new: int
    changed: int
    same: int
    refused: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What happened, or in a dry run would have. `refused_file` lists what was not taken."""

    is_dry_run: bool
    files: tuple[FileReport, ...]
    refusals: tuple[Refusal, ...]
    refused_file: Path | None
    seconds: float

    @property
    def refused(self) -> int:
        return len(self.refusals)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "dryRun": self.is_dry_run,
            "files": [asdict(each) for each in self.files],
            "refused": self.refused,
            "refusedFile": str(self.refused_file) if self.refused_file else None,
            "seconds": self.seconds,
        }

    def text(self) -> str:
        """For people: one line, and one for each of the first refusals."""
        rows, new, changed, same = (
            sum(getattr(each, name) for each in self.files)
            for name in ("rows", "new", "changed", "same")
        )
        did = "dry run, nothing written" if self.is_dry_run else "done"
        counted = f"{new} new, {changed} changed, {same} same, {self.refused} refused"
        shown = [f"{each.file}:{each.line} {each.zh} {each.en}" for each in self.refusals[:10]]
        more = [f"all of them: {self.refused_file}"] if self.refused else []
        return "\n".join([f"{did}: {rows} rows, {counted}, {self.seconds} s", *shown, *more])


class _Undo(Exception):
    """Ends a dry run: the transaction rolls back."""


async def import_brand(
    folder: Path,
    *,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
    printers: Places | None = None,
) -> ImportReport:
    """Take the CSV files of `folder`; good rows are taken, bad ones refused one by one.

    All in one transaction, and doing it again changes nothing. A dry run does the same and takes
    everything back. `printers` says where a store's printer really is, by store code.
    """
    began = time.monotonic()
    plan = steps(printers or {})
    sheets, strangers = await asyncio.to_thread(_read, folder, plan)
    counts: dict[str, Upserted] = {}
    with contextlib.suppress(_Undo):
        await _take(plan, sheets, progress, counts, dry_run=dry_run)
    refusals = (*strangers, *(each for sheet in sheets.values() for each in sheet.refusals))
    return ImportReport(
        is_dry_run=dry_run,
        files=tuple(_report(sheet, counts[name]) for name, sheet in sheets.items()),
        refusals=refusals,
        refused_file=await asyncio.to_thread(_keep, refusals),
        seconds=round(time.monotonic() - began, 1),
    )


def _read(folder: Path, plan: Sequence[Step]) -> tuple[dict[str, Sheet[Any]], list[Refusal]]:
    known = {step.shape.FILE: step.shape for step in plan}
    there = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    strangers = Sheet[Any]("")
    for path in there:
        if path.name not in known:
            strangers.file = path.name[:80]
            strangers.refuse(1, "", "unknown_file")
    paths = {path.name: path for path in there}
    sheets = {name: read_sheet(paths[name], known[name]) for name in known if name in paths}
    return sheets, strangers.refusals


@use_case
async def _take(
    plan: Sequence[Step],
    sheets: Mapping[str, Sheet[Any]],
    progress: Progress,
    counts: dict[str, Upserted],
    *,
    dry_run: bool,
) -> None:
    total, before = sum(sheet.rows for sheet in sheets.values()), 0
    for step in plan:
        sheet = sheets.get(step.shape.FILE)
        if sheet is None:
            continue
        loader = Loader(sheet, partial(_tell, progress, before, total))
        counts[sheet.file] = await step.load(loader)
        before += sheet.rows
        progress(before, total)
    if dry_run:
        raise _Undo


def _tell(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _report(sheet: Sheet[Any], count: Upserted) -> FileReport:
    refused = len(sheet.refusals)
    return FileReport(sheet.file, sheet.rows, count.new, count.changed, count.same, refused)


def _keep(refusals: Sequence[Refusal]) -> Path | None:
    if not refusals:
        return None
    path = current().var_dir / "import" / f"refused-{clock.now():%Y%m%d-%H%M%S-%f}.csv"
    write_refusals(path, refusals)
    return path


async def run(
    settings: Settings,
    folder: Path,
    *,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
    printer_ports: Mapping[str, int] | None = None,
) -> ImportReport:
    """The same for a process that has not opened the database yet.

    `printer_ports` are ports on this machine, by store code, where a demo's printers listen.
    """
    wire(settings)
    assert settings.database_url
    places = {code: ("127.0.0.1", port) for code, port in (printer_ports or {}).items()}
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    try:
        return await import_brand(folder, dry_run=dry_run, progress=progress, printers=places)
    finally:
        await Tortoise.close_connections()
