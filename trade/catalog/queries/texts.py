"""The texts by which a product is found, from the rows they stand in."""

import json
from typing import Any

from core.database import sql

TEXTS = """
SELECT p.id, p.code, p.title, p.title_en, p.description, b.name AS brand, b.name_en AS brand_en,
    (SELECT json_agg(json_build_array(node.name, node.name_en)) FROM catalog_category AS node
     WHERE node.id = ANY(c.path)) AS categories,
    (SELECT json_agg(json_build_array(s.code, s.colour, s.size,
        (SELECT string_agg(value, ' ') FROM jsonb_each_text(s.more_spec))) ORDER BY s.id)
     FROM catalog_sku AS s WHERE s.product_id = p.id) AS skus,
    (SELECT string_agg(l.code, ' ' ORDER BY l.code) FROM catalog_barcode AS l
     JOIN catalog_sku AS s ON s.id = l.sku_id WHERE s.product_id = p.id) AS labels
FROM catalog_product AS p LEFT JOIN catalog_category AS c ON c.id = p.category_id
LEFT JOIN catalog_brand AS b ON b.id = p.brand_id WHERE p.id = ANY($1::bigint[])
"""


async def texts_of(product_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """What a product is found by, each text with its weight; the first ones count most."""
    return {row["id"]: _weighed(row) for row in await sql(TEXTS, product_ids)}


def _weighed(row: dict[str, Any]) -> list[tuple[str, str]]:
    skus = json.loads(row["skus"] or "[]")
    names = [name for pair in json.loads(row["categories"] or "[]") for name in pair]
    specs = dict.fromkeys(value for sku in skus for value in sku[1:] if value)
    texts = [
        *(("A", row["title"]), ("A", row["title_en"])),
        *(("A", code) for code in (row["code"], *(sku[0] for sku in skus), row["labels"])),
        *(("B", name) for name in (row["brand"], row["brand_en"], *names)),
        *(("C", value) for value in specs),
        ("D", row["description"]),
    ]
    return [(weight, text) for weight, text in texts if text]
