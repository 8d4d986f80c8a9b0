"""Which columns of this room are personal, for which purposes they are kept, and for how long (P1).

Every column is in one of the two lists below; a test fails for one that is in neither.
"""

from dataclasses import dataclass

from crm.people.rules import Purpose


@dataclass(frozen=True, slots=True)
class Kept:
    """`days` after the membership ends; 0 means erased with it."""

    purposes: frozenset[Purpose]
    days: int


_MEMBER = frozenset({Purpose.MEMBERSHIP})
_PHONE = frozenset({Purpose.PHONE})

PERSONAL: dict[str, Kept] = {
    "people_member.union_id": Kept(_MEMBER, 0),
    "people_member.phone_cipher": Kept(_PHONE, 0),
    "people_member.phone_index": Kept(_PHONE, 0),
    "people_member.phone_last4_index": Kept(_PHONE, 0),
    "people_member_id.open_id": Kept(_MEMBER, 0),
    "people_member_id.app_id": Kept(_MEMBER, 0),
    "people_touch.guide_id": Kept(_MEMBER, 365),
    "people_touch.store_id": Kept(_MEMBER, 365),
    "people_touch.group_id": Kept(_MEMBER, 365),
    "people_touch.product_id": Kept(_MEMBER, 365),
    "people_touch.at": Kept(_MEMBER, 365),
    "people_follow_up.product_id": Kept(_MEMBER, 365),
    "people_member_message.order_id": Kept(_MEMBER, 365),
}

NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "member_id", "tier", "joined_at", "purpose", "text_version", "how",
        "given_at", "withdrawn_at", "guide_id", "store_id", "group_id", "bound_at", "unbound_at",
        "chat_id", "name", "owner_guide_id", "seen_at", "gone_at", "order_no", "why",
        "rule", "paid_fen",
        "points", "at", "key", "staff_id", "text", "state", "wanted_at",
        "first_tried_at", "settled_at", "due_on",
    }
)  # fmt: skip
