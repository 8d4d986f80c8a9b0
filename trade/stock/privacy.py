"""What stock keeps of people: who of ours counted and moved goods (P1)."""

from core.privacy import Ground, Kept

_STAFF = frozenset({Ground.STAFF})

PERSONAL: dict[str, Kept] = {
    "stock_movement.actor": Kept(_STAFF, 1095, "库存操作人", "who moved goods"),
    "stock_count_line.counted_by": Kept(_STAFF, 1095, "盘点人", "who counted"),
    "stock_count.opened_by": Kept(_STAFF, 1095, "盘点发起人", "who began a count"),
    "stock_count.closed_by": Kept(_STAFF, 1095, "盘点结束人", "who ended a count"),
    "stock_inbound.opened_by": Kept(_STAFF, 1095, "收货发起人", "who expected goods"),
    "stock_inbound.closed_by": Kept(_STAFF, 1095, "收货人", "who received goods"),
}

NOT_PERSONAL = frozenset(
    {
        "at", "booked_at", "cause", "closed_at", "count_id", "counted", "counted_at",
        "damaged", "document_no", "due_on", "expires_at", "from_store_id", "id",
        "in_returns", "in_transit", "inbound_id", "is_dirty", "kind", "number", "on_hand",
        "opened_at", "order_no", "place", "quantity", "reason", "reserved", "safety",
        "sent", "seq", "shortfall", "sku_id", "source", "state", "store_id", "told_no",
    }
)  # fmt: skip
