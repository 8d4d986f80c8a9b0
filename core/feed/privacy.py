"""What the change feed keeps of people: ids, which lead to nobody once a member is erased (P1)."""

NOT_PERSONAL = frozenset(
    {
        "at", "cipher", "created_at", "data", "delivered", "document_id", "due_at", "error",
        "event", "expires_at", "facts", "id", "key_id", "kind", "kinds", "last_sequence",
        "partner_id", "public_id", "sequence", "set_aside_at", "state", "store_id",
        "subject", "subscription_id", "tries", "url",
    }
)  # fmt: skip
