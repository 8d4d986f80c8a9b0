"""Many conditions at once, of everybody or of some: facts are read once each, the rest is bits."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import pack_into
from typing import Any

from crm.segments.bits import CHUNK
from crm.segments.compiling import Compiled, compile_everyone, compile_words, is_turned
from crm.segments.rules import Condition, Leaf, leaves
from crm.segments.rules.planes import put_together

WORDS = CHUNK // 64
BYTES = CHUNK // 8
Rows = Iterable[Mapping[str, Any]]
Run = Callable[[Compiled], Awaitable[Rows]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where members stand in a plane: the chunks of their ids, one after the other."""

    chunks: tuple[int, ...]

    def plane(self, rows: Rows, column: str) -> int:
        """The bits of one column of words; who is in none of the chunks is left out."""
        starts = {chunk: place * BYTES for place, chunk in enumerate(self.chunks)}
        found = bytearray(len(self.chunks) * BYTES)
        for row in rows:
            start = starts.get(row["word"] // WORDS)
            if row[column] is not None and start is not None:
                pack_into(">q", found, start + row["word"] % WORDS * 8, row[column])
        return int.from_bytes(found, "big")

    def chunked(self, plane: int) -> Iterator[tuple[int, bytes]]:
        """Each chunk with somebody in it, and its bits."""
        found = plane.to_bytes(len(self.chunks) * BYTES, "big")
        for place, chunk in enumerate(self.chunks):
            bits = found[place * BYTES : (place + 1) * BYTES]
            if any(bits):
                yield chunk, bits


@dataclass(frozen=True, slots=True)
class Answers:
    """Of whom each condition is true, by the name it was asked under."""

    sheet: Sheet
    planes: dict[int, int]


async def answer_all(
    asked: Mapping[int, Condition], at: datetime, run: Run, members: Sequence[int] | None = None
) -> Answers:
    """One statement for each fact, run one after the other; `members` narrows who is asked about.

    Each statement sees the moment it runs at: who changes meanwhile is marked, and asked again.
    """
    there = list(await run(compile_everyone(at, members)))
    sheet = Sheet(tuple(sorted({row["word"] // WORDS for row in there})))
    everyone = sheet.plane(there, "l0")
    every = list(dict.fromkeys(leaf for condition in asked.values() for leaf in leaves(condition)))
    planes: dict[Leaf, int] = {}
    for words in compile_words(every, at, members):
        rows = list(await run(words.asked))
        for n, leaf in enumerate(words.leaves):
            plane = sheet.plane(rows, f"l{n}")
            planes[leaf] = everyone & ~plane if is_turned(leaf) else plane
    answers = {name: put_together(one, planes, everyone) for name, one in asked.items()}
    return Answers(sheet, answers)
