"""SKUs as other rooms see them: what they are, what they consist of, where they are sold."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.database import sql
from trade.catalog.models import Axis, Barcode, KitPart, Sku


@dataclass(frozen=True, slots=True)
class SkuView:
    """`spec` is what a shopper chooses between, in the brand's words: `{"颜色": …, "尺寸": …}`.

    `parts` are (SKU id, pieces) one kit takes from stock; empty for what is counted itself.
    `presale_on` is the promised day of goods that are not there yet, None once it has come;
    `deposit_bp` is the share of the price to pay at once then, 0: all of it. `category_ids` go
    from the root of the tree down to its own category. `limit_each` pieces of its product, of
    whatever SKU, a member may buy within `limit_days` (0: ever); None: any number.
    """

    id: int
    code: str
    barcode: str | None
    product_id: int
    title: str
    spec: dict[str, str]
    unit: str
    tax_code: str
    tax_bp: int
    list_price_fen: int
    picture: str
    on_sale: bool
    parts: tuple[tuple[int, int], ...] = ()
    presale_on: date | None = None
    deposit_bp: int = 0
    category_ids: tuple[int, ...] = ()
    brand_id: int | None = None
    limit_each: int | None = None
    limit_days: int = 0


# All about a SKU in one round trip and without a model: a quote asks it for every line. The last
# day of a pre-sale passed and the goods not there: nobody can order it ($day is today in the shop).
FACTS = """
s.id, s.code, s.product_id, s.colour, s.size, s.unit, s.tax_code, s.tax_bp, s.list_price_fen,
s.picture, s.presale_on, s.deposit_bp,
(s.presale_on IS NULL OR s.presale_on <= $day OR coalesce(s.presale_until, s.presale_on) >= $day)
    AND s.on_sale AS is_sold,
(SELECT b.code FROM catalog_barcode AS b WHERE b.sku_id = s.id ORDER BY b.position LIMIT 1)
    AS barcode,
(SELECT json_agg(json_build_array(k.part_id, k.quantity) ORDER BY k.part_id)
 FROM catalog_kit_part AS k WHERE k.kit_id = s.id) AS parts,
CASE WHEN s.more_spec <> '{}' THEN
    (SELECT json_object_agg(a.name, s.more_spec ->> a.code ORDER BY a.position, a.id)
     FROM catalog_axis AS a WHERE s.more_spec ? a.code) END AS more
"""


def with_facts(day_place: int, query: str) -> str:
    """Our own text put together; `day_place` is the parameter that holds today."""
    return query.replace("{facts}", FACTS.replace("$day", f"${day_place}"))


SKUS = with_facts(
    4,
    """
SELECT {facts}, p.on_sale AS is_product_sold, p.title, p.brand_id, p.limit_each, p.limit_days,
    c.path AS category_ids
FROM catalog_sku AS s JOIN catalog_product AS p ON p.id = s.product_id
LEFT JOIN catalog_category AS c ON c.id = p.category_id
WHERE s.id = ANY (ARRAY(  -- one list of ids: ORs over two tables would read all SKUs
    SELECT unnest($1::bigint[])
    UNION SELECT id FROM catalog_sku WHERE code = ANY($2::text[])
    UNION SELECT sku_id FROM catalog_barcode WHERE code = ANY($3::text[])))
""",
)
ON_SHELF = """
SELECT s.id FROM catalog_sku AS s JOIN catalog_product AS p ON p.id = s.product_id
WHERE s.id = ANY($1::bigint[]) AND s.on_sale AND p.on_sale
    AND (s.presale_on IS NULL OR s.presale_on <= $3
         OR coalesce(s.presale_until, s.presale_on) >= $3)
    AND (NOT p.is_limited OR EXISTS (
        SELECT FROM catalog_limited_store AS l WHERE l.product_id = p.id AND l.store_id = $2))
    AND NOT EXISTS (
        SELECT FROM catalog_off_shelf AS o WHERE o.product_id = p.id AND o.store_id = $2)
