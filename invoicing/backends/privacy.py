"""Accounts at tax backends hold nothing about people."""

from core.privacy import Kept, Owned

PERSONAL: dict[str, Kept] = {}

NOT_PERSONAL = frozenset(
    {
        "account_id", "adapter", "base_url", "callback_token", "checked_at", "created_at",
        "credentials", "down_since", "drawn_at", "failures", "id", "is_active", "login_url",
        "most_fen", "most_lines", "name", "number", "numbers_left", "point", "public_id",
        "quota_checked_at", "quota_fen", "said", "request_no", "state", "tax_entity_id",
        "tax_no", "weight",
    }
)  # fmt: skip

OWNED: tuple[Owned, ...] = ()
