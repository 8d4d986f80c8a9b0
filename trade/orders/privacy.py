"""The one personal fact of an order: who receives the parcel. It is kept encrypted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from core.database import sql
from core.security.rotation import encrypted_column
from core.security.vault import decrypt, encrypt
from trade.orders.models import ConsigneeRow


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
