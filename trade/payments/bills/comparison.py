"""The statements that compare a bill with our books, set against set, whatever their size.

Each takes $1 the merchant and $2 the China day; FOUND also $3 the bill, $4 and $5 where the day
begins and ends, $6 the number of the run. Only WeChat's own money stands in WeChat's bill: cash,
cards and balances have no merchant number.
"""

OURS = """
SELECT p.transaction_id, p.payment_no, p.order_no, p.amount_fen, p.paid_at AS at
FROM payments_payment AS p
WHERE p.mch_id = $1 AND p.state = 'paid' AND p.transaction_id IS NOT NULL
UNION ALL
SELECT s.transaction_id, p.payment_no, p.order_no, s.amount_fen, s.at
FROM payments_surplus AS s JOIN payments_payment AS p ON p.id = s.payment_id
WHERE p.mch_id = $1
"""

OUR_REFUNDS = """
SELECT r.refund_no, r.amount_fen, r.state, r.created_at, r.settled_at, p.payment_no, p.order_no
FROM payments_refund AS r JOIN payments_payment AS p ON p.id = r.payment_id
WHERE p.mch_id = $1 AND p.transaction_id IS NOT NULL
    AND r.goes_to = 'origin'
"""

PAYMENTS = """
SELECT 'payment_only_here', 'whole', o.transaction_id, o.payment_no, o.order_no,
    o.amount_fen, NULL::bigint, 'paid', NULL
FROM ours AS o
WHERE o.at >= $4 AND o.at < $5 AND NOT EXISTS (
    SELECT FROM bills_line AS l JOIN bills_bill AS b ON b.id = l.bill_id
    WHERE b.mch_id = $1 AND l.transaction_id = o.transaction_id
        AND l.refund_no IS NULL AND l.state = 'SUCCESS')
UNION ALL
SELECT 'payment_only_there', 'whole', t.transaction_id, t.payment_no, p.order_no,
    NULL, t.amount_fen, p.transaction_id, 'SUCCESS'
FROM there AS t
LEFT JOIN ours AS o ON (o.transaction_id, o.payment_no) = (t.transaction_id, t.payment_no)
LEFT JOIN payments_payment AS p ON p.payment_no = t.payment_no AND p.mch_id = $1
WHERE o.payment_no IS NULL AND (p.id IS NULL OR p.state = 'paid')
UNION ALL
SELECT 'payment_amount', 'whole', t.transaction_id, t.payment_no, o.order_no,
    o.amount_fen, t.amount_fen, 'paid', 'SUCCESS'
FROM there AS t JOIN ours AS o USING (transaction_id, payment_no)
WHERE o.amount_fen <> t.amount_fen
UNION ALL
SELECT 'payment_state', 'state', t.transaction_id, t.payment_no, p.order_no,
    p.amount_fen, t.amount_fen, p.state, 'SUCCESS'
FROM there AS t JOIN payments_payment AS p ON p.payment_no = t.payment_no AND p.mch_id = $1
WHERE p.state <> 'paid'
UNION ALL
SELECT DISTINCT 'payment_state', 'state', p.transaction_id, p.payment_no, p.order_no,
    p.amount_fen, NULL::bigint, 'paid', 'REVOKED'
FROM bills_line AS l JOIN payments_payment AS p ON p.payment_no = l.payment_no AND p.mch_id = $1
WHERE l.bill_id = $3 AND l.state = 'REVOKED' AND l.refund_no IS NULL
    AND p.state = 'paid' AND p.refunding_fen < p.amount_fen
"""

REFUNDS = """
SELECT 'refund_only_here', 'whole', r.refund_no, r.payment_no, r.order_no,
    r.amount_fen, NULL::bigint, r.state, NULL
FROM our_refunds AS r
WHERE r.state = 'settled' AND r.settled_at >= $4 AND r.settled_at < $5
    AND NOT EXISTS (
        SELECT FROM bills_line AS l JOIN bills_bill AS b ON b.id = l.bill_id
        WHERE b.mch_id = $1 AND l.refund_no = r.refund_no)
    AND NOT EXISTS (
        SELECT FROM bills_bill AS b WHERE b.mch_id = $1 AND b.state IN ('wanted', 'refused')
            AND b.day BETWEEN (r.created_at AT TIME ZONE 'Asia/Shanghai')::date AND $2)
UNION ALL
SELECT 'refund_only_there', 'whole', g.refund_no, g.payment_no, p.order_no,
    NULL, g.amount_fen, NULL, g.state
FROM given AS g LEFT JOIN our_refunds AS r USING (refund_no)
LEFT JOIN payments_payment AS p ON p.payment_no = g.payment_no AND p.mch_id = $1
WHERE r.refund_no IS NULL AND g.state <> 'FAIL'
UNION ALL
SELECT 'refund_differs', 'amount', g.refund_no, r.payment_no, r.order_no,
    r.amount_fen, g.amount_fen, r.state, g.state
FROM given AS g JOIN our_refunds AS r USING (refund_no)
WHERE r.amount_fen <> g.amount_fen
UNION ALL
SELECT 'refund_differs', 'state', g.refund_no, r.payment_no, r.order_no,
    r.amount_fen, g.amount_fen, r.state, g.state
FROM given AS g JOIN our_refunds AS r USING (refund_no)
WHERE (g.state = 'SUCCESS') > (r.state = 'settled') OR (g.state = 'FAIL' AND r.state = 'settled')
"""

