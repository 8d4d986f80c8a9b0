"""What the backends keep of people: buyers of invoices that wait for a tax disc (P1)."""

from core.privacy import Ground, Kept, Owned

PERSONAL: dict[str, Kept] = {
    "backends_task.payload": Kept(
        frozenset({Ground.LAW}),
        30,
        "待税控设备开具的发票（加密）",
        "an invoice that waits for its device, encrypted; emptied when it is issued",
        "''",
    ),
}

NOT_PERSONAL = frozenset(
    {
        "account_id", "adapter", "answer", "base_url", "callback_token", "checked_at", "code",
        "created_at", "credentials", "disc_no", "down_since", "drawn_at", "ended_at",
        "failures", "hold", "id", "is_active", "is_ready", "last_stamp", "lease_no",
        "leased_until", "login_url", "most_fen", "most_lines", "name", "number", "numbers_left",
        "point", "public_id", "quota_checked_at", "quota_fen", "request_no", "said", "seen_at",
        "state", "tax_entity_id", "tax_no", "version", "weight",
    }
)  # fmt: skip

OWNED: tuple[Owned, ...] = ()
