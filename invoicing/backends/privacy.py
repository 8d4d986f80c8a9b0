"""Accounts at tax backends hold nothing about people."""

from core.privacy import Kept, Owned

PERSONAL: dict[str, Kept] = {}

NOT_PERSONAL = frozenset(
    {
        "adapter", "base_url", "callback_token", "checked_at", "created_at", "credentials",
        "down_since", "failures", "id", "is_active", "login_url", "most_fen", "most_lines",
        "name", "numbers_left", "point", "public_id", "quota_checked_at", "quota_fen", "said",
        "state", "tax_entity_id", "weight",
    }
)  # fmt: skip

OWNED: tuple[Owned, ...] = ()
