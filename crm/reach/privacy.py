"""What this room keeps of members (P1). `core.privacy` explains the lists."""

from core.privacy import Expiring, Kept, OnErase, OnMerge, Owned, Purpose

_TOLD = frozenset({Purpose.MARKETING, Purpose.MEMBERSHIP})

PERSONAL: dict[str, Kept] = {
    "reach_message.said": Kept(_TOLD, 0, "发给您的消息", "what was sent to you", "''"),
    "reach_message.words": Kept(_TOLD, 0, "消息的填充内容", "words of messages", "'{}'"),
    "reach_guide_task.text": Kept(_TOLD, 0, "导购跟进事项", "what a guide should do", "''"),
    "reach_guide_task.note": Kept(_TOLD, 0, "导购跟进备注", "what a guide wrote", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "code", "name", "channel", "purpose", "subject", "text", "platform_id",
        "page", "data", "is_on", "changed_at", "key", "member_id", "template_id", "cause", "batch",
        "state", "why", "spent", "partner_no", "guide_id", "wanted_at", "due_at", "not_after",
        "tried_at", "settled_at", "asked_at", "span", "most", "starts", "ends", "starts_on", "used",
        "given_at", "is_held", "message_id", "ended_at", "store_id", "due_on", "done_at",
    }
)  # fmt: skip

OWNED = (
    Owned("reach_message", erase=OnErase.BLANK),
    Owned("reach_spent", merge=OnMerge.KEEP, erase=OnErase.DELETE, is_copied=False),
    Owned("reach_permit", erase=OnErase.DELETE, is_copied=False),
    Owned("reach_guide_task", erase=OnErase.BLANK),
)
EXPIRING = (
    Expiring("reach_message", "wanted_at", 730, "消息记录", "records of messages"),
    Expiring("reach_spent", "starts_on", 90, "触达频次", "counts of messages"),
    Expiring("reach_guide_task", "asked_at", 730, "导购跟进事项", "tasks of guides"),
)
