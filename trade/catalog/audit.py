"""What must always be true of the catalogue."""

from core.audit import Finding, check
from core.database import sql


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
