"""What red letters keep of people: the next buyer of a wrong title (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned

_LAW = frozenset({Ground.LAW})
_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "reds_letter.next_buyer": Kept(
        _LAW, 3650, "更正后的发票抬头信息（加密）", "corrected buyer of an invoice, encrypted"
    ),
    "reds_delivery.target": Kept(
        _CONTRACT, 0, "红字发票接收邮箱（加密）", "where a red letter was sent, encrypted", "''"
    ),
    "reds_delivery.target_index": Kept(_CONTRACT, 0, "发票接收方索引", "index of it", "''"),
    "reds_letter.note": Kept(_LAW, 3650, "红冲原因", "why an invoice was taken back", "''"),
    "reds_step.note": Kept(_LAW, 3650, "红冲处理记录", "steps of a red letter", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "account_id", "action", "alarm", "asked", "at", "attempts", "blue_id", "by",
        "callback_token", "cause", "code", "created_at", "ended_at", "ex_fen", "form_at",
        "form_no", "form_state", "format", "forms", "id", "incl_fen", "invoice_id", "is_full",
        "is_reissued", "issued_at", "kind", "letter_id", "line_no", "lines", "number",
        "public_id", "quantity", "reason", "red_fen", "red_incl_fen", "red_no", "red_quantity",
        "red_tax_fen", "reminded_at", "said", "sale_id", "sent_at", "serial", "sha256", "size",
        "state", "store_id", "tax_entity_id", "tax_fen", "why",
    }
)  # fmt: skip

_OF_MEMBER = """sale_id IN (SELECT sale.id FROM invoicing_order AS sale
    JOIN orders_order AS o ON o.id = sale.order_id WHERE o.member_id = $1)"""
OWNED = (
    Owned("reds_letter", whose=_OF_MEMBER),
    Owned(
        "reds_delivery",
        whose=f"letter_id IN (SELECT id FROM reds_letter WHERE {_OF_MEMBER})",  # noqa: S608  our own words
        erase=OnErase.DELETE,
    ),
)
