"""Find products of a store: words, filters, facets. Nothing here writes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.database import sql
from trade.catalog.errors import CursorUnknown
from trade.catalog.queries.products import ProductView, product_of, with_products
from trade.catalog.queries.skus import today
from trade.catalog.rules import PRICE_EDGES
from trade.catalog.words import loose_query_of, query_of

Sort = Literal["", "price", "-price", "new"]
CURSOR = re.compile(r"(prd_[a-z0-9]{26})\.(-?[0-9]{1,18})(l?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Here:
    """The store, and what other rooms know of it: its prices and what it has, by SKU id.

    A SKU without a price of its own costs its list price. Both may be left empty where nobody
    filters or sorts by them.
    """

    store_id: int
    prices: Mapping[int, int] = field(default_factory=dict)
    in_stock: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """`category` and `brand` are a code or a name; a category means what hangs below it too."""

    text: str = ""
    category: str = ""
    brand: str = ""
    colour: str = ""
    size: str = ""
    min_fen: int | None = None
    max_fen: int | None = None
    in_stock: bool = False
    sort: Sort = ""

    @property
    def is_plain(self) -> bool:
        """Wants the shelf in the order of the brand: a page is read by key, not sorted."""
        narrow = (self.text, self.brand, self.colour, self.size, self.sort, self.in_stock)
        return not any(narrow) and self.min_fen is None and self.max_fen is None


@dataclass(frozen=True, slots=True)
class Found:
    """`is_loose`: nothing has all the words; these have some, the nearest first."""

    products: tuple[ProductView, ...]
    next_cursor: str | None
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet. `count` is of products, with all filters but this facet's own."""

    value: str
    name: str
    name_en: str
    count: int


@dataclass(frozen=True, slots=True)
class Band:
    """From `from_fen` to below `to_fen`; None: no end."""

    from_fen: int
    to_fen: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    total: int
    categories: tuple[Choice, ...]
    brands: tuple[Choice, ...]
    colours: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    prices: tuple[Band, ...]
    in_stock: int


