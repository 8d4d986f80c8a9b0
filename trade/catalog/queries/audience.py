"""Goods as conditions on what was bought or viewed name them: by their codes."""

from core.audience import Choice
from core.database import sql

# One row for each SKU. Others LEFT JOIN it by sku_id: what they do not name costs nothing.
# Codes of goods stay; categories are ids, from the root down.
SKU_GOODS = """
SELECT s.id AS sku_id, s.code AS sku, s.product_id, p.code AS product, b.code AS brand,
    c.path::text[] AS categories
FROM catalog_sku AS s LEFT JOIN catalog_product AS p ON p.id = s.product_id
LEFT JOIN catalog_category AS c ON c.id = p.category_id
LEFT JOIN catalog_brand AS b ON b.id = p.brand_id
"""
PRODUCT_GOODS = """
SELECT p.id AS product_id, p.code AS product, b.code AS brand, c.path::text[] AS categories,
    p.price_fen AS price
FROM catalog_product AS p LEFT JOIN catalog_category AS c ON c.id = p.category_id
LEFT JOIN catalog_brand AS b ON b.id = p.brand_id
"""
CATEGORIES = """
SELECT id::text AS value, name AS zh, name_en AS en FROM catalog_category ORDER BY path
"""
BRANDS = "SELECT code AS value, name AS zh, name_en AS en FROM catalog_brand ORDER BY name"
PRODUCTS = """
SELECT code AS value, title AS zh, title_en AS en FROM catalog_product ORDER BY id DESC LIMIT 500
"""


async def category_choices() -> list[Choice]:
    return [_choice(row) for row in await sql(CATEGORIES)]


async def brand_choices() -> list[Choice]:
    return [_choice(row) for row in await sql(BRANDS)]


async def product_choices() -> list[Choice]:
    """The newest 500; an older one is named by its code."""
    return [_choice(row) for row in await sql(PRODUCTS)]


def _choice(row: dict[str, str]) -> Choice:
    return Choice(row["value"], row["zh"], row["en"] or row["zh"])
