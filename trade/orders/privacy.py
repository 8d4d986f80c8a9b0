"""What orders keep of people (P1), and who receives a parcel: that is kept encrypted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from core.database import sql
from core.privacy import Ground, Kept, OnErase, Owned, Purpose
from core.security.rotation import encrypted_column
from core.security.vault import decrypt, encrypt
from trade.orders.models import ConsigneeRow

_CONTRACT = frozenset({Ground.CONTRACT})
_MEMBER = frozenset({Purpose.MEMBERSHIP})

PERSONAL: dict[str, Kept] = {
    "orders_order.note": Kept(_CONTRACT, 1095, "订单备注", "note on an order", "''"),
    "orders_note.text": Kept(
        _CONTRACT, 1095, "订单内部备注", "notes of our people on an order", "''"
    ),
    "orders_consignee.cipher": Kept(
        _CONTRACT,
        0,
        "收货人姓名、电话、地址（加密）",
        "name, phone and address of a consignee, encrypted",
    ),
    "orders_cart.lines": Kept(_MEMBER, 0, "购物车", "cart"),
    "orders_draft.note": Kept(_CONTRACT, 1095, "导购代下单备注", "note of a draft", "''"),
    "orders_timeline.actor": Kept(_CONTRACT, 1095, "订单操作人", "who did a step", "''"),
}

NOT_PERSONAL = frozenset(
    {
        "action", "amount_fen", "at", "balance_due_at", "by", "cause", "changed_at",
        "close_reason", "closed_at", "code", "created_at", "delivery", "deposit_fen",
        "discount_fen", "entrance", "expires_at", "fingerprint", "freight_fen", "goods_fen",
        "group_id", "guide_id", "id", "idempotency_key", "is_gift", "is_inner", "list_fen",
        "member_id", "moves_stock", "order_id", "order_no", "outside_no", "paid_at",
        "paid_fen", "parts", "payable_fen", "payment_no", "picture", "placed_at",
        "placed_by", "points_earned", "points_spent", "price_fen", "promised_on",
        "public_id", "quantity", "quote", "quote_version", "reasons", "refund_no",
        "refunded_fen", "sku_code", "sku_id", "source_store_id", "spec_text", "state",
        "store_id", "tax_bp", "tax_code", "tier", "title", "unit", "valid_until", "wanted",
        "withdrawn_at",
    }
)  # fmt: skip

OWNED = (
    Owned("orders_order"),
    Owned("orders_draft"),
    Owned("orders_cart", once_by=("store_id",), erase=OnErase.DELETE),
    Owned(
        "orders_consignee",
        whose="id IN (SELECT id FROM orders_order WHERE member_id = $1)",
        erase=OnErase.DELETE,
    ),
)


@dataclass(frozen=True, slots=True)
class Consignee:
    """Who receives an express parcel (收货人)."""

    name: str
    phone: str
    address: str


@encrypted_column("orders_consignee", "cipher", bound_to="order:{id}")
def _no_index(_: str) -> Mapping[str, str]:
    return {}


KEEP = """
INSERT INTO orders_consignee (id, cipher) SELECT * FROM unnest($1::bigint[], $2::text[])
"""


async def keep_consignees(known: Sequence[tuple[int, Consignee]]) -> None:
    """Each with the id of its order, all in one statement."""
    if known:
        await sql(KEEP, [order_id for order_id, _ in known], [_cipher(*one) for one in known])


def _cipher(order_id: int, consignee: Consignee) -> str:
    text = json.dumps(asdict(consignee), ensure_ascii=False)
    return encrypt(text, bound_to=f"order:{order_id}")


async def read_consignee(order_id: int) -> Consignee | None:
    row = await ConsigneeRow.get_or_none(id=order_id)
    if row is None:
        return None
    return Consignee(**json.loads(decrypt(row.cipher, bound_to=f"order:{order_id}")))
