"""What core's own tables keep of people (P1). `core.privacy` explains the lists."""

from core.privacy import Expiring, Ground, Kept, OnErase, OnMerge, Owned

_SAFETY = frozenset({Ground.SAFETY})

PERSONAL: dict[str, Kept] = {
    "core_session.label": Kept(_SAFETY, 0, "登录设备", "device of a login", "''"),
    "core_idempotency.answer": Kept(_SAFETY, 0, "最近请求的答复", "answers to recent requests"),
    "core_inbox.body": Kept(_SAFETY, 90, "平台通知原文", "notices of the platforms, raw"),
}

NOT_PERSONAL = frozenset(
    {
        "id", "kind", "name", "debt_key", "payload", "lease_no", "tries", "created_at", "due_at",
        "leased_until", "done_at", "dead_at", "error", "source", "content_key", "facts", "seen",
        "received_at", "token_hash", "role", "member_id", "staff_id",
        "expires_at", "grants", "is_everywhere", "store_ids", "last_used_at", "made_by",
        "partner_id", "prefix", "revoked_at", "secret_hash", "fingerprint", "request_key", "status",
        "actor", "cipher", "cause", "table_name", "column_name", "row_id", "from_id", "to_id",
        "moved_at", "back_at",
    }
)  # fmt: skip

OWNED = (
    Owned(
        "core_session",
        merge=OnMerge.KEEP,
        erase=OnErase.DELETE,
        key="token_hash",
        is_copied=False,
    ),
    Owned(
        "core_idempotency",
        whose="actor = 'member:' || $1::bigint",
        erase=OnErase.DELETE,
        is_copied=False,
    ),
    Owned("core_moved_row", column="from_id", merge=OnMerge.KEEP, is_copied=False),
    Owned("core_moved_row", column="to_id", merge=OnMerge.KEEP, is_copied=False),
)

EXPIRING = (
    Expiring("core_inbox", "received_at", 90, "平台通知原文", "notices of the platforms, raw"),
    Expiring("core_idempotency", "created_at", 7, "最近请求的答复", "answers to recent requests"),
    Expiring("core_session", "expires_at", 1, "已结束的登录", "logins that have ended"),
)
