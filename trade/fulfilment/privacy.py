"""What fulfilment keeps of people: after-sales, and words people wrote (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned

_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "fulfilment_return.reason": Kept(_CONTRACT, 1095, "退货原因", "reason of a return", "''"),
    "fulfilment_return.proof": Kept(_CONTRACT, 1095, "退货凭证", "proof of a return", "''"),
    "fulfilment_return_step.note": Kept(
        _CONTRACT, 1095, "售后备注", "notes of an after-sale", "''"
    ),
    "fulfilment_shipment.rider": Kept(_CONTRACT, 1095, "配送员", "who delivered", "''"),
    "fulfilment_visit.note": Kept(_CONTRACT, 365, "到店预约备注", "note of a visit", "''"),
    "fulfilment_track.text": Kept(_CONTRACT, 1095, "物流轨迹", "steps of a parcel", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "action", "actor", "allowed_by", "amount_fen", "arrived_at", "asked_fen", "at",
        "by", "carrier", "case_id", "closed_at", "code", "condition", "confirmed_at",
        "created_at", "data", "disposed", "due_at", "ended_at", "ends_at",
        "exchange_order_id", "fingerprint", "gone", "hold_place", "id", "kind", "late_at",
        "left_at", "line_id", "manager_over_fen", "member_id", "money", "money_when",
        "next_task_id", "note", "notices", "order_id", "order_no", "payable_fen", "pieces",
        "pieces_id", "place", "priority", "public_id", "put_away_at", "put_away_by",
        "quantity", "ready_at", "reason", "receipt", "received", "refund_fen", "refund_no",
        "refund_nos", "refund_to", "refused", "reminded_at", "request_key", "return_no",
        "returned", "round", "rule_code", "settled_at", "shipment_id", "shipment_no",
        "sku_id", "sold_store_id", "state", "step", "store_id", "task_id", "to_store_id",
        "tracking_no", "valid_from", "valid_until", "what", "worth_fen",
        "ended_by", "product_id", "seat", "starts_at",
    }
)  # fmt: skip

OWNED = (
    Owned("fulfilment_return", erase=OnErase.KEEP),
    Owned("fulfilment_visit", erase=OnErase.DELETE),
)
