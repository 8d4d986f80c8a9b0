"""From checked rows to the rooms that own them. A row that names something unknown is refused."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.importing.cells import Row
from app.importing.reading import R, Sheet
from app.importing.refusals import Refusal
from core.errors import DomainError
from core.upsert import Upserted

CHUNK = 1_000
D = TypeVar("D")


class Refused(Exception):
    """This row cannot be taken: which column, and what kind of fault."""

    def __init__(self, column: str, kind: str) -> None:
        super().__init__(column, kind)
        self.column, self.kind = column, kind


def named(known: Mapping[str, int], row: Row, column: str) -> int:
    """The id of what a cell names. Raises Refused."""
    name = getattr(row, column)
    if name not in known:
        raise Refused(column, "unknown_reference")
    return known[name]


def maybe_named(known: Mapping[str, int], row: Row, column: str) -> int | None:
    """The same where the cell may be empty. Raises Refused."""
    return named(known, row, column) if getattr(row, column) else None


@dataclass(slots=True)
class Loader(Generic[R]):
    """Takes the rows of one sheet to a room. `tell` hears how many of them are done."""

    sheet: Sheet[R]
    tell: Callable[[int], None]

    async def put(
        self, make: Callable[[R], D], write: Callable[[Sequence[D]], Awaitable[Upserted]]
    ) -> Upserted:
        """Many rows at once: `make` a draft of each, `write` them by the thousand."""
        drafts, done = self._drafts(make), Upserted()
        for at in range(0, len(drafts), CHUNK):
            done += await write(drafts[at : at + CHUNK])
            self.tell(min(at + CHUNK, len(drafts)))
        return done

    def _drafts(self, make: Callable[[R], D]) -> list[D]:
        drafts: list[D] = []
        for line in self.sheet.lines:
            try:
                drafts.append(make(line.row))
            except Refused as why:
                self.sheet.refuse(line.number, why.column, why.kind, line.cells)
        return drafts

    async def one_by_one(self, write: Callable[[R], Awaitable[Upserted]]) -> Upserted:
        """Where a room takes one row at a time, and may refuse it."""
        done = Upserted()
        for at, line in enumerate(self.sheet.lines, start=1):
            try:
                done += await write(line.row)
            except Refused as why:
                self.sheet.refuse(line.number, why.column, why.kind, line.cells)
            except DomainError as why:
                where = (self.sheet.file, line.number, "")
                self.sheet.refusals.append(Refusal(*where, why.code, why.zh, why.en, line.cells))
            if at % 100 == 0:
                self.tell(at)
        return done
