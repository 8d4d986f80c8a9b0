"""Whom a leak may concern (P14): members, fields and times, from the records of every room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from core.privacy import Disclosure, all_disclosures, all_personal


@dataclass(frozen=True, slots=True)
class Shown:
    """One time data of one member left; a member who was erased has only the number."""

    member_id: int
    public_id: str
    way: str
    fields: tuple[str, ...]
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Breach:
    """Everything shown between two moments."""

    starts: datetime
    ends: datetime
    rows: tuple[Shown, ...]

    @property
    def members(self) -> set[int]:
        return {row.member_id for row in self.rows}

    @property
    def fields(self) -> list[str]:
        """Each field in the words of the privacy notice."""
        known = all_personal()
        names = sorted({name for row in self.rows for name in row.fields})
        return [f"{known[name].zh} {known[name].en}" if name in known else name for name in names]

    def as_dict(self) -> dict[str, Any]:
        """For machines; ids and names of fields, no values."""
        return {
            "from": self.starts.isoformat(),
            "to": self.ends.isoformat(),
            "members": len(self.members),
            "fields": self.fields,
            "ways": self._ways(),
            "actors": sorted({row.actor for row in self.rows}),
        }

    def _ways(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.way] = counts.get(row.way, 0) + 1
        return counts

    def text(self) -> str:
        """For people."""
        first = min((row.at for row in self.rows), default=None)
        last = max((row.at for row in self.rows), default=None)
        said = [
            f"{len(self.members)} members affected",
            *(f"  field: {one}" for one in self.fields),
        ]
        said += [f"  way: {way}, {times} times" for way, times in sorted(self._ways().items())]
        said += [f"  actor: {one}" for one in sorted({row.actor for row in self.rows})]
        if first and last:
            said.append(f"  between {first.isoformat()} and {last.isoformat()}")
        return "\n".join(said)


async def affected_between(starts: datetime, ends: datetime, *, actor: str = "") -> Breach:
    """What every registered way showed of whom in [starts, ends); only by `actor` if given."""
    found: list[tuple[Disclosure, dict[str, Any]]] = []
    for way in all_disclosures():
        rows = await sql(way.sql, starts, ends)
        found += [(way, row) for row in rows if not actor or row["actor"] == actor]
    names = await _numbers({row["member_id"] for _, row in found})
    shown = [
        Shown(
            row["member_id"],
            names.get(row["member_id"], ""),
            way.name,
            way.fields,
            row["at"],
            row["actor"],
        )
        for way, row in found
    ]
    return Breach(starts, ends, tuple(sorted(shown, key=lambda row: (row.at, row.member_id))))


async def _numbers(member_ids: set[int]) -> dict[int, str]:
    query = "SELECT id, public_id FROM people_member WHERE id = ANY($1::bigint[])"
    return {row["id"]: row["public_id"] for row in await sql(query, sorted(member_ids))}