"""


def today() -> date:
    return clock.shop_day(clock.now())


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def sku_of(row: dict[str, Any], day: date) -> SkuView:
    """From a row of FACTS with what its product adds; also as the JSON of such a row."""
    choices = {"颜色": row["colour"], "尺寸": row["size"], **(_decoded(row["more"]) or {})}
    promised = row["presale_on"]
    if isinstance(promised, str):
        promised = date.fromisoformat(promised)
    is_ahead = promised is not None and promised > day
    return SkuView(
        id=row["id"],
        code=row["code"],
        barcode=row["barcode"],
        product_id=row["product_id"],
        title=row["title"],
        spec={name: value for name, value in choices.items() if value},
        unit=row["unit"],
        tax_code=row["tax_code"],
        tax_bp=row["tax_bp"],
        list_price_fen=row["list_price_fen"],
        picture=row["picture"],
        on_sale=row["is_sold"] and row["is_product_sold"],
        parts=tuple((part, count) for part, count in _decoded(row["parts"]) or ()),
        presale_on=promised if is_ahead else None,
        deposit_bp=row["deposit_bp"] if is_ahead else 0,
        category_ids=tuple(row["category_ids"] or ()),
        brand_id=row["brand_id"],
        limit_each=row["limit_each"],
        limit_days=row["limit_days"],
    )


async def _skus(
    *, ids: Iterable[int] = (), codes: Iterable[str] = (), scanned: Iterable[str] = ()
) -> list[SkuView]:
    day = today()
    rows = await sql(SKUS, sorted(set(ids)), sorted(set(codes)), sorted(set(scanned)), day)
    return [sku_of(row, day) for row in rows]


async def skus(sku_ids: Iterable[int]) -> dict[int, SkuView]:
    """By id, also those off the shelf (`on_sale` says so); unknown ids are left out."""
    return {view.id: view for view in await _skus(ids=sku_ids)}


async def skus_by_code(codes: Iterable[str]) -> dict[str, SkuView]:
    """By code, also those off the shelf (`on_sale` says so); unknown codes are left out."""
    return {view.code: view for view in await _skus(codes=codes)}


async def skus_by_barcode(scanned: Iterable[str]) -> dict[str, SkuView]:
    """By any barcode of theirs, as a till or a scanner reads it; unknown ones are left out."""
    wanted = sorted(set(scanned))
    views = {view.id: view for view in await _skus(scanned=wanted)}
    rows = await Barcode.filter(code__in=wanted).values_list("code", "sku_id")
    return {code: views[sku_id] for code, sku_id in rows if sku_id in views}


async def find_sku(code: str) -> SkuView | None:
    return (await skus_by_code([code])).get(code)


async def is_on_shelf(store_id: int, wanted: Iterable[int]) -> set[int]:
    """Which of these SKUs this store sells now.

    A SKU is sold where it and its product are on sale, its pre-sale has not ended, the product is
    not limited to other stores, and the store has not taken it off its own shelf.
    """
    return {row["id"] for row in await sql(ON_SHELF, sorted(set(wanted)), store_id, today())}


async def skus_of_products(product_ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids of all SKUs of these products, also of those off the shelf."""
    found: dict[int, list[int]] = {}
    rows = Sku.filter(product_id__in=sorted(set(product_ids))).order_by("id")
    for sku_id, of in await rows.values_list("id", "product_id"):
        found.setdefault(of, []).append(sku_id)
    return found


async def sku_ids() -> dict[str, int]:
    """Code to id of every SKU."""
    return dict(await Sku.all().values_list("code", "id"))


async def barcodes() -> dict[str, str]:
    """Barcode to SKU code."""
    return dict(await Barcode.all().values_list("code", "sku__code"))


async def choices() -> dict[tuple[int, str, str, str], str]:
    """(product id, colour, size, further values as sorted JSON) to SKU code."""
    rows = await Sku.all().values_list("product_id", "colour", "size", "more_spec", "code")
    return {(of, colour, size, spec_key(more)): code for of, colour, size, more, code in rows}


def spec_key(more: dict[str, str]) -> str:
    return json.dumps(more, sort_keys=True, ensure_ascii=False)


async def kit_codes() -> set[str]:
    """Codes of all SKUs that are kits."""
    return {str(code) for code in await KitPart.all().values_list("kit__code", flat=True)}


async def axis_codes() -> set[str]:
    """By what goods are chosen besides colour and size."""
    return {str(code) for code in await Axis.all().values_list("code", flat=True)}
