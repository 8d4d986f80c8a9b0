"""What must always be true of the catalogue."""

import json

from core.audit import Finding, check
from core.database import sql
from trade.catalog.queries.texts import texts_of
from trade.catalog.rules import is_barcode
from trade.catalog.words import vector_of

CHUNK = 500
LOST_WORDS = """
SELECT r.id FROM jsonb_to_recordset($1::jsonb) AS r (id bigint, words text)
LEFT JOIN catalog_search AS e ON e.product_id = r.id
WHERE e.words IS DISTINCT FROM r.words::tsvector ORDER BY r.id
"""


@check("catalog.lowest_price")
async def the_price_in_lists_is_the_lowest_of_the_skus() -> list[Finding]:
    """`price_fen` of a product is kept beside its SKUs, so it is worked out again here."""
    rows = await sql(
        "SELECT p.code, p.price_fen, min(s.list_price_fen) AS lowest_fen FROM catalog_product AS p"
        " JOIN catalog_sku AS s ON s.product_id = p.id AND s.on_sale"
        " GROUP BY p.id HAVING p.price_fen <> min(s.list_price_fen)"
    )
    return [
        Finding(
            "catalog.lowest_price",
            row["code"],
            f"shows {row['price_fen']} fen, its cheapest SKU costs {row['lowest_fen']} fen",
        )
        for row in rows
    ]


@check("catalog.tree")
async def the_path_of_a_category_goes_through_its_parent() -> list[Finding]:
    rows = await sql(
        "SELECT c.code FROM catalog_category AS c"
        " LEFT JOIN catalog_category AS p ON p.id = c.parent_id"
        " WHERE c.path <> coalesce(p.path, '{}') || c.id"
    )
    return [Finding("catalog.tree", row["code"], "its path is not its parent's") for row in rows]


@check("catalog.kits")
async def no_kit_is_part_of_a_kit() -> list[Finding]:
    rows = await sql(
        "SELECT DISTINCT s.code FROM catalog_kit_part AS k"
        " JOIN catalog_sku AS s ON s.id = k.part_id"
        " WHERE EXISTS (SELECT FROM catalog_kit_part AS n WHERE n.kit_id = k.part_id)"
    )
    return [Finding("catalog.kits", row["code"], "is a kit and part of a kit") for row in rows]


@check("catalog.barcodes")
async def every_label_reads_right() -> list[Finding]:
    """The last digit of a barcode checks the others, which no constraint of a table can say."""
    rows = await sql("SELECT code FROM catalog_barcode ORDER BY id")
    wrong = [row["code"] for row in rows if not is_barcode(row["code"])]
    return [Finding("catalog.barcodes", code, "its last digit is wrong") for code in wrong]


@check("catalog.words")
async def every_product_is_found_by_its_words() -> list[Finding]:
    """The words are kept beside the facts they come from, so they are worked out again here."""
    products = {row["id"]: row["code"] for row in await sql("SELECT id, code FROM catalog_product")}
    ids, lost = list(products), []
    for at in range(0, len(ids), CHUNK):
        texts = await texts_of(ids[at : at + CHUNK])
        told = json.dumps([{"id": of, "words": vector_of(parts)} for of, parts in texts.items()])
        lost += [row["id"] for row in await sql(LOST_WORDS, told)]
    return [Finding("catalog.words", products[of], "is found by other words") for of in lost]