# One row for each SKU on this store's shelf that has the words, with a flag for each filter: the
# page wants all flags, each facet all but its own. One statement each, whatever is asked.
ROWS = """
WITH here AS (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS t (sku_id, fen)),
branch AS (SELECT array_agg(id) AS ids FROM catalog_category WHERE code = $6 OR name = $6),
flagged AS (
    SELECT s.id AS sku_id, p.id AS product_id, s.colour, s.size, c.path, p.brand_id,
        coalesce(here.fen, s.list_price_fen) AS fen,
        s.id = ANY($4::bigint[]) AS is_here, {rank} AS rank,
        $6 = '' OR c.path && (SELECT ids FROM branch) AS is_category,
        $7 = '' OR p.brand_id IN (SELECT id FROM catalog_brand WHERE code = $7 OR name = $7)
            AS is_brand,
        $8 = '' OR s.colour = $8 AS is_colour,
        $9 = '' OR s.size = $9 AS is_size,
        coalesce(here.fen, s.list_price_fen) >= $10
            AND coalesce(here.fen, s.list_price_fen) < $11 AS is_price,
        NOT $12 OR s.id = ANY($4::bigint[]) AS is_stock
    FROM catalog_product AS p JOIN catalog_sku AS s ON s.product_id = p.id
    LEFT JOIN catalog_category AS c ON c.id = p.category_id
    LEFT JOIN here ON here.sku_id = s.id {words}
    WHERE p.on_sale AND s.on_sale AND (s.presale_on IS NULL OR s.presale_on <= $1
            OR coalesce(s.presale_until, s.presale_on) >= $1)
        AND (NOT p.is_limited OR EXISTS (
            SELECT FROM catalog_limited_store AS l WHERE l.product_id = p.id AND l.store_id = $13))
        AND NOT EXISTS (
            SELECT FROM catalog_off_shelf AS o WHERE o.product_id = p.id AND o.store_id = $13)
)
"""
WORDS = "JOIN catalog_search AS e ON e.product_id = p.id AND e.words @@ $5::text::tsquery"
RANK = "(ts_rank(e.words, $5::text::tsquery) * 1000000)::bigint"
NO_WORDS, NO_RANK = "", "(CASE WHEN $5::text = '' THEN 0 ELSE 0 END)::bigint"
PAGE = """, keyed AS (
    SELECT product_id, CASE $14
        WHEN 'price' THEN min(fen) WHEN '-price' THEN -min(fen)
        WHEN 'new' THEN -product_id WHEN 'rank' THEN -max(rank) ELSE 0 END AS key
    FROM flagged
    WHERE is_category AND is_brand AND is_colour AND is_size AND is_price AND is_stock
    GROUP BY product_id
), page AS (
    SELECT product_id, key FROM keyed WHERE (key, product_id) > ($15::bigint, $16::bigint)
    ORDER BY key, product_id LIMIT $17
)
SELECT page.key, {product} JOIN page ON page.product_id = p.id ORDER BY page.key, p.id
"""
PLAIN = """
SELECT 0 AS key, {product}
WHERE p.on_sale AND p.id > $2 AND ($3 = '' OR c.path && (
        SELECT array_agg(id) FROM catalog_category WHERE code = $3 OR name = $3))
    AND (NOT p.is_limited OR EXISTS (
        SELECT FROM catalog_limited_store AS l WHERE l.product_id = p.id AND l.store_id = $4))
    AND NOT EXISTS (
        SELECT FROM catalog_off_shelf AS o WHERE o.product_id = p.id AND o.store_id = $4)
    AND EXISTS (SELECT FROM catalog_sku AS s WHERE s.product_id = p.id AND s.on_sale
        AND (s.presale_on IS NULL OR s.presale_on <= $1
             OR coalesce(s.presale_until, s.presale_on) >= $1))
ORDER BY p.id LIMIT $5
"""
COUNTS = """
SELECT 'category' AS facet, node.code AS value, node.name, node.name_en,
    count(DISTINCT f.product_id) AS count, node.position AS place, node.id AS id
FROM flagged AS f JOIN catalog_category AS node ON node.id = ANY(f.path)
WHERE is_brand AND is_colour AND is_size AND is_price AND is_stock GROUP BY node.id
UNION ALL
SELECT 'brand', b.code, b.name, b.name_en, count(DISTINCT f.product_id), 0, b.id
FROM flagged AS f JOIN catalog_brand AS b ON b.id = f.brand_id
WHERE is_category AND is_colour AND is_size AND is_price AND is_stock GROUP BY b.id
UNION ALL
SELECT 'colour', colour, colour, '', count(DISTINCT product_id), 0, min(sku_id) FROM flagged
WHERE colour <> '' AND is_category AND is_brand AND is_size AND is_price AND is_stock
GROUP BY colour
UNION ALL
SELECT 'size', size, size, '', count(DISTINCT product_id), 0, min(sku_id) FROM flagged
WHERE size <> '' AND is_category AND is_brand AND is_colour AND is_price AND is_stock GROUP BY size
UNION ALL
SELECT 'price', width_bucket(fen, $14::bigint[])::text, '', '', count(DISTINCT product_id), 0, 0
FROM flagged WHERE is_category AND is_brand AND is_colour AND is_size AND is_stock
GROUP BY width_bucket(fen, $14::bigint[])
UNION ALL
SELECT 'stock', '', '', '', count(DISTINCT product_id), 0, 0 FROM flagged
WHERE is_here AND is_category AND is_brand AND is_colour AND is_size AND is_price
UNION ALL
SELECT 'total', '', '', '', count(DISTINCT product_id), 0, 0 FROM flagged
WHERE is_category AND is_brand AND is_colour AND is_size AND is_price AND is_stock
ORDER BY facet, place, id
"""
NO_LIMIT = 2**62


def _rows(query: str, tail: str) -> str:
    words, rank = (WORDS, RANK) if query else (NO_WORDS, NO_RANK)
    return ROWS.replace("{words}", words).replace("{rank}", rank) + tail


