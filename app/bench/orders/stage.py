"""A shop for the order bench: thousands of SKUs, members who are signed in, coupons, points.

Filled by SQL, so that it stands within seconds; the rows are such as the shop itself writes.
"""

import hashlib

import asyncpg

STORES, SKUS, MEMBERS, COUPONS_OUT = 10, 10_000, 2_000, 300_000
STORE, UNITS = "BENCH-0001", 1_000_000
HOT = 1  # the id of the one SKU everybody wants

SEED = """
INSERT INTO stores_tax_entity (code, tax_no, name, address, phone, bank_account, drawer)
VALUES ('BENCH', '91330100BENCH00001', '示例商贸有限公司', '杭州', '0571-0000000', '0', '开票员');
INSERT INTO stores_store (code, name, kind, region, city, address, phone, hours, latitude,
    longitude, has_till, is_open, tax_entity_id)
SELECT 'BENCH-' || lpad(n::text, 4, '0'), '门店' || n, 'direct', '华东', '杭州', '文三路 ' || n,
    '0571-0000000', '10:00-22:00', 30.2, 120.1, false, true, currval('stores_tax_entity_id_seq')
FROM generate_series(1, {stores}) AS n;
INSERT INTO catalog_product (public_id, code, title, title_en, description, picture, price_fen,
    on_sale, is_limited)
SELECT 'prd_bench' || n, 'B' || n, '羊绒围巾 ' || n, 'Scarf', '', '', 39900, true, false
FROM generate_series(1, {skus} / 4) AS n;
INSERT INTO catalog_sku (product_id, code, colour, size, more_spec, unit, tax_code, tax_bp,
    list_price_fen, picture, on_sale, deposit_bp)
SELECT p.id, p.code || '-' || n, '燕麦色', substr('SMLX', n, 1), '{{}}', '条',
    '1040201990000000000', 1300, 39900, '', true, 0
FROM catalog_product AS p, generate_series(1, 4) AS n ORDER BY p.id, n;
INSERT INTO stock_level (sku_id, store_id, on_hand)
SELECT s.id, t.id, {units} FROM catalog_sku AS s, stores_store AS t WHERE t.code = '{store}';
INSERT INTO stock_movement (cause, kind, sku_id, store_id, quantity)
SELECT 'bench:' || sku_id, 'received', sku_id, store_id, on_hand FROM stock_level;
INSERT INTO people_member (public_id, tier, joined_at)
SELECT 'mem_bench' || n, '', now() FROM generate_series(1, {members}) AS n;
INSERT INTO promotions_program_rate (version, points_per_yuan, commission_bp, share_bp,
    points_a_yuan, points_step, points_cap_bp, valid_from)
VALUES (1, 1, 300, 7000, 100, 100, 1000, '2020-01-01');
INSERT INTO core_ledger_account (kind, owner, balance)
SELECT kind, 'member:' || id, CASE kind WHEN 'points' THEN 1000000 ELSE 0 END
FROM people_member, unnest(ARRAY['points', 'points_held']) AS kind;
INSERT INTO core_ledger_account (kind, owner) VALUES ('points_issued', 'house');
INSERT INTO core_ledger_lot (account_id, expires_at, remaining)
SELECT id, now() + interval '1 year', balance FROM core_ledger_account WHERE kind = 'points';
WITH journal AS (
    INSERT INTO core_ledger_journal (cause_kind, cause_key, act, book, at, memo, digest)
    VALUES ('bench.points', 'all', 'post', 'points', now(), '{{}}', '') RETURNING id
)
INSERT INTO core_ledger_entry (journal_id, account_id, amount, expires_at)
SELECT journal.id, lot.account_id, lot.remaining, lot.expires_at
FROM journal, core_ledger_lot AS lot
UNION ALL
SELECT journal.id, account.id, -1000000::bigint * {members}, NULL
FROM journal, core_ledger_account AS account WHERE account.kind = 'points_issued';
"""
# One coupon for each order that can be placed: the n-th is the n-th member's, round and round.
COUPONS = """
WITH campaign AS (
    INSERT INTO promotions_campaign (code, kind) VALUES ('BENCH', 'coupon') RETURNING id
), version AS (
    INSERT INTO promotions_promotion (campaign_id, version, name, scope, terms, priority,
        exclusive_group, may_stack, valid_from)
    SELECT id, 1, '满 100 减 5', '{{}}', '{{"threshold_fen": 10000, "off_fen": 500}}', 100,
        'coupon', true, '2020-01-01' FROM campaign RETURNING id, campaign_id
)
INSERT INTO promotions_coupon (public_id, campaign_id, promotion_id, member_id, claim_key, state,
    starts_at, ends_at)
SELECT 'cpn_bench' || n, campaign_id, id, 1 + (n - 1) % {members}, 'bench' || n, 'issued',
    now() - interval '1 day', now() + interval '1 year'
FROM version, generate_series(1, {coupons}) AS n
"""
SESSIONS = """
INSERT INTO core_session (token_hash, role, member_id, label, expires_at)
SELECT hash, 'member', id, 'bench', now() + interval '1 day'
FROM unnest($1::text[], $2::bigint[]) AS s (hash, id)
"""

