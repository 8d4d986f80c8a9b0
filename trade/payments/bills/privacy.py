"""What bills keep of people: nothing; they are rows of money (P1)."""

NOT_PERSONAL = frozenset(
    {
        "amount_fen", "ask_at", "asks", "aspect", "at", "bill_id", "compared_at",
        "created_at", "day", "ended_at", "ended_by", "fee_mfen", "found_at", "hash_value",
        "id", "kind", "line_no", "loaded_at", "mch_id", "order_no", "ours", "ours_fen",
        "ours_paid_fen", "ours_refunded_fen", "paid_fen", "payment_no", "rate_bp", "reason",
        "refund_id", "refund_no", "refunded_fen", "rows", "run", "runs", "said",
        "settled_fen", "state", "subject", "theirs", "theirs_fen", "transaction_id",
    }
)  # fmt: skip
