"""The auditor's view of money: payments against orders, refunds against payments, both against the
book.

It reads the tables of orders and of the ledger as they stand, so that it shares no error with the
code that wrote them.
"""

from core.audit import Finding, check
from core.database import sql

PAID = """
SELECT coalesce(m.payment_no, p.payment_no) AS payment_no, m.order_id AS taken_by,
    m.amount_fen AS taken_fen, p.order_id AS meant_for, p.amount_fen
FROM orders_money AS m
FULL JOIN (SELECT * FROM payments_payment WHERE has_paid_order AND top_up_id IS NULL) AS p
    USING (payment_no)
WHERE (m.order_id, m.amount_fen) IS DISTINCT FROM (p.order_id, p.amount_fen)
ORDER BY 1
"""

# Money of a payment that nobody took, of a surplus, or of an order that ended unsold, must all be
# on its way back; of the last, deposits that are kept excepted, and a minute later.
UNWANTED = """
SELECT p.payment_no, 'payment' AS what FROM payments_payment AS p
LEFT JOIN orders_order AS o ON o.id = p.order_id AND has_paid_order
WHERE p.state = 'paid' AND (has_paid_order IS NULL OR (refunding_fen + kept_fen < p.amount_fen AND (
    NOT has_paid_order
    OR (o.state = 'closed' AND o.paid_at IS NULL AND o.closed_at < now() - interval '1 minute'))))
UNION ALL
SELECT s.transaction_id, 'surplus' FROM payments_surplus AS s
WHERE NOT EXISTS (SELECT FROM payments_refund AS r
    WHERE r.surplus_id = s.id AND r.amount_fen = s.amount_fen)
ORDER BY 1
"""

CLAIMS = """
SELECT payment_no, refunding_fen, coalesce(claimed, 0) AS claimed FROM payments_payment AS p
LEFT JOIN (
    SELECT payment_id, sum(amount_fen)::bigint AS claimed FROM payments_refund
    WHERE surplus_id IS NULL AND state <> 'closed' GROUP BY 1
) AS refunds ON refunds.payment_id = p.id
WHERE refunding_fen <> coalesce(claimed, 0) OR refunding_fen + kept_fen > amount_fen ORDER BY 1
"""

# What the book says of each tender and each refund, cause by cause, against payments and refunds:
# money at the platform, in tills and banks, and members' balances.
BOOKED = """
WITH method (name, came, account) AS (VALUES
    ('wechat_jsapi', 'payment_received', 'money_wechat'),
    ('wechat_native', 'payment_received', 'money_wechat'),
    ('wechat_code', 'payment_received', 'money_wechat'),
    ('cash', 'cash_received', 'money_cash'),
    ('card', 'card_received', 'money_bank'),
    ('other', 'other_received', 'money_bank'),
    ('stored_value', 'stored_value_spent', 'stored_value'),
    ('credit', 'credit_spent', 'credit')
), wanted AS (
    SELECT came AS kind, coalesce(transaction_id, payment_no) AS key, account,
        CASE WHEN method IN ('stored_value', 'credit') THEN -amount_fen ELSE amount_fen END AS fen
    FROM payments_payment JOIN method ON name = method WHERE state = 'paid'
    UNION ALL
    SELECT 'payment_received', transaction_id, 'money_wechat', amount_fen FROM payments_surplus
    UNION ALL
    SELECT CASE goes_to WHEN 'credit' THEN 'refunded_to_credit' ELSE 'payment_refunded' END,
        refund_no, CASE goes_to WHEN 'credit' THEN 'credit' ELSE account END,
        CASE WHEN goes_to = 'credit' OR method IN ('stored_value', 'credit')
            THEN r.amount_fen ELSE -r.amount_fen END
    FROM payments_refund AS r JOIN payments_payment AS p ON p.id = r.payment_id
    JOIN method ON name = method
    WHERE r.state = 'settled' AND p.state = 'paid'
    UNION ALL
    SELECT 'deposit_kept', payment_no, 'deposit_kept', -kept_fen
    FROM payments_payment WHERE kept_fen > 0
    UNION ALL
    SELECT 'topped_up', top_up_no, 'stored_value', amount_fen + bonus_fen
    FROM payments_top_up WHERE state = 'done'
    UNION ALL
    SELECT 'purse_paid_out', pay_out_no, 'stored_value', -balance_fen FROM payments_pay_out
    UNION ALL
    SELECT 'cash_counted', public_id, account, fen FROM payments_cash_count CROSS JOIN LATERAL (
        VALUES ('money_cash', left_fen - opened_fen - taken_fen + given_fen),
            ('money_bank', counted_fen - left_fen)
    ) AS moved (account, fen) WHERE fen <> 0
), found AS (
    SELECT cause_kind AS kind, cause_key AS key, account.kind AS account,
        sum(amount)::bigint AS fen
    FROM core_ledger_journal AS journal
    JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE cause_kind IN ('payment_received', 'cash_received', 'card_received', 'other_received',
            'stored_value_spent', 'credit_spent', 'payment_refunded', 'refunded_to_credit',
            'deposit_kept', 'topped_up', 'cash_counted', 'purse_paid_out')
        AND account.kind IN ('money_wechat', 'money_cash', 'money_bank', 'stored_value', 'credit',
            'deposit_kept')
    GROUP BY 1, 2, 3
)
SELECT kind, key, wanted.fen AS wanted, found.fen AS found
FROM wanted FULL JOIN found USING (kind, key, account)
WHERE wanted.fen IS DISTINCT FROM found.fen ORDER BY 1, 2
"""

