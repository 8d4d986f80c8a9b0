"""The tree of categories, the brands, and what goods are chosen by."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.database import sql, use_case
from core.upsert import Upserted, upsert, upsert_telling
from trade.catalog.errors import CategoryLoop, CategoryNotFound
from trade.catalog.models import Axis, Brand, Category
from trade.catalog.service.indexing import index_products
from trade.catalog.service.telling import tell_changed


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """`parent_code` is empty at the root."""

    code: str
    name: str
    name_en: str = ""
    parent_code: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class BrandDraft:
    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class AxisDraft:
    """Something goods are chosen by beside colour and size."""

    code: str
    name: str
    name_en: str = ""
    position: int = 0


# Whoever moves a branch moves all that hangs on it, so the paths of the whole small tree are worked
# out again. Depth 32 stops at a loop, which is then seen as a node without a path.
PATHS = """
WITH RECURSIVE tree AS (
    SELECT id, ARRAY[id] AS path FROM catalog_category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, tree.path || c.id FROM catalog_category AS c
    JOIN tree ON c.parent_id = tree.id WHERE cardinality(tree.path) < 32
)
UPDATE catalog_category AS c SET path = tree.path FROM tree
WHERE c.id = tree.id AND c.path <> tree.path
RETURNING c.id
"""
LOST = """
SELECT c.code FROM catalog_category AS c LEFT JOIN catalog_category AS p ON p.id = c.parent_id
WHERE c.path <> coalesce(p.path, '{}') || c.id ORDER BY c.id LIMIT 1
"""
OF_CATEGORIES = """
SELECT p.id FROM catalog_product AS p JOIN catalog_category AS c ON c.id = p.category_id
WHERE c.path && $1::bigint[]
"""


@use_case
async def put_categories(drafts: Sequence[CategoryDraft]) -> Upserted:
    """Add or correct categories by code; a parent may stand later in the same call.

    Doing it again changes nothing. Raises CategoryNotFound for a parent nobody knows and
    CategoryLoop where a category would hang below itself.
    """
    await sql("SELECT pg_advisory_xact_lock(hashtext('catalog.tree'))")  # two moves make a loop
    known = set(await Category.all().values_list("code", flat=True))
    fresh = {draft.code for draft in drafts} - known
    await upsert(Category, [_node(d, None) for d in drafts if d.code in fresh], by=["code"])
    ids = dict(await Category.filter(code__in=_codes(drafts)).values_list("code", "id"))
    rows = [_node(draft, _parent(ids, draft)) for draft in drafts]
    done = await upsert_telling(Category, rows, by=["code"], once=["path"])
    touched = {*done.ids, *(row["id"] for row in await sql(PATHS))}
    if lost := await sql(LOST):
        raise CategoryLoop(category=lost[0]["code"])
    await _tell([row["id"] for row in await sql(OF_CATEGORIES, sorted(touched))])
    corrected = len(set(done.ids) - {ids[code] for code in fresh})
    return Upserted(len(fresh), corrected, len(drafts) - len(fresh) - corrected)


def _codes(drafts: Iterable[CategoryDraft]) -> set[str]:
    return {code for draft in drafts for code in (draft.code, draft.parent_code) if code}


def _node(draft: CategoryDraft, parent_id: int | None) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(draft).items() if name != "parent_code"}
    return {**facts, "parent_id": parent_id, "path": []}


def _parent(known: dict[str, int], draft: CategoryDraft) -> int | None:
    if draft.parent_code and draft.parent_code not in known:
        raise CategoryNotFound(category=draft.parent_code)
    return known.get(draft.parent_code)


@use_case
async def put_brands(drafts: Iterable[BrandDraft]) -> Upserted:
    """Add or correct brands by code. Doing it again changes nothing."""
    done = await upsert_telling(Brand, map(asdict, drafts), by=["code"])
    rows = await sql("SELECT id FROM catalog_product WHERE brand_id = ANY($1)", list(done.ids))
    await _tell([row["id"] for row in rows])
    return done.count


@use_case
async def put_axes(drafts: Iterable[AxisDraft]) -> Upserted:
    """Add or correct axes (规格项) by code. Doing it again changes nothing."""
    done = await upsert_telling(Axis, map(asdict, drafts), by=["code"])
    codes = list(await Axis.filter(id__in=done.ids).values_list("code", flat=True))
    rows = await sql("SELECT product_id FROM catalog_sku WHERE more_spec ?| $1::text[]", codes)
    await _tell([row["product_id"] for row in rows])
    return done.count


async def _tell(product_ids: list[int]) -> None:
    await index_products(product_ids)
    await tell_changed(product_ids, "product")


ADD_CATEGORIES = """
INSERT INTO catalog_category (code, name, name_en, position, path)
SELECT name, name, '', 0, '{}' FROM unnest($1::text[]) AS name
ON CONFLICT (code) DO NOTHING
"""
ADD_BRANDS = """
INSERT INTO catalog_brand (code, name, name_en)
SELECT name, name, '' FROM unnest($1::text[]) AS name
ON CONFLICT (code) DO NOTHING
"""


async def category_ids_of(names: Iterable[str]) -> dict[str, int]:
    """What products call their category, a code or a name, to its id; a new name becomes a root."""
    return await _named(Category, set(names) - {""}, ADD_CATEGORIES)


async def brand_ids_of(names: Iterable[str]) -> dict[str, int]:
    """The same for brands."""
    return await _named(Brand, set(names) - {""}, ADD_BRANDS)


async def _named(model: type[Category] | type[Brand], names: set[str], add: str) -> dict[str, int]:
    known = await _known(model, names)
    if fresh := sorted(names - set(known)):
        await sql(add, fresh)
        await sql(PATHS)
        known = await _known(model, names)
    return known


async def _known(model: type[Category] | type[Brand], names: set[str]) -> dict[str, int]:
    by_name = await model.filter(name__in=names).order_by("-id").values_list("name", "id")
    by_code = await model.filter(code__in=names).values_list("code", "id")
    return {**dict(by_name), **dict(by_code)}
