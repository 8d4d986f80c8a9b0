"""Put products and what can be chosen of them, by the brand's own codes."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from core.database import sql, use_case
from core.ids import new_id
from core.upsert import Upserted, upsert_telling
from trade.catalog.errors import AxisUnknown, BarcodeTaken, BarcodeWrong
from trade.catalog.models import Axis, Product, Sku
from trade.catalog.rules import is_barcode, placeholder
from trade.catalog.service.indexing import index_products
from trade.catalog.service.telling import tell_changed
from trade.catalog.service.tree import brand_ids_of, category_ids_of


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """`category` and `brand` are a code, or a name, which is then made known."""

    code: str
    title: str
    category: str
    brand: str
    description: str
    picture: str
    on_sale: bool
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class SkuDraft:
    """`barcode` is the one printed, `more_barcodes` are others on older or partners' labels.

    `more_spec` names further axes by code.
    """

    product_id: int
    code: str
    barcode: str | None
    colour: str
    size: str
    unit: str
    tax_code: str
    tax_bp: int
    list_price_fen: int
    picture: str
    on_sale: bool
    more_barcodes: tuple[str, ...] = ()
    more_spec: dict[str, str] = field(default_factory=dict)
    presale_on: date | None = None
    presale_until: date | None = None
    deposit_bp: int = 0

    @property
    def barcodes(self) -> list[str]:
        return [*([self.barcode] if self.barcode else []), *self.more_barcodes]


@use_case
async def put_products(drafts: Iterable[ProductDraft]) -> Upserted:
    """Add or correct products by code. Doing it again changes nothing.

    A product without a picture gets a drawing that fits its category.
    """
    listed = list(drafts)
    categories = await category_ids_of(draft.category for draft in listed)
    brands = await brand_ids_of(draft.brand for draft in listed)
    names = await _names(categories)
    rows = [
        {
            **asdict(draft),
            "category_id": categories.get(draft.category),
            "brand_id": brands.get(draft.brand),
            "picture": draft.picture or placeholder(names.get(draft.category, draft.category)),
            "public_id": new_id("prd"),
            "price_fen": 0,
            "is_limited": False,
        }
        for draft in listed
    ]
    for row in rows:
        del row["category"], row["brand"]
    once = ["public_id", "price_fen", "is_limited"]
    done = await upsert_telling(Product, rows, by=["code"], once=once)
    await index_products(done.ids)
    await tell_changed(done.ids, "product")
    return done.count


async def _names(ids: dict[str, int]) -> dict[str, str]:
    """The category's own name for what a draft called it: drawings go by words."""
    rows = await sql("SELECT id, name FROM catalog_category WHERE id = ANY($1)", list(ids.values()))
    by_id = {row["id"]: row["name"] for row in rows}
    return {called: by_id[category_id] for called, category_id in ids.items()}


LOWEST_PRICES = """
UPDATE catalog_product AS p SET price_fen = lowest.price_fen
FROM (SELECT product_id, min(list_price_fen) AS price_fen FROM catalog_sku
      WHERE on_sale GROUP BY product_id) AS lowest
WHERE p.id = lowest.product_id AND p.id = ANY($1::bigint[])
    AND p.price_fen <> lowest.price_fen
"""
CATEGORY_NAMES = """
SELECT p.id, coalesce(c.name, '') AS name FROM catalog_product AS p
LEFT JOIN catalog_category AS c ON c.id = p.category_id WHERE p.id = ANY($1::bigint[])
"""


@use_case
async def put_skus(drafts: Sequence[SkuDraft]) -> Upserted:
    """Add or correct SKUs by code, and the lowest price their products show.

    Doing it again changes nothing. A SKU without a picture gets a drawing in its colour, if the
    colour has a name; otherwise the product's picture is shown. Raises AxisUnknown, BarcodeWrong
    and BarcodeTaken.
    """
    await _check_axes(drafts)
    products = sorted({draft.product_id for draft in drafts})
    categories = {row["id"]: row["name"] for row in await sql(CATEGORY_NAMES, products)}
    rows = [_sku_row(draft, categories[draft.product_id]) for draft in drafts]
    done = await upsert_telling(Sku, rows, by=["code"])
    relabelled = await _put_barcodes(drafts)
    await sql(LOWEST_PRICES, products)
    touched = await Sku.filter(id__in=[*done.ids, *relabelled]).values_list("id", "product_id")
    changed = {of for _, of in touched}
    await index_products(changed)
    await tell_changed(changed, "sku")
    more = len(set(relabelled) - set(done.ids))
    return Upserted(done.count.new, done.count.changed + more, done.count.same - more)


def _sku_row(draft: SkuDraft, category: str) -> dict[str, Any]:
    facts = asdict(draft)
    del facts["barcode"], facts["more_barcodes"]
    drawn = placeholder(category, draft.colour) if draft.colour else ""
    return {**facts, "picture": draft.picture or drawn}


async def _check_axes(drafts: Iterable[SkuDraft]) -> None:
    named = {axis for draft in drafts for axis in draft.more_spec}
    known = set(await Axis.filter(code__in=named).values_list("code", flat=True)) if named else ()
    if unknown := sorted(named.difference(known)):
        raise AxisUnknown(axis=unknown[0])


# A label belongs to one SKU for good, until somebody gives this SKU another list of labels.
DROP_LABELS = """
DELETE FROM catalog_barcode AS b USING
    (SELECT s.id, w.code AS sku_code, w.labels FROM jsonb_to_recordset($1::jsonb)
         AS w (code text, labels jsonb) JOIN catalog_sku AS s ON s.code = w.code) AS wanted
WHERE b.sku_id = wanted.id AND wanted.labels -> b.position IS DISTINCT FROM to_jsonb(b.code)
RETURNING b.sku_id
"""
ADD_LABELS = """
INSERT INTO catalog_barcode (sku_id, code, position)
SELECT s.id, label.code, label.place - 1
FROM jsonb_to_recordset($1::jsonb) AS w (code text, labels jsonb)
JOIN catalog_sku AS s ON s.code = w.code
CROSS JOIN jsonb_array_elements_text(w.labels) WITH ORDINALITY AS label (code, place)
WHERE NOT EXISTS (SELECT FROM catalog_barcode AS b
                  WHERE b.sku_id = s.id AND b.position = label.place - 1)
ON CONFLICT (code) DO NOTHING RETURNING sku_id, code
"""
FOREIGN = """
SELECT b.code, s.code AS sku FROM catalog_barcode AS b JOIN catalog_sku AS s ON s.id = b.sku_id
WHERE b.code = ANY($1::text[])
"""


async def _put_barcodes(drafts: Sequence[SkuDraft]) -> list[int]:
    labels = {draft.code: draft.barcodes for draft in drafts}
    flat = [label for listed in labels.values() for label in listed]
    if wrong := [label for label in flat if not is_barcode(label)]:
        raise BarcodeWrong(barcode=wrong[0])
    if twice := [label for label, times in Counter(flat).items() if times > 1]:
        raise BarcodeTaken(barcode=twice[0])
    wanted = [{"code": code, "labels": listed} for code, listed in labels.items()]
    told = json.dumps(wanted)
    dropped, added = await sql(DROP_LABELS, told), await sql(ADD_LABELS, told)
    owner = {row["code"]: row["sku"] for row in await sql(FOREIGN, flat)}
    for code, listed in labels.items():
        if taken := [label for label in listed if owner.get(label) != code]:
            raise BarcodeTaken(barcode=taken[0], sku=owner.get(taken[0]))
    return [row["sku_id"] for row in (*dropped, *added)]