# "Customers" stands below zero by exactly what lies with us and is no sale: what members hold from
# top-ups and refunds, and money in orders that are not sold or were not wanted.
CUSTOMERS = """
WITH customers AS (
    SELECT coalesce(sum(amount), 0)::bigint AS fen FROM core_ledger_entry AS entry
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    WHERE account.kind = 'money_customer'
), purses AS (
    SELECT coalesce(sum(amount), 0)::bigint AS fen FROM core_ledger_entry AS entry
    JOIN core_ledger_account AS account ON account.id = entry.account_id
    JOIN core_ledger_journal AS journal ON journal.id = entry.journal_id
    WHERE account.kind IN ('stored_value', 'credit')
        AND cause_kind IN ('topped_up', 'stored_value_spent', 'credit_spent', 'payment_refunded',
            'refunded_to_credit', 'purse_paid_out')
), back AS (
    SELECT payment_id, surplus_id, sum(amount_fen)::bigint AS fen FROM payments_refund
    WHERE state = 'settled' GROUP BY 1, 2
), lying AS (
    SELECT coalesce(sum(p.amount_fen - p.kept_fen - coalesce(back.fen, 0)), 0)::bigint AS fen
    FROM payments_payment AS p
    LEFT JOIN orders_order AS o ON o.id = p.order_id AND p.has_paid_order
    LEFT JOIN back ON back.payment_id = p.id AND back.surplus_id IS NULL
    WHERE p.state = 'paid' AND o.paid_at IS NULL AND NOT (p.order_id IS NULL AND p.has_paid_order)
), paying_out AS (
    SELECT (coalesce((SELECT sum(refund_fen) FROM payments_pay_out), 0)
        - coalesce((SELECT sum(amount_fen) FROM payments_refund
            WHERE starts_with(batch_key, 'pay_out:') AND state = 'settled'), 0))::bigint AS fen
), surplus AS (
    SELECT coalesce(sum(s.amount_fen - coalesce(back.fen, 0)), 0)::bigint AS fen
    FROM payments_surplus AS s LEFT JOIN back ON back.surplus_id = s.id
)
SELECT customers.fen AS booked, owed.fen AS lying
FROM customers, purses, lying, paying_out, surplus, LATERAL (
    SELECT purses.fen + lying.fen + paying_out.fen + surplus.fen AS fen
) AS owed
WHERE -customers.fen <> owed.fen
"""

PAID_OUT = """
SELECT o.pay_out_no, o.refund_fen, coalesce(sum(r.amount_fen), 0)::bigint AS sent
FROM payments_pay_out AS o LEFT JOIN payments_refund AS r
    ON r.batch_key = 'pay_out:' || o.pay_out_no AND r.state <> 'closed'
GROUP BY o.id HAVING o.refund_fen <> coalesce(sum(r.amount_fen), 0) ORDER BY o.id
"""

EARLY = """
SELECT refund_no FROM payments_refund AS r JOIN payments_payment AS p ON p.id = r.payment_id
WHERE r.state = 'settled' AND p.state <> 'paid' ORDER BY 1
"""

# They are asked for again with the same number, but only a person can put money into the account.
UNFUNDED = """
SELECT refund_no, said, mch_id FROM payments_refund AS r
JOIN payments_payment AS p ON p.id = r.payment_id
WHERE r.state = 'created' AND r.said IS NOT NULL AND r.created_at < now() - interval '10 minutes'
ORDER BY 1
"""

UNKNOWN = """
SELECT payment_no AS number, state, created_at FROM payments_payment
WHERE state IN ('created', 'prepaid', 'unknown', 'parked')
    AND created_at < now() - interval '24 hours'
UNION ALL
SELECT refund_no, state, created_at FROM payments_refund
WHERE state IN ('created', 'unknown', 'abnormal') AND created_at < now() - interval '24 hours'
ORDER BY 1
"""


