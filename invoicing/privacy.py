"""What invoices keep of people: buyers' titles and where a copy was sent (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned

_LAW = frozenset({Ground.LAW})
_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "invoicing_request.buyer": Kept(
        _LAW, 3650, "发票抬头信息（加密）", "buyer of an invoice, encrypted"
    ),
    "invoicing_request.remark": Kept(_LAW, 3650, "发票备注", "remark of an invoice", "''"),
    "invoicing_delivery.target": Kept(
        _CONTRACT, 0, "发票接收邮箱或手机（加密）", "where an invoice was sent, encrypted", "''"
    ),
    "invoicing_delivery.target_index": Kept(_CONTRACT, 0, "发票接收方索引", "index of it", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "alarm", "asked", "attempts", "callback_token", "channel", "code", "created_at",
        "ended_at", "ex_fen", "format", "id", "incl_fen", "invoice_id", "issued_at",
        "lines", "number", "order_id", "order_key", "order_no", "paid_at", "paid_fen",
        "part", "public_id", "reason", "receipt_code", "request_id", "request_no", "said",
        "seller", "sent_at", "serial", "sha256", "size", "state", "store_id",
        "tax_entity_id", "tax_fen",
    }
)  # fmt: skip

_OF_MEMBER = "(SELECT id FROM orders_order WHERE member_id = $1)"
OWNED = (
    Owned("invoicing_request", whose=f"order_id IN {_OF_MEMBER}"),
    Owned(
        "invoicing_delivery",
        whose=f"invoice_id IN (SELECT id FROM invoicing_invoice WHERE order_id IN {_OF_MEMBER})",  # noqa: S608  our own words
        erase=OnErase.DELETE,
    ),
)
