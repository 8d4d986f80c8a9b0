"""The auditor's view of shares: worked out again from what was paid, and compared with the book.

It reads the tables of orders, refunds and of the ledger as they stand, so that it shares no error
with the code that wrote them. News of the last ten minutes may still be on its way.
"""

from core.audit import Finding, check
from core.database import sql

RECOMPUTED = """
SELECT order_no, commission_fen, share_fen,
    (paid_fen * commission_bp * 2 + 10000) / 20000 AS commission,
    (paid_fen * share_bp * 2 + 10000) / 20000 AS share
FROM settlement_sale_credit AS credit
WHERE commission_fen <> (paid_fen * commission_bp * 2 + 10000) / 20000
    OR share_fen <> (paid_fen * share_bp * 2 + 10000) / 20000
    OR (guide_id IS NULL AND commission_fen > 0) OR (franchisee_id IS NULL AND share_fen > 0)
    OR NOT EXISTS (
        SELECT FROM promotions_program_rate AS rate WHERE rate.version = rates_version
            AND (guide_id IS NULL OR rate.commission_bp = credit.commission_bp)
            AND (franchisee_id IS NULL OR rate.share_bp = credit.share_bp))
ORDER BY order_no
"""

# Of each part what is left after refunds, half a fen upwards, as the mirrors of the book count.
BOOKED = """
WITH refunds AS (
    SELECT p.order_id, r.refund_no, r.amount_fen,
        r.settled_at < now() - interval '10 minutes' AS is_old
    FROM payments_refund AS r JOIN payments_payment AS p ON p.id = r.payment_id
    WHERE r.state = 'settled' AND r.surplus_id IS NULL AND p.has_paid_order
), parts AS (
    SELECT order_id, order_no, paid_fen, part, owner, amount
    FROM settlement_sale_credit CROSS JOIN LATERAL (VALUES
        ('commission', 'staff:' || guide_id, commission_fen),
        ('share', 'franchisee:' || franchisee_id, share_fen)
    ) AS parts (part, owner, amount)
    WHERE amount > 0
), wanted AS (
    SELECT order_no, part, owner,
        amount - (2 * amount * coalesce(sum(amount_fen), 0) + paid_fen)::bigint / (2 * paid_fen)
            AS fen
    FROM parts LEFT JOIN refunds ON refunds.order_id = parts.order_id AND (is_old OR EXISTS (
        SELECT FROM core_ledger_journal
        WHERE (cause_kind, cause_key) = ('order_refunded.' || part, refund_no)))
    GROUP BY order_no, part, owner, amount, paid_fen
), found AS (
    SELECT origin.cause_key AS order_no, split_part(origin.cause_kind, '.', 2) AS part,
        account.owner, sum(entry.amount)::bigint AS fen
    FROM core_ledger_journal AS origin
    CROSS JOIN LATERAL (
        SELECT origin.id UNION ALL
        SELECT id FROM core_ledger_journal WHERE mirrors_id = origin.id
    ) AS journal
    JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE origin.cause_kind IN ('order_paid.commission', 'order_paid.share')
        AND account.kind IN ('commission', 'franchise_share')
    GROUP BY 1, 2, 3
)
SELECT order_no, part, wanted.fen AS wanted, found.fen AS found, owner
FROM wanted FULL JOIN found USING (order_no, part, owner)
WHERE wanted.fen IS DISTINCT FROM found.fen ORDER BY 1, 2
"""

MISSING = """
SELECT order_no, o.paid_fen, credit.paid_fen AS credited
FROM orders_order AS o FULL JOIN settlement_sale_credit AS credit USING (order_no)
WHERE (o.id IS NULL OR o.paid_at IS NOT NULL)
    AND (coalesce(credit.paid_fen, 0) IS DISTINCT FROM o.paid_fen
        OR (credit.order_id, credit.store_id) <> (o.id, o.store_id))
    AND (credit.id IS NOT NULL OR o.paid_at < now() - interval '10 minutes')
ORDER BY 1
"""

