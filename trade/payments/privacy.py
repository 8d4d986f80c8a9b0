"""What payments keep of people: the payer's id at WeChat, as the books need it (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned

_LAW = frozenset({Ground.LAW})

PERSONAL: dict[str, Kept] = {
    "payments_payment.open_id": Kept(_LAW, 1095, "付款人微信标识", "WeChat id of who paid", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "amount_fen", "app_id", "ask_at", "asks", "at", "balance_fen",
        "batch_key", "bill_no", "bonus_fen", "by",
        "cash_count_id", "code_url", "counted_at", "counted_by", "counted_fen", "created_at",
        "description", "done_at", "ended_at", "expires_at", "facts", "fail_reason", "given_fen",
        "goes_to", "handed_by", "has_paid_order", "id", "keeps_bp", "kept_fen", "kind",
        "left_fen", "mch_id", "member_id", "method", "number", "opened_fen", "order_id",
        "order_no", "other_no", "paid_at", "pay_out_no",
        "payer_fen", "payment_id", "payment_no", "prepay_id",
        "public_id", "reason", "refund_fen", "refund_id", "refund_no", "refunding_fen",
        "request_key", "said",
        "settled_at", "slip_no", "state", "store_id", "surplus_id", "taken_by", "taken_fen",
        "top_up_id", "top_up_no", "transaction_id", "transfer_no", "valid_from", "valid_until",
    }
)  # fmt: skip

OWNED = (
    Owned("payments_top_up"),
    Owned("payments_pay_out"),
    Owned("payments_payment", erase=OnErase.BLANK),
)