# Sold and done long ago: they stand in every table and index that placing an order passes.
STORED = """
WITH made AS (
    INSERT INTO orders_order (public_id, order_no, member_id, store_id, state, entrance, placed_by,
        idempotency_key, fingerprint, goods_fen, discount_fen, freight_fen, payable_fen, paid_fen,
        points_earned, reasons, delivery, placed_at, expires_at, paid_at)
    SELECT 'ord_stored' || n, 'S' || n, 1 + n % {members}, 1 + n % {stores}, 'done', 'mini_program',
        'member:' || 1 + n % {members}, 'stored-' || n, md5(n::text) || md5(n::text),
        39900, 0, 0, 39900, 39900, 399, '[]', 'pickup', at, at, at
    FROM generate_series($1::bigint, $2::bigint) AS n, LATERAL (
        SELECT now() - interval '1 year' + n * interval '10 seconds' AS at) AS past
    RETURNING id, order_no, store_id, expires_at
), line AS (
    INSERT INTO orders_line (order_id, sku_id, sku_code, title, spec_text, picture, unit, quantity,
        list_fen, price_fen, discount_fen, payable_fen, tax_code, tax_bp)
    SELECT id, 1 + id % {skus}, 'B', '羊绒围巾', '燕麦色', '', '条', 1, 39900, 39900, 0, 39900,
        '1040201990000000000', 1300 FROM made
), step AS (
    INSERT INTO orders_timeline (order_id, action, state, cause, actor)
    SELECT id, action, 'done', 'bench', 'bench' FROM made, unnest(ARRAY['place', 'pay']) AS action
)
INSERT INTO stock_reservation (order_no, sku_id, store_id, quantity, state, expires_at)
SELECT order_no, 1 + id % {skus}, store_id, 1, 'captured', expires_at FROM made
"""

MORE_STORES = """
INSERT INTO stores_store (code, name, kind, region, city, address, phone, hours, latitude,
    longitude, has_till, is_open, tax_entity_id)
SELECT 'BENCH-' || lpad(n::text, 4, '0'), name, kind, region, city, address, phone, hours, latitude,
    longitude, has_till, is_open, tax_entity_id
FROM stores_store, generate_series((SELECT count(*) FROM stores_store) + 1, $1::bigint) AS n
WHERE code = $2
"""
FEWER_STORES = """
DELETE FROM stores_store WHERE code > 'BENCH-' || lpad($1::bigint::text, 4, '0')
"""


def token_of(member_id: int) -> str:
    return f"bench-session-{member_id:08}"


def sku_code(sku_id: int) -> str:
    return f"B{(sku_id - 1) // 4 + 1}-{(sku_id - 1) % 4 + 1}"


async def fill(url: str) -> None:
    """Into an empty, migrated database."""
    connection = await asyncpg.connect(url)
    try:
        facts = {"stores": STORES, "skus": SKUS, "members": MEMBERS, "units": UNITS}
        await connection.execute(SEED.format(store=STORE, **facts))
        given = COUPONS.format(members=MEMBERS, coupons=COUPONS_OUT)
        await connection.execute(given, timeout=600)
        members = list(range(1, MEMBERS + 1))
        hashes = [hashlib.sha256(token_of(one).encode()).hexdigest() for one in members]
        await connection.execute(SESSIONS, hashes, members)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def store_orders(url: str, up_to: int, step: int = 100_000) -> None:
    """Fill up with orders of the past until there are `up_to`, long ago: what PostgreSQL still does
    about so many new rows is done here, and not beside the first orders that are measured."""
    connection = await asyncpg.connect(url)
    try:
        there = await connection.fetchval("SELECT count(*) FROM orders_order WHERE state = 'done'")
        statement = STORED.format(members=MEMBERS, stores=STORES, skus=SKUS)
        for first in range(there + 1, up_to + 1, step):
            await connection.execute(statement, first, min(first + step - 1, up_to), timeout=600)
        await connection.execute("VACUUM ANALYZE", timeout=600)
        await connection.execute("CHECKPOINT", timeout=600)
    finally:
        await connection.close()


OVER = """
UPDATE orders_order SET state = 'closed', close_reason = 'cancelled', closed_at = now()
WHERE state = 'placed'
"""


async def end_open_orders(url: str) -> None:
    """Between runs: shoppers of a shop pay or leave, they do not pile up unpaid orders by the
    hundred. And statistics are fresh, as autovacuum keeps them in a shop that has been open a day.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(OVER, timeout=600)
        await connection.execute("ANALYZE", timeout=600)
    finally:
        await connection.close()


async def open_stores(url: str, up_to: int) -> None:
    """So many stores, as bare as a chain that grows: the order is placed in the first one."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(FEWER_STORES, up_to)
        await connection.execute(MORE_STORES, up_to, STORE)
        await connection.execute("ANALYZE stores_store")
    finally:
        await connection.close()
