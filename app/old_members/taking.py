"""A file of old members, batch by batch: what was taken stays taken when it is stopped."""

import asyncio
import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.importing.refusals import safe_cell
from app.old_members.rows import (
    SENTENCES,
    BadRow,
    Line,
    read_lines,
    read_member,
    size_and_fingerprint,
)
from core import clock
from core.settings import current
from crm.people.service import BatchTaken, OldMember, lines_done, take_batch
from trade.stores.queries import store_ids

BATCH = 1_000
Progress = Callable[[int, int], None]  # bytes of the file done, bytes in all


@dataclass(slots=True)
class Taken:
    """What happened, or in a dry run would have. `resumed_after` is the line it went on behind."""

    is_dry_run: bool
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    resumed_after: int = 0
    refused_file: Path | None = None
    seconds: float = 0.0
    first_refusals: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "refused_file": str(self.refused_file or "")}

    def text(self) -> str:
        """For people."""
        did = "dry run, nothing written" if self.is_dry_run else "done"
        said = f"{self.rows} rows, {self.new} new, {self.changed} changed, {self.same} same"
        lines = [f"{did}: {said}, {self.refused} refused, {self.seconds} s"]
        if self.resumed_after:
            lines.append(f"went on behind line {self.resumed_after}, where it had stopped")
        more = [f"all of them: {self.refused_file}"] if self.refused_file else []
        return "\n".join([*lines, *self.first_refusals, *more])


class _Refusals:
    """Refused rows go to a file as they come: a hundred thousand of them take no memory."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def add(self, line: Line, column: str, fault: str) -> str:
        zh, en = SENTENCES[f"members.{fault}"]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        with self.path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as out:
            writer = csv.writer(out)
            if is_new:
                writer.writerow(["line", "column", "code", "zh", "en", *line.cells])
            told = (column, f"members.{fault}", zh, en, *line.cells.values())
            writer.writerow([line.number, *map(safe_cell, told)])
        self.path.chmod(0o600)  # whole phones
        self.count += 1
        return f"{line.number} {column}: {zh} {en}"


async def take_members(
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
    batch: int = BATCH,
) -> Taken:
    """Take the members of a CSV file. Good rows are taken, bad ones go to the file of refusals.

    Stopped half-way and begun again with the same file, it goes on where it was; the whole file
    again changes nothing. Raises BadFile.
    """
    began, taken = time.monotonic(), Taken(dry_run)
    size, fingerprint = await asyncio.to_thread(size_and_fingerprint, path)
    taken.resumed_after = 0 if dry_run else await lines_done(fingerprint)
    refusals = _Refusals(
        current().var_dir / "import" / f"refused-{clock.now():%Y%m%d-%H%M%S-%f}.csv"
    )
    stores, today = await store_ids(), clock.shop_day(clock.now())
    seen: set[tuple[str, str]] = set()
    for lines in _batches(read_lines(path, after=taken.resumed_after), batch):
        good: list[OldMember] = []
        for line in lines:
            try:
                row = read_member(line, stores, today)
                _check_first(row, seen)
                good.append(row)
            except BadRow as why:
                _tell(taken, refusals.add(line, why.column, why.fault))
        upto = lines[-1].number
        done = await take_batch(
            good, fingerprint=fingerprint, name=path.name, upto=upto, dry_run=dry_run
        )
        for line in lines:
            if line.number in done.refused:
                _tell(taken, refusals.add(line, "card_no", "two_members"))
        _count(taken, done, len(lines))
        progress(min(size, size * taken.rows // max(taken.rows, 100_000)), size)
    progress(size, size)
    taken.refused, taken.seconds = refusals.count, round(time.monotonic() - began, 1)
    taken.refused_file = refusals.path if refusals.count else None
    return taken


def _batches(lines: Iterator[Line], most: int) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == most:
            yield batch
            batch = []
    if batch:
        yield batch


def _check_first(row: OldMember, seen: set[tuple[str, str]]) -> None:
    """Raises BadRow where an id stood in an earlier row."""
    own = {(str(kind), value) for kind, value in row.ids.items()}
    if own & seen:
        raise BadRow("phone", "repeated")
    seen |= own


def _tell(taken: Taken, refusal: str) -> None:
    if len(taken.first_refusals) < 10:
        taken.first_refusals.append(refusal)


def _count(taken: Taken, done: BatchTaken, rows: int) -> None:
    taken.rows += rows
    taken.new += done.new
    taken.changed += done.changed
    taken.same += done.same
