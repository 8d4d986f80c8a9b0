"""What the counter keeps of people: who of the staff sold, and who took a sale back (P1)."""

from core.privacy import Ground, Kept

_STAFF = frozenset({Ground.STAFF})

PERSONAL: dict[str, Kept] = {
    "counter_sale.sold_by": Kept(_STAFF, 1095, "柜台收银人", "who sold at the counter", "''"),
    "counter_undone.by": Kept(_STAFF, 1095, "柜台退款人", "who took a sale back", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "amount_fen", "at", "code", "content", "differs_fen", "digest", "flag", "id",
        "invoiced_at", "is_active", "is_offline", "is_void", "kept_at", "name", "order_id",
        "position", "public_id", "reason", "request_key", "sale_id", "says", "sold_at",
        "store_id", "tax_bp", "tax_code", "unit",
    }
)  # fmt: skip
