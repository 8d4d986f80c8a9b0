"""What uploads of shipping info keep of people: the buyer's id at WeChat (P1)."""

from core.privacy import Ground, Kept, OnErase, Owned

_CONTRACT = frozenset({Ground.CONTRACT})

PERSONAL: dict[str, Kept] = {
    "shipping_info_upload.open_id": Kept(
        _CONTRACT, 0, "购买人微信标识", "WeChat id of who bought", "''"
    ),
}

NOT_PERSONAL = frozenset(
    {
        "app_id", "asked_at", "confirmed_at", "done_at", "errcode", "id", "is_managed",
        "kind", "limit_at", "looked_at", "mch_id", "order_id", "order_no", "paid_at",
        "payment_no", "reminded_at", "said", "sent", "settled_at", "state", "store_id",
        "transaction_id", "tries", "try_at", "wanted",
    }
)  # fmt: skip

OWNED = (
    Owned(
        "shipping_info_upload",
        whose="order_id IN (SELECT id FROM orders_order WHERE member_id = $1)",
        erase=OnErase.BLANK,
    ),
)
