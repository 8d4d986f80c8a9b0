"""Set the scene: a till's partner, its receipts, and the worker that books them."""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from core.database import sql
from core.security.api_keys import NewKey, add_partner, scope_of_key
from core.security.scope import Grant, Scope
from devices.service import Answered, Item, take_receipts
from tests.scene import tell_everyone
from trade.stores.models import Store

serial = count(1)
EVERY_GRANT = tuple(Grant)


async def a_key(*stores: Store, grants: Sequence[Grant] = EVERY_GRANT, name: str = "") -> NewKey:
    """A partner of these stores, or of all of them."""
    return await add_partner(
        name=name or f"till {next(serial)}",
        grants=grants,
        store_ids=[store.id for store in stores] or None,
        by="scene",
    )


async def a_partner(*stores: Store, grants: Sequence[Grant] = EVERY_GRANT) -> Scope:
    return await scope_of_key((await a_key(*stores, grants=grants)).token)


def a_line(sku: str, *, quantity: int = 1, price_fen: int = 1_000, **more: Any) -> dict[str, Any]:
    off = more.get("discountFen", 0)
    line = {"sku": sku, "quantity": quantity, "priceFen": price_fen}
    return {**line, "payableFen": price_fen * quantity - off, **more}


def a_receipt(
    store_code: str, *lines: dict[str, Any], receipt_no: str = "", **more: Any
) -> dict[str, Any]:
    """A sale that adds up, paid in cash unless `tenders` says how."""
    off = more.get("discountFen", 0)
    total = sum(line["payableFen"] for line in lines) - off
    made = {
        "storeCode": store_code,
        "till": "1",
        "receiptNo": receipt_no or str(next(serial)),
        "soldAt": "2026-05-01T10:00:00+08:00",
        "lines": list(lines),
        "totalFen": total,
        "tenders": [{"kind": "cash", "amountFen": total}] if total else [],
    }
    return {**made, **more}


async def upload(scope: Scope, *receipts: Any) -> list[Answered]:
    """What the API would answer, receipt by receipt."""
    items = [Item(place, receipt) for place, receipt in enumerate(receipts, start=1)]
    taken = await take_receipts(
        scope, items, name="api", raw=json.dumps(receipts, ensure_ascii=False)
    )
    return list(taken.answers)


async def uploaded(scope: Scope, *receipts: Any) -> list[str]:
    """Upload and let the worker book: what was answered, as words."""
    answers = await upload(scope, *receipts)
    await tell_everyone(30)
    failed = await sql("SELECT name, error FROM core_outbox WHERE error IS NOT NULL")
    assert failed == []
    return [answer.result for answer in answers]