# Goods that came back elsewhere: pieces as fulfilment has received them, what was noted of them,
# and what the book says the two owners owe each other.
MOVED = """
WITH arrived AS (
    SELECT c.return_no, p.store_id, sum(p.quantity)::bigint AS pieces,
        bool_and(p.at < now() - interval '10 minutes') AS is_old
    FROM fulfilment_returned_pieces AS p JOIN fulfilment_return AS c ON c.id = p.case_id
    WHERE p.store_id <> c.sold_store_id GROUP BY 1, 2
), noted AS (
    SELECT return_no, store_id, sum(pieces)::bigint AS pieces FROM settlement_goods_moved
    GROUP BY 1, 2
)
SELECT return_no, store_id, arrived.pieces AS arrived, noted.pieces AS noted
FROM arrived FULL JOIN noted USING (return_no, store_id)
WHERE noted.pieces IS DISTINCT FROM arrived.pieces AND coalesce(is_old OR noted.pieces > 0, true)
ORDER BY 1, 2
"""

OWED = """
WITH wanted AS (
    SELECT receipt_id::text AS receipt, owner, sum(fen)::bigint AS fen
    FROM settlement_goods_moved AS moved CROSS JOIN LATERAL (VALUES
        (sold_franchisee_id, (worth_fen * share_bp * 2 + 10000) / 20000),
        (franchisee_id, -((worth_fen * share_bp * 2 + 10000) / 20000))
    ) AS sides (franchisee, fen)
    CROSS JOIN LATERAL (SELECT coalesce('franchisee:' || franchisee, 'house') AS owner) AS named
    WHERE sold_franchisee_id IS DISTINCT FROM franchisee_id AND fen <> 0
    GROUP BY 1, 2
), found AS (
    SELECT journal.cause_key AS receipt, account.owner, sum(entry.amount)::bigint AS fen
    FROM core_ledger_journal AS journal
    JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE journal.cause_kind = 'return_received.goods'
    GROUP BY 1, 2
)
SELECT receipt, owner, wanted.fen AS wanted, found.fen AS found
FROM wanted FULL JOIN found USING (receipt, owner)
WHERE wanted.fen IS DISTINCT FROM found.fen ORDER BY 1, 2
"""


@check("settlement.moved")
async def goods_taken_back_elsewhere_are_noted() -> list[Finding]:
    return [
        Finding(
            "settlement.moved",
            f"return:{row['return_no']}",
            f"{row['arrived']} pieces came back to store {row['store_id']}, {row['noted']} noted",
        )
        for row in await sql(MOVED)
    ]


@check("settlement.owed")
async def owners_owe_each_other_what_the_goods_are_worth() -> list[Finding]:
    return [
        Finding(
            "settlement.owed",
            f"receipt:{row['receipt']} {row['owner']}",
            f"should be {row['wanted']} fen, the book says {row['found']}",
        )
        for row in await sql(OWED)
    ]


@check("settlement.recomputed")
async def shares_are_what_the_rates_say() -> list[Finding]:
    return [
        Finding(
            "settlement.recomputed",
            f"order:{row['order_no']}",
            f"commission {row['commission_fen']}, share {row['share_fen']}; by the rates"
            f" {row['commission']} and {row['share']}",
        )
        for row in await sql(RECOMPUTED)
    ]


@check("settlement.booked")
async def the_book_has_what_is_left_of_each_share() -> list[Finding]:
    return [
        Finding(
            "settlement.booked",
            f"order:{row['order_no']} {row['part']}",
            f"should stand at {row['wanted']} fen for {row['owner']}, the book says {row['found']}",
        )
        for row in await sql(BOOKED)
    ]


@check("settlement.missing")
async def every_paid_order_was_credited() -> list[Finding]:
    return [
        Finding(
            "settlement.missing",
            f"order:{row['order_no']}",
            f"{row['paid_fen']} fen were paid, {row['credited']} credited",
        )
        for row in await sql(MISSING)
    ]
