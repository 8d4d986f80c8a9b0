"""Which columns of this room are personal, and how such data may have left in files (P1)."""

from core.privacy import Disclosure, Expiring, Ground, Kept, OnErase, OnMerge, Owned

_SAFETY = frozenset({Ground.SAFETY})

PERSONAL = {
    "exports_listed.export_id": Kept(_SAFETY, 1_095, "所在的导出名单", "lists one was in"),
    "exports_piece.cipher": Kept(_SAFETY, 0, "导出文件（加密）", "files made (encrypted)"),
}
NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "key", "asked_by", "role", "condition", "columns", "format", "use",
        "reason", "receiver", "is_whole", "tag_id", "language", "watermark", "schedule_id",
        "state", "why", "members", "left_out", "rows_done", "size", "sha256", "seen_by", "seen_at",
        "wanted_at", "ready_at", "taken_at", "expires_at", "place", "member_id", "at", "is_file",
        "no", "name", "keep_days", "every_days", "hour", "next_at", "ends_on", "ended_at",
        "why_ended", "export_id",
    }
)  # fmt: skip
# Who was in a list is history, and asked for after a leak: it stays, under the pseudonym.
OWNED = (Owned("exports_listed", merge=OnMerge.KEEP, erase=OnErase.KEEP, is_copied=False),)
EXPIRING = (
    Expiring("exports_listed", "at", 1_095, "导出名单的成员记录", "who was in an exported list"),
)
DISCLOSURES = (
    Disclosure(
        "exports",
        "导出的名单",
        "Exported lists",
        ("people_identity.cipher",),
        "SELECT l.member_id, e.taken_at AS at, e.role || ':' || e.asked_by AS actor"
        " FROM exports_listed AS l JOIN exports_export AS e ON e.id = l.export_id"
        " WHERE e.taken_at BETWEEN $1 AND $2",
    ),
)
