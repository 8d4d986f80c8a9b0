"""Which columns of this room are personal, why they are kept, and for how long (P1).

Bits hold who is in a segment without an id of their own: `service.forget_member` clears them.
"""

from core.privacy import Expiring, Kept, OnErase, OnMerge, Owned, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})

_PASSED = Kept(_MEMBER, 0, "进出人群包的记录", "segments entered and left")
_IN = Kept(_MEMBER, 0, "所在的人群包", "segments one is in")

PERSONAL: dict[str, Kept] = {
    "segments_passage.has_entered": _PASSED,
    "segments_passage.segment_id": _PASSED,
    "segments_bits.bits": _IN,
    "segments_snapshot_bits.bits": _IN,
}
NOT_PERSONAL = frozenset(
    {
        "id", "code", "name", "note", "condition", "version", "round", "members", "is_filled",
        "made_by", "made_at", "changed_at", "refreshed_at", "due_at", "segment_id", "chunk",
        "member_id", "at", "day", "entered", "left", "snapshot_id",
    }
)  # fmt: skip
OWNED = (Owned("segments_passage", merge=OnMerge.KEEP, erase=OnErase.DELETE),)
EXPIRING = (
    Expiring("segments_passage", "at", 400, "进出人群包的记录", "segments entered and left"),
)
