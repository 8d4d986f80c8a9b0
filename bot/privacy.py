"""What the bot keeps of people: ids of WeCom's customers, as news told them (P1)."""

from core.privacy import Kept, Purpose

_MEMBER = frozenset({Purpose.MEMBERSHIP})

PERSONAL: dict[str, Kept] = {
    "bot_contact_event.external_user_id": Kept(
        _MEMBER, 0, "企业微信客户标识", "WeCom's id of a customer", "''"
    ),
}

NOT_PERSONAL = frozenset(
    {
        "change", "id", "inbox_id", "source", "state", "told_at", "user_id",
    }
)  # fmt: skip
