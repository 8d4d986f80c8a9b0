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


# A gift and its coupon say the same, and whoever took one has exactly one.
GIFTS = """
SELECT c.public_id, c.state, g.state AS gift FROM promotions_coupon AS c
LEFT JOIN promotions_coupon_gift AS g
    ON g.coupon_id = c.id AND g.state = CASE c.state WHEN 'gifted' THEN 'open' ELSE 'taken' END
LEFT JOIN promotions_coupon AS n ON n.returned_of_id = c.id
WHERE (c.state IN ('gifted', 'passed') AND g.id IS NULL)
    OR (c.state = 'passed' AND n.member_id IS DISTINCT FROM g.to_id)
UNION ALL
SELECT c.public_id, c.state, g.state FROM promotions_coupon_gift AS g
JOIN promotions_coupon AS c ON c.id = g.coupon_id
WHERE (g.state = 'open' AND c.state <> 'gifted') OR (g.state = 'taken' AND c.state <> 'passed')
ORDER BY 1
"""


@check("promotions.gifts")
async def every_gift_is_with_one_of_two_friends() -> list[Finding]:
    """After a merge of members the taker may be somebody else's former self: people moved both."""
    return [
        Finding("promotions.gifts", row["public_id"], f"is {row['state']}, gift {row['gift']}")
        for row in await sql(GIFTS)
    ]


ISSUES = """
SELECT i.public_id, i.given, i.refused, i.total, count(*) FILTER (WHERE m.outcome = 'given') AS has,
    count(*) FILTER (WHERE m.outcome NOT IN ('', 'given')) AS has_not, count(m.id) AS named
FROM promotions_coupon_issue AS i
LEFT JOIN promotions_coupon_issue_member AS m ON m.issue_id = i.id
GROUP BY i.id
HAVING (i.given, i.refused, i.total) <> (count(*) FILTER (WHERE m.outcome = 'given'),
    count(*) FILTER (WHERE m.outcome NOT IN ('', 'given')), count(m.id))
ORDER BY i.id
"""


@check("promotions.issues")
async def every_issue_counts_whom_it_gave() -> list[Finding]:
    return [
        Finding("promotions.issues", row["public_id"], f"counts {row['given']}, gave {row['has']}")
        for row in await sql(ISSUES)
    ]


CODES = """
SELECT o.id FROM promotions_coupon_code AS o
JOIN promotions_code_batch AS b ON b.id = o.batch_id
WHERE o.taken_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM promotions_coupon AS c WHERE c.campaign_id = b.campaign_id
        AND c.claim_key = 'code:' || o.id AND c.returned_of_id IS NULL)
ORDER BY o.id
"""


@check("promotions.codes")
async def every_code_that_was_taken_gave_a_coupon() -> list[Finding]:
    return [
        Finding("promotions.codes", f"code {row['id']}", "is taken and gave nothing")
        for row in await sql(CODES)
    ]