ODD = """
SELECT 'odd_entry', 'day', t.transaction_id, t.payment_no, o.order_no,
    o.amount_fen, t.amount_fen, (o.at AT TIME ZONE 'Asia/Shanghai')::date::text, $2::date::text
FROM there AS t JOIN ours AS o USING (transaction_id, payment_no)
WHERE NOT (o.at >= $4 AND o.at < $5) AND NOT EXISTS (
    SELECT FROM bills_line AS l JOIN bills_bill AS b ON b.id = l.bill_id
    WHERE b.mch_id = $1 AND l.transaction_id = t.transaction_id AND l.refund_no IS NULL
        AND b.day = (o.at AT TIME ZONE 'Asia/Shanghai')::date)
UNION ALL
SELECT 'odd_entry', 'day', g.refund_no, r.payment_no, r.order_no, r.amount_fen, g.amount_fen,
    (r.created_at AT TIME ZONE 'Asia/Shanghai')::date::text, $2::date::text
FROM given AS g JOIN our_refunds AS r USING (refund_no)
WHERE $2 NOT BETWEEN (r.created_at AT TIME ZONE 'Asia/Shanghai')::date
    AND (coalesce(r.settled_at, now()) AT TIME ZONE 'Asia/Shanghai')::date
UNION ALL
SELECT 'odd_entry', 'twice', coalesce(l.refund_no, l.transaction_id), min(l.payment_no), NULL,
    NULL, sum(l.amount_fen)::bigint, NULL, 'line ' || max(l.line_no)
FROM bills_line AS l
WHERE l.bill_id = $3 AND l.state <> 'REVOKED' AND EXISTS (
    SELECT FROM bills_line AS x JOIN bills_bill AS b ON b.id = x.bill_id
    WHERE b.mch_id = $1 AND x.transaction_id = l.transaction_id AND x.state <> 'REVOKED'
        AND x.refund_no IS NOT DISTINCT FROM l.refund_no
        AND (b.day, x.line_no) < ($2, l.line_no))
GROUP BY coalesce(l.refund_no, l.transaction_id)
UNION ALL
SELECT 'odd_entry', 'fee', t.transaction_id, t.payment_no, NULL,
    round(t.settled_fen * t.rate_bp / 10000.0)::bigint, round(t.fee_mfen / 1000.0)::bigint,
    NULL, NULL
FROM there AS t
WHERE abs(t.fee_mfen - t.settled_fen * t.rate_bp / 10) > 500
"""

# What a person settled stays so while both sides say what they said then.
STAYS = """
old.state = 'resolved' AND (old.ours_fen, old.theirs_fen, old.ours, old.theirs)
    IS NOT DISTINCT FROM (excluded.ours_fen, excluded.theirs_fen, excluded.ours, excluded.theirs)
"""

FOUND = f"""
WITH ours AS ({OURS}), our_refunds AS ({OUR_REFUNDS}),
there AS (
    SELECT DISTINCT ON (transaction_id) * FROM bills_line
    WHERE bill_id = $3 AND refund_no IS NULL AND state = 'SUCCESS'
    ORDER BY transaction_id, line_no
), given AS (
    SELECT DISTINCT ON (refund_no) * FROM bills_line
    WHERE bill_id = $3 AND refund_no IS NOT NULL ORDER BY refund_no, line_no
), found (kind, aspect, subject, payment_no, order_no, ours_fen, theirs_fen, ours, theirs) AS (
    {PAYMENTS} UNION ALL {REFUNDS} UNION ALL {ODD}
)
INSERT INTO bills_difference AS old (mch_id, day, kind, aspect, subject, payment_no, order_no,
    ours_fen, theirs_fen, ours, theirs, state, run)
SELECT $1, $2, kind, aspect, subject, payment_no, order_no, ours_fen, theirs_fen,
    left(ours, 40), left(theirs, 40), 'open', $6
FROM found
ON CONFLICT (mch_id, day, kind, aspect, subject) DO UPDATE SET
    run = excluded.run, payment_no = excluded.payment_no, order_no = excluded.order_no,
    ours_fen = excluded.ours_fen, theirs_fen = excluded.theirs_fen,
    ours = excluded.ours, theirs = excluded.theirs,
    state = CASE WHEN {STAYS} THEN 'resolved' ELSE 'open' END,
    ended_at = CASE WHEN {STAYS} THEN old.ended_at END,
    ended_by = CASE WHEN {STAYS} THEN old.ended_by END,
    reason = CASE WHEN {STAYS} THEN old.reason END
"""  # noqa: S608  our own words

GONE = """
UPDATE bills_difference SET state = 'gone', ended_at = now(), ended_by = 'reconciliation'
WHERE mch_id = $1 AND day = $2 AND state = 'open' AND run < $3
"""

SUMS = f"""
SELECT (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ({OURS}) AS o
        WHERE at >= $2 AND at < $3) AS paid,
    (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ({OUR_REFUNDS}) AS r
        WHERE created_at >= $2 AND created_at < $3
            AND state NOT IN ('created', 'closed')) AS refunded
"""  # noqa: S608  our own words

OPEN = """
SELECT id, kind, aspect, asks FROM bills_difference
WHERE mch_id = $1 AND day = $2 AND state = 'open' ORDER BY id
"""
