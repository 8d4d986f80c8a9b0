"""Keep the words of a segment. Who is in it is worked out by the next refresh."""

import re
from dataclasses import dataclass
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from core import clock
from core.audit_log import record
from core.database import use_case
from core.security.scope import Scope
from crm.segments.errors import (
    ChangedMeanwhile,
    CodeTaken,
    NameNeeded,
    SegmentCycle,
    SegmentInUse,
    SegmentUnknown,
)
from crm.segments.models import Segment
from crm.segments.rules import Condition, parse, segments_in, write

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """`condition` is data, see `rules.parsing`. `version` is the one that was changed; 0: a new
    segment, of which the code must be free."""

    code: str
    name: str
    condition: Any
    note: str = ""
    version: int = 0


@use_case
async def save_segment(*, scope: Scope, draft: SegmentDraft) -> int:
    """Keep it and answer its id. Changed words are worked out anew without news of who came.

    The same words again change nothing. Raises NameNeeded, CodeTaken, BadCondition and its kinds,
    SegmentUnknown for a part that is none, SegmentCycle, ChangedMeanwhile.
    """
    name = draft.name.strip()[:60]
    if not name or not CODE.fullmatch(draft.code):
        raise NameNeeded()
    condition = parse(draft.condition)
    await _check_parts(draft.code, condition, is_new=draft.version == 0)
    note = draft.note.strip()[:300]
    if draft.version == 0:
        segment_id = await _add(scope, draft.code, name, note, condition)
    else:
        segment_id = await _change(draft, name, note, condition)
    await record(scope, "segment.save", f"segment:{draft.code}")
    return segment_id


async def _add(scope: Scope, code: str, name: str, note: str, condition: Condition) -> int:
    try:
        row = await Segment.create(
            code=code, name=name, note=note, condition=write(condition), made_by=scope.actor
        )
    except IntegrityError:
        raise CodeTaken(segment=code) from None
    return row.id


async def _change(draft: SegmentDraft, name: str, note: str, condition: Condition) -> int:
    row = await Segment.filter(code=draft.code).select_for_update().get_or_none()
    if row is None:
        raise SegmentUnknown(segment=draft.code)
    if row.version != draft.version:
        raise ChangedMeanwhile(segment=draft.code)
    said = write(condition)
    await Segment.filter(id=row.id).update(name=name, note=note)
    if said != row.condition:
        now = clock.now()
        await Segment.filter(id=row.id).update(
            condition=said, version=F("version") + 1, is_filled=False, changed_at=now, due_at=now
        )
    return row.id


async def _check_parts(code: str, condition: Condition, *, is_new: bool) -> None:
    """No segment stands in itself, also not through others; new codes cannot be named yet."""
    parts = {row.code: _parts_of(row) for row in await Segment.all().only("code", "condition")}
    for part in segments_in(condition):
        if part not in parts and not (part == code and is_new):
            raise SegmentUnknown(segment=part[:40])
    parts[code] = segments_in(condition)
    if _reaches(code, code, parts):
        raise SegmentCycle(segment=code)


def _parts_of(row: Segment) -> list[str]:
    """From the data, not by `parse`: a fact may have gone with its room."""
    found: list[str] = []
    waiting: list[Any] = [row.condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if isinstance(node.get("segment"), str):
                found.append(node["segment"])
            waiting += [node[word] for word in ("all", "any", "not") if word in node]
    return found


def _reaches(start: str, goal: str, parts: dict[str, list[str]]) -> bool:
    seen, waiting = set[str](), list(parts.get(start, []))
    while waiting:
        code = waiting.pop()
        if code == goal:
            return True
        if code not in seen:
            seen.add(code)
            waiting += parts.get(code, [])
    return False


@use_case
async def delete_segment(*, scope: Scope, code: str) -> None:
    """Remove it with its log. Doing it again changes nothing. Raises SegmentInUse."""
    rows = await Segment.all().only("code", "condition")
    if any(code in _parts_of(row) for row in rows if row.code != code):
        raise SegmentInUse(segment=code)
    if await Segment.filter(code=code).delete():
        await record(scope, "segment.delete", f"segment:{code}")
