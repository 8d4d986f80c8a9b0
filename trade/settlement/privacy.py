"""What settlement keeps of people: which guide earned what (P1)."""

from core.privacy import Ground, Kept

_STAFF = frozenset({Ground.STAFF})

PERSONAL: dict[str, Kept] = {
    "settlement_sale_credit.guide_id": Kept(_STAFF, 1095, "业绩归属导购", "guide with the credit"),
}

NOT_PERSONAL = frozenset(
    {
        "amount_fen", "at", "commission_bp", "commission_fen", "franchisee_id", "id",
        "order_id", "order_no", "paid_fen", "pieces", "rates_version", "receipt_id",
        "return_no", "share_bp", "share_fen", "sold_franchisee_id", "sold_store_id",
        "store_id", "worth_fen",
    }
)  # fmt: skip