def _values(wanted: Wanted, here: Here, query: str) -> list[Any]:
    return [
        today(),
        list(here.prices),
        list(here.prices.values()),
        list(here.in_stock),
        query,
        wanted.category,
        wanted.brand,
        wanted.colour,
        wanted.size,
        wanted.min_fen or 0,
        NO_LIMIT if wanted.max_fen is None else wanted.max_fen,
        wanted.in_stock,
        here.store_id,
    ]


SORTED_PAGE = with_products(1, PAGE)
PLAIN_PAGE = with_products(1, PLAIN)


@dataclass(frozen=True, slots=True)
class _Place:
    """After which product a page begins, and whether its list has all the words or some."""

    key: int = -NO_LIMIT
    product_id: int = 0
    is_loose: bool = False


async def find_products(
    wanted: Wanted, here: Here, *, cursor: str | None = None, limit: int = 20
) -> Found:
    """A page of what this store sells, at most 200. Without a sort: as the brand lists it, or the
    best match first where words are looked for. Raises CursorUnknown.
    """
    place, size = await _read_cursor(cursor), max(1, min(limit, 200))
    if wanted.is_plain:
        values = (today(), place.product_id, wanted.category, here.store_id, size + 1)
        return _page(await sql(PLAIN_PAGE, *values), size)
    query = query_of(wanted.text)
    if wanted.text and not query:
        return Found((), None)  # nothing in it that a word could be
    loose = loose_query_of(wanted.text)
    if not place.is_loose:
        found = _page(await _keyed(wanted, here, query, place, size + 1), size)
        if found.products or cursor is not None or not loose:
            return found
    return _page(await _keyed(wanted, here, loose, place, size + 1), size, is_loose=True)


async def _keyed(
    wanted: Wanted, here: Here, query: str, place: _Place, limit: int
) -> list[dict[str, Any]]:
    sort = wanted.sort or ("rank" if query else "")
    after = [sort, place.key, place.product_id, limit]
    return await sql(_rows(query, SORTED_PAGE), *_values(wanted, here, query), *after)


async def _read_cursor(cursor: str | None) -> _Place:
    if cursor is None:
        return _Place()
    found = CURSOR.fullmatch(cursor)
    rows = found and await sql("SELECT id FROM catalog_product WHERE public_id = $1", found[1])
    if not found or not rows:
        raise CursorUnknown
    return _Place(int(found[2]), rows[0]["id"], bool(found[3]))


def _page(rows: list[dict[str, Any]], size: int, *, is_loose: bool = False) -> Found:
    shown, cursor = rows[:size], None
    if len(rows) > size:
        last = shown[-1]
        cursor = f"{last['public_id']}.{last['key']}{'l' if is_loose else ''}"
    return Found(tuple(product_of(row) for row in shown), cursor, is_loose)


async def facets_of(wanted: Wanted, here: Here) -> Facets:
    """How many products each further choice would leave."""
    query = query_of(wanted.text)
    if wanted.text and not query:
        return Facets(0, (), (), (), (), (), 0)
    values = _values(wanted, here, query)
    rows = await sql(_rows(query, COUNTS), *values, list(PRICE_EDGES[1:]))
    loose = loose_query_of(wanted.text)
    if loose and not any(row["count"] for row in rows):
        values = _values(wanted, here, loose)
        rows = await sql(_rows(loose, COUNTS), *values, list(PRICE_EDGES[1:]))
    return _facets(rows)


def _facets(rows: Sequence[dict[str, Any]]) -> Facets:
    def choices(facet: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(row["value"], row["name"], row["name_en"], row["count"])
            for row in rows
            if row["facet"] == facet
        )

    def count(facet: str) -> int:
        return sum(row["count"] for row in rows if row["facet"] == facet)

    bands = {int(row["value"]): row["count"] for row in rows if row["facet"] == "price"}
    ends = (*PRICE_EDGES[1:], None)
    return Facets(
        total=count("total"),
        categories=choices("category"),
        brands=choices("brand"),
        colours=choices("colour"),
        sizes=choices("size"),
        prices=tuple(
            Band(PRICE_EDGES[at], ends[at], bands[at]) for at in sorted(bands) if bands[at]
        ),
        in_stock=count("stock"),
    )
