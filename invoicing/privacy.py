"""What invoices keep of people: buyers' titles and where a copy was sent (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned

_LAW = frozenset({Ground.LAW})
_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "invoicing_request.buyer": Kept(
        _LAW, 3650, "发票抬头信息（加密）", "buyer of an invoice, encrypted"
    ),
    "invoicing_request.title_index": Kept(_LAW, 3650, "发票抬头索引", "index of a title", "''"),
    "invoicing_request.remark": Kept(_LAW, 3650, "发票备注", "remark of an invoice", "''"),
    "invoicing_delivery.target": Kept(
        _CONTRACT, 0, "发票接收邮箱或手机（加密）", "where an invoice was sent, encrypted", "''"
    ),
    "invoicing_delivery.target_index": Kept(_CONTRACT, 0, "发票接收方索引", "index of it", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "account_id", "alarm", "asked", "at", "attempts", "box_id", "callback_token", "channel",
        "code", "copy_no", "created_at", "edition", "ended_at", "ex_fen", "expires_at", "fen",
        "file_tries", "format", "group_no", "held_at", "hold", "id", "incl_fen", "invoice_id",
        "is_asked", "is_leaf", "is_live", "is_red", "is_void", "issued_at", "kind", "label",
        "lines", "name", "number", "order_id", "order_key", "order_no", "origin", "paid_at",
        "paid_fen", "paper", "paper_id", "part", "parts", "pattern", "policy", "public_id",
        "reason", "receipt_code", "red_fen", "red_incl_fen", "request_id", "request_no", "rules",
        "said", "sale_id", "seller", "sent_at", "serial", "settled_at", "settled_by", "sha256",
        "short_code", "short_name", "size", "source", "state", "store_id", "tax_bp", "tax_code",
        "tax_entity_id", "tax_fen", "valid_from", "valid_until", "version",
    }
)  # fmt: skip

_SALES_OF_MEMBER = """(SELECT sale.id FROM invoicing_order AS sale
    JOIN orders_order AS bought ON bought.id = sale.order_id WHERE bought.member_id = $1)"""
_REQUESTS = f"(SELECT request_id FROM invoicing_covered WHERE sale_id IN {_SALES_OF_MEMBER})"  # noqa: S608  our own words
OWNED = (
    Owned("invoicing_request", whose=f"id IN {_REQUESTS}"),
    Owned(
        "invoicing_delivery",
        whose=f"invoice_id IN (SELECT id FROM invoicing_invoice WHERE request_id IN {_REQUESTS})",  # noqa: S608  our own words
        erase=OnErase.DELETE,
    ),
)
