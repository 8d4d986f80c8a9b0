"""Which columns of this room are personal, why they are kept, and for how long (P1)."""

from core.privacy import Kept, OnErase, Owned, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})

PERSONAL = {
    "tags_mark.tag_id": Kept(_MEMBER, 0, "标签", "tags"),
    "tags_mark.source": Kept(_MEMBER, 0, "标签来源", "who says so"),
    "tags_mark.cause": Kept(_MEMBER, 0, "打标原因", "why"),
    "tags_mark.since_at": Kept(_MEMBER, 0, "打标时间", "since when"),
    "tags_corp_mark.tag_id": Kept(_MEMBER, 0, "企业微信标签", "tags in WeCom"),
    "tags_corp_mark.is_there": Kept(_MEMBER, 0, "企业微信是否已打标", "is it there"),
}
NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "member_id", "group_id", "name", "is_single", "position", "wecom_id",
        "archived_at", "condition", "refreshed_at", "valid_days", "is_shared", "push", "push_why",
        "made_by", "by", "until_at", "ended_at", "ended_by", "wanted", "state", "why",
        "changed_at", "started_at", "followers", "place", "cursor", "contacts", "strangers",
        "changed", "problem",
    }
)  # fmt: skip
OWNED = (
    Owned(
        "tags_mark",
        erase=OnErase.DELETE,
        once_by=("tag_id", "source"),
        once_where="ended_at IS NULL",
    ),
    Owned("tags_corp_mark", erase=OnErase.DELETE, once_by=("tag_id",), is_copied=False),
)
