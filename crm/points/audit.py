"""The auditor's view of points: earnings against paid orders, the book, and refunds, row by row.

It reads the tables as they stand, so that it shares no error with the code that wrote them. News of
the last ten minutes may still be on its way.
"""

from core.audit import Finding, check
from core.database import sql
from crm.points.rules import On

EARNED = ["order_paid.points", "order_paid.more_points", *(f"points.{on}" for on in On)]

ORDERS = """
SELECT order_no, points_earned AS wanted, base AS found
FROM (SELECT * FROM orders_order WHERE paid_at IS NOT NULL AND points_earned > 0
    AND member_id IS NOT NULL) AS paid
FULL JOIN (
    SELECT * FROM points_earning WHERE cause_kind = 'order_paid.points'
        AND terms @> '{"as_promised": true}'
) AS own USING (order_no)
WHERE (base IS DISTINCT FROM points_earned OR own.order_id IS DISTINCT FROM paid.id)
    AND (own.id IS NOT NULL OR paid_at < now() - interval '10 minutes' AND NOT EXISTS (
        SELECT FROM points_program WHERE code = 'base'))
ORDER BY order_no
"""

BOOKED = """
WITH booked AS (
    SELECT cause_kind, cause_key, kind, min(owner) AS owner, sum(amount)::bigint AS points
    FROM core_ledger_journal AS journal
    JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE kind IN ('points', 'behaviour_points') AND act = 'post'
        AND cause_kind = ANY($1::text[])
    GROUP BY 1, 2, 3
)
SELECT cause_kind, cause_key, own.points AS wanted, booked.points AS found
FROM (SELECT * FROM points_earning WHERE state = 'given') AS own
FULL JOIN booked USING (cause_kind, cause_key)
WHERE booked.points IS DISTINCT FROM own.points OR booked.kind IS DISTINCT FROM own.purse
    OR (booked.owner <> 'member:' || own.member_id AND NOT EXISTS (SELECT FROM core_moved_row
        WHERE table_name = 'points_earning' AND row_id = own.id))
ORDER BY 1, 2
"""

STEPS = """
SELECT cause_kind, cause_key, points,
    (SELECT coalesce(sum((step ->> 'points')::bigint), 0) FROM jsonb_array_elements(steps) AS step)
        AS worked
FROM points_earning
WHERE points <> (
    SELECT coalesce(sum((step ->> 'points')::bigint), 0) FROM jsonb_array_elements(steps) AS step
) OR (state = 'void' AND points > 0 AND (refunded_fen < basis_fen OR basis_fen = 0))
ORDER BY 1, 2
"""

REFUNDS = """
SELECT cause_kind, cause_key, refunded_fen, coalesce(noted, 0)::bigint AS noted
FROM points_earning AS own
LEFT JOIN (SELECT earning_id, sum(fen) AS noted FROM points_taking GROUP BY 1) AS taken
    ON taken.earning_id = own.id
WHERE refunded_fen <> coalesce(noted, 0)
UNION ALL
SELECT own.cause_kind, own.cause_key, orders.refunded_fen, own.refunded_fen
FROM points_earning AS own JOIN orders_order AS orders ON orders.id = own.order_id
WHERE own.state = 'given' AND own.refunded_fen < least(own.basis_fen, orders.refunded_fen)
    AND NOT EXISTS (SELECT FROM payments_refund AS refund
        JOIN payments_payment AS payment ON payment.id = refund.payment_id
        WHERE payment.order_id = own.order_id
            AND (refund.settled_at IS NULL OR refund.settled_at > now() - interval '10 minutes'))
ORDER BY 1, 2
"""

LATE = """
SELECT cause_kind, cause_key, available_at FROM points_earning
WHERE state = 'pending' AND available_at < now() - interval '1 hour' ORDER BY 1, 2
"""


@check("points.orders")
async def paid_orders_earned_what_their_quotes_promised() -> list[Finding]:
    return [
        Finding(
            "points.orders",
            f"order:{row['order_no']}",
            f"was promised {row['wanted']} points, the earning began with {row['found']}",
        )
        for row in await sql(ORDERS)
    ]


@check("points.booked")
async def what_is_given_stands_in_the_book() -> list[Finding]:
    return [
        Finding(
            "points.booked",
            f"{row['cause_kind']} {row['cause_key']}",
            f"gave {row['wanted']} points, the book says {row['found']}",
        )
        for row in await sql(BOOKED, EARNED)
    ]


