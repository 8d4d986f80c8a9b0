"""What must always be true of tiers."""

from core import clock
from core.audit import Finding, check
from core.database import sql
from crm.people.queries import tiers_of as shown_tiers
from crm.tiers.reading import credits_of, ladders
from crm.tiers.rules import fold

PAGE = 1_000

# One payment and its refunds: counted by the moment of the payment, and never below nothing.
ORDERS = """
SELECT order_no, sum(paid_fen)::bigint AS fen, sum(growth)::bigint AS growth,
    count(DISTINCT counts_at) AS moments, count(DISTINCT member_id) AS members,
    count(*) FILTER (WHERE paid_fen >= 0 AND cause = 'paid:' || order_no) AS payments
FROM tiers_credit WHERE order_no <> '' GROUP BY order_no
HAVING sum(paid_fen) < 0 OR sum(growth) < 0 OR count(DISTINCT counts_at) <> 1
    OR count(DISTINCT member_id) <> 1
    OR count(*) FILTER (WHERE paid_fen >= 0 AND cause = 'paid:' || order_no) <> 1
ORDER BY order_no
"""
STANDINGS = """
SELECT member_id, earned, tier, rank, since, until, is_in_grace, judged_at FROM tiers_standing
WHERE member_id > $1 ORDER BY member_id LIMIT $2
"""
LAST = """
SELECT s.member_id, s.tier, c.to_tier FROM tiers_standing AS s
LEFT JOIN LATERAL (
    SELECT to_tier FROM tiers_change WHERE member_id = s.member_id ORDER BY id DESC LIMIT 1
) AS c ON true
WHERE s.tier <> coalesce(c.to_tier, 'standard') ORDER BY s.member_id
"""
LOST = """
SELECT DISTINCT member_id FROM tiers_credit AS c
WHERE NOT EXISTS (SELECT FROM tiers_standing AS s WHERE s.member_id = c.member_id)
ORDER BY member_id
"""
TERMS = """
SELECT a.public_id FROM tiers_term AS a JOIN tiers_term AS b
    ON b.member_id = a.member_id AND b.plan = a.plan AND b.id > a.id
WHERE a.kind = 'plan' AND a.ended_at IS NULL AND b.ended_at IS NULL
    AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
ORDER BY a.public_id
"""


@check("tiers.credits")
async def what_counts_of_an_order_is_one_payment_less_its_refunds() -> list[Finding]:
    return [
        Finding("tiers.credits", row["order_no"], f"counts {row['fen']} fen, not as one sale")
        for row in await sql(ORDERS)
    ]


@check("tiers.standings")
async def everybody_stands_where_what_counts_says() -> list[Finding]:
    """Worked out anew from the beginning, for the moment at which each was judged."""
    rules, found, after = await ladders(), [], 0
    while rows := await sql(STANDINGS, after, PAGE):
        counted = await credits_of(row["member_id"] for row in rows)
        for row in rows:
            stand = fold(rules, counted.get(row["member_id"], []), row["judged_at"])
            kept = (row["earned"], row["until"], row["is_in_grace"])
            if kept != (stand.code, stand.until, stand.is_in_grace):
                text = f"is {row['earned']} until {row['until']}, should be {stand.code}"
                found.append(Finding("tiers.standings", f"member:{row['member_id']}", text))
        after = rows[-1]["member_id"]
    return found


@check("tiers.history")
async def the_last_change_is_where_one_stands() -> list[Finding]:
    return [
        Finding("tiers.history", f"member:{row['member_id']}", f"{row['tier']} was never told")
        for row in await sql(LAST)
    ]


@check("tiers.judged")
async def whatever_counts_was_judged() -> list[Finding]:
    return [
        Finding("tiers.judged", f"member:{row['member_id']}", "has bought and was never judged")
        for row in await sql(LOST)
    ]


@check("tiers.terms")
async def paid_terms_follow_each_other() -> list[Finding]:
    return [
        Finding("tiers.terms", row["public_id"], "overlaps another term of the same membership")
        for row in await sql(TERMS)
    ]


@check("tiers.overdue")
async def nobody_waits_to_be_judged_for_days() -> list[Finding]:
    rows = await sql(
        "SELECT member_id FROM tiers_standing WHERE look_at < $1::timestamptz - interval '1 day'"
        " ORDER BY member_id LIMIT 100",
        clock.now(),
    )
    return [
        Finding("tiers.overdue", f"member:{row['member_id']}", "should have been judged by now")
        for row in rows
    ]


@check("tiers.shown")
async def the_pages_of_people_show_the_tier_one_has() -> list[Finding]:
    found, after = list[Finding](), 0
    while rows := await sql(STANDINGS, after, PAGE):
        shown = await shown_tiers(row["member_id"] for row in rows)
        found += [
            Finding("tiers.shown", f"member:{row['member_id']}", f"{row['tier']} is not shown")
            for row in rows
            if shown.get(row["member_id"], row["tier"]) != row["tier"]
        ]
        after = rows[-1]["member_id"]
    return found
