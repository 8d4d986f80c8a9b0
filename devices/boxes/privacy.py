"""What boxes keep of people: what stands on a receipt, for thirty days (P1)."""

from core.privacy import Expiring, Ground, Kept
from devices.boxes.rules import RAW_DAYS

_CONTRACT = frozenset({Ground.CONTRACT})
_STAFF = frozenset({Ground.STAFF})

PERSONAL: dict[str, Kept] = {
    "boxes_copy.cipher": Kept(_CONTRACT, RAW_DAYS, "小票原文", "receipts as they were printed"),
    "boxes_copy.text": Kept(
        _CONTRACT, RAW_DAYS, "小票文字（已打码）", "text of receipts, masked", "'[]'"
    ),
    "boxes_box.made_by": Kept(_STAFF, 1095, "盒子登记人", "who added a box"),
    "boxes_box.ended_by": Kept(_STAFF, 1095, "盒子停用人", "who ended a box"),
    "boxes_paper.decided_by": Kept(_STAFF, 1095, "小票处理人", "who typed in a receipt"),
}

NOT_PERSONAL = frozenset(
    {
        "box_id", "certificate", "cipher", "clock_skew_s", "code", "created_at", "decided_at",
        "doubts", "due_fen", "ended_at", "ends_at", "enrolled_at", "first_used_at",
        "has_printer", "id", "invite_ends_at", "invite_index", "invite_key_digest", "key",
        "key_digest", "kept_at", "kind", "last_seen_at", "layout", "layout_no", "lines", "made_at",
        "name", "order_key", "order_no", "origin_id", "origin_no", "paper_id", "pem", "public_id",
        "reason", "received_at", "rival_id", "seen", "serial", "sold_at", "state", "store_id",
        "version", "waiting", "wants_key",
    }
)  # fmt: skip

EXPIRING = (
    Expiring("boxes_copy", "kept_at", RAW_DAYS, "小票原文", "receipts as they were printed"),
)