@check("points.arithmetic")
async def the_steps_add_up() -> list[Finding]:
    return [
        Finding(
            "points.arithmetic",
            f"{row['cause_kind']} {row['cause_key']}",
            f"{row['points']} points, its steps say {row['worked']}",
        )
        for row in await sql(STEPS)
    ]


@check("points.refunds")
async def refunds_took_their_part() -> list[Finding]:
    return [
        Finding(
            "points.refunds",
            f"{row['cause_kind']} {row['cause_key']}",
            f"{row['refunded_fen']} fen went back, {row['noted']} are noted",
        )
        for row in await sql(REFUNDS)
    ]


@check("points.waiting")
async def nothing_waits_past_its_day() -> list[Finding]:
    return [
        Finding(
            "points.waiting",
            f"{row['cause_kind']} {row['cause_key']}",
            f"should have been given at {row['available_at']:%Y-%m-%d %H:%M}",
        )
        for row in await sql(LATE)
    ]


EXCHANGES = """
WITH booked AS (
    SELECT cause_kind, cause_key, sum(amount)::bigint AS points
    FROM core_ledger_journal AS journal
    JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE kind IN ('points', 'behaviour_points') AND cause_kind IN
        ('points.exchanged_out', 'points.exchange_refused', 'points.exchanged_in')
    GROUP BY 1, 2
), wanted AS (
    SELECT 'points.exchanged_out' AS cause_kind, exchange_no AS cause_key, -ours AS points
    FROM points_exchange WHERE direction = 'out'
    UNION ALL SELECT 'points.exchange_refused', exchange_no, ours
    FROM points_exchange WHERE direction = 'out' AND state = 'refused'
    UNION ALL SELECT 'points.exchanged_in', exchange_no, ours
    FROM points_exchange WHERE direction = 'in' AND state = 'done'
)
SELECT cause_kind, cause_key, wanted.points AS wanted, booked.points AS found
FROM wanted FULL JOIN booked USING (cause_kind, cause_key)
WHERE wanted.points IS DISTINCT FROM booked.points ORDER BY 1, 2
"""

OPEN = """
SELECT exchange_no AS key, state || ' for more than a day' AS why FROM points_exchange
WHERE ended_at IS NULL AND at < now() - interval '1 day'
UNION ALL
SELECT exchange_no, what || ', open since the partner''s list of ' || day FROM points_difference
WHERE settled_by = '' AND found_at < now() - interval '3 days' ORDER BY 1
"""

REDEMPTIONS = """
WITH booked AS (
    SELECT cause_kind, cause_key, sum(amount)::bigint AS points
    FROM core_ledger_journal AS journal
    JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE kind IN ('points', 'behaviour_points')
        AND cause_kind IN ('points.redeemed', 'points.redemption_cancelled')
    GROUP BY 1, 2
), wanted AS (
    SELECT 'points.redeemed' AS cause_kind, redemption_no AS cause_key, -points AS points
    FROM points_redemption
    UNION ALL SELECT 'points.redemption_cancelled', redemption_no, points
    FROM points_redemption WHERE state = 'cancelled'
)
SELECT cause_key AS key,
    'cost ' || wanted.points || ' points, the book says ' || booked.points AS why
FROM wanted FULL JOIN booked USING (cause_kind, cause_key)
WHERE wanted.points IS DISTINCT FROM booked.points
UNION ALL
SELECT reward.public_id, 'counts ' || redeemed || ' redeemed, there are ' || coalesce(pieces, 0)
FROM points_reward AS reward LEFT JOIN (
    SELECT reward_id, sum(pieces) AS pieces FROM points_redemption
    WHERE state <> 'cancelled' GROUP BY 1
) AS taken ON taken.reward_id = reward.id
WHERE redeemed <> coalesce(pieces, 0) ORDER BY 1
"""


@check("points.exchanges")
async def every_exchange_is_in_the_book_and_comes_to_its_end() -> list[Finding]:
    found = [
        Finding(
            "points.exchanges",
            f"{row['cause_kind']} {row['cause_key']}",
            f"moves {row['wanted']} points, the book says {row['found']}",
        )
        for row in await sql(EXCHANGES)
    ]
    return found + [Finding("points.exchanges", row["key"], row["why"]) for row in await sql(OPEN)]


@check("points.redemptions")
async def rewards_were_paid_for_and_counted() -> list[Finding]:
    return [
        Finding("points.redemptions", row["key"], row["why"] or "is in the book or here alone")
        for row in await sql(REDEMPTIONS)
    ]
