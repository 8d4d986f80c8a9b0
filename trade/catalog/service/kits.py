"""Kits (组合装): one thing to buy, several things to take from stock."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from trade.catalog.errors import BadKit, KitInKit, SkuNotFound
from trade.catalog.models import KitPart
from trade.catalog.service.telling import tell_changed

MAX_PARTS, MAX_PIECES = 50, 1_000


@dataclass(frozen=True, slots=True)
class PartDraft:
    sku_code: str
    quantity: int


# Both ends are locked in the order of their ids: two people who make X a part of Y and Y a part of
# Z at once wait for each other, and the second one sees the first.
LOCK = "SELECT id, code, product_id FROM catalog_sku WHERE code = ANY($1) ORDER BY id FOR UPDATE"
NESTED = """
SELECT s.code FROM catalog_kit_part AS k JOIN catalog_sku AS s
    ON s.id = CASE WHEN k.part_id = $1 THEN k.part_id ELSE k.kit_id END
WHERE (k.part_id = $1 AND cardinality($2::bigint[]) > 0) OR k.kit_id = ANY($2::bigint[]) LIMIT 1
"""


@use_case
async def set_kit(
    *, sku_code: str, parts: Sequence[PartDraft], scope: Scope | str = "import"
) -> bool:
    """Say what one piece of a SKU consists of; without parts it is counted itself again.

    Answers whether that is new. Raises SkuNotFound, BadKit for parts named twice or not countable,
    and KitInKit where a kit would be a part.
    """
    wanted = {part.sku_code: part.quantity for part in parts}
    _check(sku_code, parts, wanted)
    rows = {row["code"]: row for row in await sql(LOCK, [sku_code, *wanted])}
    if missing := [code for code in (sku_code, *wanted) if code not in rows]:
        raise SkuNotFound(sku_code=missing[0])
    kit = rows[sku_code]
    ids = {rows[code]["id"]: quantity for code, quantity in wanted.items()}
    if nested := await sql(NESTED, kit["id"], list(ids)):
        raise KitInKit(sku_code=nested[0]["code"])
    if dict(await KitPart.filter(kit_id=kit["id"]).values_list("part_id", "quantity")) == ids:
        return False
    await KitPart.filter(kit_id=kit["id"]).delete()
    await KitPart.bulk_create(
        [KitPart(kit_id=kit["id"], part_id=part, quantity=n) for part, n in ids.items()]
    )
    await record(scope, "catalog.kit", sku_code, parts=len(ids))
    await tell_changed([kit["product_id"]], "kit")
    return True


def _check(sku_code: str, parts: Sequence[PartDraft], wanted: dict[str, int]) -> None:
    is_countable = all(1 <= quantity <= MAX_PIECES for quantity in wanted.values())
    if len(wanted) != len(parts) or len(parts) > MAX_PARTS or not is_countable:
        raise BadKit(sku_code=sku_code)
    if sku_code in wanted:
        raise KitInKit(sku_code=sku_code)
