"""Keep the words by which products are found beside what they are worked out from."""

import json
from collections.abc import Iterable

from core.database import sql, use_case
from trade.catalog.queries.texts import texts_of
from trade.catalog.words import vector_of

CHUNK = 500
KEEP = """
INSERT INTO catalog_search AS e (product_id, words)
SELECT r.product_id, r.words::tsvector
FROM jsonb_to_recordset($1::jsonb) AS r (product_id bigint, words text)
ON CONFLICT (product_id) DO UPDATE SET words = EXCLUDED.words WHERE e.words <> EXCLUDED.words
"""


@use_case
async def index_products(product_ids: Iterable[int]) -> None:
    """Work out again by which words these products are found. Doing it again changes nothing."""
    ids = sorted(set(product_ids))
    for at in range(0, len(ids), CHUNK):
        texts = await texts_of(ids[at : at + CHUNK])
        rows = [{"product_id": of, "words": vector_of(parts)} for of, parts in texts.items()]
        await sql(KEEP, json.dumps(rows))
