"""What must always be true of prices and rules."""

from core.audit import Finding, check
from core.database import sql
from trade.catalog.queries import sku_ids
from trade.stores.queries import store_ids


@check("promotions.prices")
async def every_price_is_of_a_sku_and_a_store_that_exist() -> list[Finding]:
    """Rows name other rooms' things by plain id, so nobody else would notice."""
    known_skus, known_stores = set((await sku_ids()).values()), set((await store_ids()).values())
    places = {"", *(f"store:{store_id}" for store_id in known_stores)}
    rows = await sql("SELECT DISTINCT place, sku_id FROM promotions_price")
    return [
        Finding("promotions.prices", f"{row['place']} sku {row['sku_id']}", "is of nothing")
        for row in rows
        if row["sku_id"] not in known_skus
        or (row["place"].startswith("store:") and row["place"] not in places)
    ]


# What is used of a limited campaign is what orders hold and used of it.
USED = """
SELECT c.code, c.used_fen, c.used_times, coalesce(sum(u.fen), 0)::bigint AS fen,
    coalesce(sum(u.times), 0)::bigint AS times
FROM promotions_campaign AS c LEFT JOIN promotions_use AS u
    ON u.kind = 'deal' AND u.ref = c.id AND u.state IN ('held', 'captured')
GROUP BY c.id
HAVING (c.used_fen, c.used_times) <> (coalesce(sum(u.fen), 0), coalesce(sum(u.times), 0))
ORDER BY c.id
"""


@check("promotions.used")
async def what_is_used_of_a_campaign_is_what_orders_took() -> list[Finding]:
    return [
        Finding(
            "promotions.used",
            row["code"],
            f"counts {row['used_fen']} fen {row['used_times']} times,"
            f" orders took {row['fen']} and {row['times']}",
        )
        for row in await sql(USED)
    ]


CLAIMED = """
SELECT c.code, c.claimed, count(k.id) AS given
FROM promotions_campaign AS c
LEFT JOIN promotions_coupon AS k ON k.campaign_id = c.id AND k.returned_of_id IS NULL
GROUP BY c.id HAVING c.claimed <> count(k.id) ORDER BY c.id
"""


@check("promotions.claimed")
async def every_coupon_was_counted_when_it_was_given() -> list[Finding]:
    return [
        Finding("promotions.claimed", row["code"], f"counts {row['claimed']}, gave {row['given']}")
        for row in await sql(CLAIMED)
    ]


# A coupon and its order say the same: held and held, used and captured, returned and returned.
COUPONS = """
SELECT c.public_id, c.state, c.order_no, u.state AS use
FROM promotions_coupon AS c LEFT JOIN promotions_use AS u
    ON u.kind = 'coupon' AND u.ref = c.id AND u.order_no = c.order_no
WHERE (c.state IN ('held', 'used', 'returned')
       AND u.state IS DISTINCT FROM CASE c.state
           WHEN 'held' THEN 'held' WHEN 'used' THEN 'captured' ELSE 'returned' END
       AND NOT (c.state = 'used' AND u.state IS NOT DISTINCT FROM 'returned'))
    OR (c.state IN ('issued', 'expired') AND EXISTS (
        SELECT FROM promotions_use AS v
        WHERE v.kind = 'coupon' AND v.ref = c.id AND v.state IN ('held', 'captured')))
    OR (SELECT count(*) FROM promotions_use AS w WHERE w.kind = 'coupon' AND w.ref = c.id
        AND w.state IN ('held', 'captured')) > 1
    OR (c.state = 'returned' AND NOT EXISTS (
        SELECT FROM promotions_coupon AS k WHERE k.returned_of_id = c.id))
ORDER BY c.id
"""


@check("promotions.coupons")
async def every_coupon_is_in_one_order_at_most_and_both_agree() -> list[Finding]:
    """A used coupon whose order was refunded may stay used: its terms decide."""
    return [
        Finding(
            "promotions.coupons",
            row["public_id"],
            f"is {row['state']}, order {row['order_no']} says {row['use']}",
        )
        for row in await sql(COUPONS)
    ]


ORPHANS = """
SELECT 'promotion ' || id AS key FROM promotions_promotion AS p
WHERE NOT EXISTS (SELECT FROM promotions_campaign WHERE id = p.campaign_id)
UNION ALL
SELECT 'coupon ' || public_id FROM promotions_coupon AS c
WHERE NOT EXISTS (SELECT FROM promotions_campaign WHERE id = c.campaign_id)
ORDER BY 1
"""


@check("promotions.orphans")
async def everything_belongs_to_a_campaign() -> list[Finding]:
    return [
        Finding("promotions.orphans", row["key"], "has lost its campaign")
        for row in await sql(ORPHANS)
    ]