# A count is the sum of what it claimed and begins where the one before it ended.
COUNTED = """
WITH taken AS (
    SELECT cash_count_id AS id, sum(amount_fen)::bigint AS fen FROM payments_payment
    WHERE cash_count_id IS NOT NULL GROUP BY 1
), given AS (
    SELECT cash_count_id AS id, sum(amount_fen)::bigint AS fen FROM payments_refund
    WHERE cash_count_id IS NOT NULL GROUP BY 1
)
SELECT c.public_id, c.taken_fen, c.given_fen, c.opened_fen,
    coalesce(taken.fen, 0) AS took, coalesce(given.fen, 0) AS gave, before.left_fen AS was_left
FROM payments_cash_count AS c LEFT JOIN taken USING (id) LEFT JOIN given USING (id)
LEFT JOIN payments_cash_count AS before
    ON before.store_id = c.store_id AND before.number = c.number - 1
WHERE (c.taken_fen, c.given_fen) <> (coalesce(taken.fen, 0), coalesce(given.fen, 0))
    OR (c.number > 1 AND before.left_fen IS DISTINCT FROM c.opened_fen)
ORDER BY c.id
"""


@check("payments.counted")
async def a_counted_drawer_is_the_sum_of_its_cash() -> list[Finding]:
    return [
        Finding(
            "payments.counted",
            f"count:{row['public_id']}",
            f"says {row['taken_fen']} taken, {row['given_fen']} given, {row['opened_fen']} there;"
            f" its cash is {row['took']}, {row['gave']}, and {row['was_left']} was left before",
        )
        for row in await sql(COUNTED)
    ]


@check("payments.paid")
async def an_order_took_the_payments_that_were_made_for_it() -> list[Finding]:
    return [
        Finding(
            "payments.paid",
            f"payment:{row['payment_no']}",
            f"order {row['taken_by']} took {row['taken_fen']} fen, the payment is of"
            f" {row['amount_fen']} fen for order {row['meant_for']}",
        )
        for row in await sql(PAID)
    ]


@check("payments.unwanted")
async def money_that_no_order_wants_goes_back() -> list[Finding]:
    return [
        Finding("payments.unwanted", f"{row['what']}:{row['payment_no']}", "is not being refunded")
        for row in await sql(UNWANTED)
    ]


@check("payments.refunds")
async def refunds_claim_no_more_than_was_paid() -> list[Finding]:
    return [
        Finding(
            "payments.refunds",
            f"payment:{row['payment_no']}",
            f"{row['refunding_fen']} fen are claimed, its refunds sum to {row['claimed']}",
        )
        for row in await sql(CLAIMS)
    ]


@check("payments.booked")
async def the_book_has_what_came_and_what_went() -> list[Finding]:
    return [
        Finding(
            "payments.booked",
            f"{row['kind']}:{row['key']}",
            f"should have moved {row['wanted']} fen, the book says {row['found']}",
        )
        for row in await sql(BOOKED)
    ] + [
        Finding("payments.booked", f"refund:{row['refund_no']}", "settled, but never paid")
        for row in await sql(EARLY)
    ]


@check("payments.customers")
async def what_lies_with_us_is_somebodys() -> list[Finding]:
    return [
        Finding(
            "payments.customers",
            "house",
            f"the book owes customers {-row['booked']} fen, they can claim {row['lying']}",
        )
        for row in await sql(CUSTOMERS)
    ]


@check("payments.paid_out")
async def a_purse_that_was_paid_out_is_being_given_back() -> list[Finding]:
    return [
        Finding(
            "payments.paid_out",
            f"pay_out:{row['pay_out_no']}",
            f"{row['refund_fen']} fen are to go back, its refunds sum to {row['sent']}: ask for the"
            " pay-out of this member again",
        )
        for row in await sql(PAID_OUT)
    ]


@check("payments.unknown")
async def nothing_stays_unknown_for_a_day() -> list[Finding]:
    return [
        Finding(
            "payments.unknown",
            row["number"],
            f"is {row['state']} since {row['created_at']:%Y-%m-%d %H:%M} UTC: look at it",
        )
        for row in await sql(UNKNOWN)
    ]


@check("payments.unfunded")
async def the_merchants_account_holds_what_is_to_go_back() -> list[Finding]:
    return [
        Finding(
            "payments.unfunded",
            f"refund:{row['refund_no']}",
            f"merchant {row['mch_id']} says {row['said']}: put money into its account",
        )
        for row in await sql(UNFUNDED)
    ]
