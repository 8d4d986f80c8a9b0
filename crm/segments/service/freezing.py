"""Snapshots: who was in a segment at one moment, whatever becomes of it."""

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from crm.segments.errors import SegmentUnknown
from crm.segments.models import Segment, Snapshot

COPY = """
INSERT INTO segments_snapshot_bits (snapshot_id, chunk, bits)
SELECT $1, chunk, bits FROM segments_bits WHERE segment_id = $2
"""


@use_case
async def freeze(*, scope: Scope, code: str, name: str = "") -> int:
    """Keep who is in the segment now; answers the snapshot's id. Raises SegmentUnknown."""
    row = await Segment.filter(code=code).select_for_update().get_or_none()
    if row is None:
        raise SegmentUnknown(segment=code[:40])
    kept = await Snapshot.create(
        segment_id=row.id,
        name=(name.strip() or row.name)[:60],
        members=row.members,
        made_by=scope.actor,
        at=clock.now(),
    )
    await sql(COPY, kept.id, row.id)
    await record(scope, "segment.freeze", f"segment:{code}", snapshot=kept.id)
    return kept.id


@use_case
async def drop_snapshot(*, scope: Scope, snapshot_id: int) -> None:
    """Forget it. Doing it again changes nothing."""
    if await Snapshot.filter(id=snapshot_id).delete():
        await record(scope, "segment.drop_snapshot", f"snapshot:{snapshot_id}")
