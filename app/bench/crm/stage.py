"""A brand with a past, made by SQL: members, orders of four years, steps, tags, consents.

Of every ten million rows asked for five are order lines and five are steps. Who buys much is drawn
from a long tail; nobody's orders lie together, as in a shop that has been open for years.
"""

from collections.abc import Callable

import asyncpg

Tell = Callable[[str], None]
STORES, PRODUCTS, CATEGORIES, TAGS = 40, 1_000, 24, 12
ROWS_A_MEMBER = 10  # order lines and steps

SHOP = """
INSERT INTO stores_tax_entity (code, tax_no, name, address, phone, bank_account, drawer)
VALUES ('BENCH', '91330100BENCH00001', '示例商贸有限公司', '杭州', '0571-0000000', '0', '开票员');
INSERT INTO stores_store (code, name, kind, region, city, address, phone, hours, latitude,
    longitude, has_till, is_open, tax_entity_id)
SELECT 'BENCH-' || lpad(n::text, 4, '0'), '门店' || n, 'direct', '华东', '杭州', '文三路 ' || n,
    '0571-0000000', '10:00-22:00', 30.2, 120.1, false, true, currval('stores_tax_entity_id_seq')
FROM generate_series(1, {stores}) AS n;
INSERT INTO catalog_category (code, name, name_en, parent_id, position, path)
SELECT 'c' || n, '类目' || n, 'Category ' || n, CASE WHEN n > 4 THEN 1 + n % 4 END, n,
    CASE WHEN n > 4 THEN ARRAY[1 + n % 4, n] ELSE ARRAY[n] END::bigint[]
FROM generate_series(1, {categories}) AS n;
INSERT INTO catalog_product (public_id, code, title, title_en, description, picture, price_fen,
    on_sale, is_limited, category_id)
SELECT 'prd_bench' || n, 'B' || n, '羊绒围巾 ' || n, 'Scarf', '', '', 39900, true, false,
    5 + n % ({categories} - 4)
FROM generate_series(1, {products}) AS n;
INSERT INTO catalog_sku (product_id, code, colour, size, more_spec, unit, tax_code, tax_bp,
    list_price_fen, picture, on_sale, deposit_bp)
SELECT id, code || '-1', '燕麦色', 'M', '{{}}', '条', '1040201990000000000', 1300, 39900, '',
    true, 0 FROM catalog_product ORDER BY id;
INSERT INTO tags_group (public_id, name, is_single, position)
VALUES ('tgr_bench', '喜好', false, 0);
INSERT INTO tags_tag (public_id, group_id, name, position, is_shared, push, push_why, made_by)
SELECT 'tag_bench' || n, currval('tags_group_id_seq'), '标签' || n, n, false, 'settled', '', ''
FROM generate_series(1, {tags}) AS n;
"""
NO_TIER = """
DO $$ BEGIN ALTER TABLE people_member ALTER tier SET DEFAULT 'standard';
EXCEPTION WHEN undefined_column THEN NULL; END $$
"""
MEMBERS = """
INSERT INTO people_member (id, public_id, joined_at, entrance, birth_month, birth_day)
SELECT n, 'mem_bench' || n, now() - random() * interval '4 years',
    (ARRAY['mini_program', 'store', 'social', 'push'])[1 + n % 4], 1 + n % 12, 1 + n % 28
FROM generate_series($1::bigint, $2::bigint) AS n
"""
PHONES = """
INSERT INTO people_identity (member_id, kind, known_as, source, since)
SELECT n, 'phone', md5('phone' || n) || md5('index' || n), 'import', now()
FROM generate_series($1::bigint, $2::bigint) AS n WHERE n % 10 < 8
"""
CONSENTS = """
INSERT INTO people_consent (member_id, purpose, text_version, how, given_at)
SELECT n, 'marketing', 'marketing-2026-01', 'bench', now()
FROM generate_series($1::bigint, $2::bigint) AS n WHERE n % 10 < 6
"""
MARKS = """
INSERT INTO tags_mark (member_id, tag_id, source, by, cause)
SELECT n, 1 + (n * 7 + k * 5) % {tags}, 'manual', 'bench', ''
FROM generate_series($1::bigint, $2::bigint) AS n, generate_series(1, 2) AS k WHERE n % 3 = 0
"""
# Half the orders are of one line, the others of three: two lines an order. The member is drawn from
# a square, so that a tenth of them buys a third of all.
ORDERS = """
INSERT INTO orders_order (id, public_id, order_no, member_id, store_id, state, entrance, placed_by,
    idempotency_key, fingerprint, goods_fen, discount_fen, freight_fen, payable_fen, paid_fen,
    points_earned, reasons, delivery, placed_at, expires_at, paid_at)
SELECT n, 'ord_bench' || n, 'B' || n, member, 1 + n % {stores}, 'done',
    (ARRAY['mini_program', 'till', 'guide', 'till'])[1 + n % 4], 'member:' || member, 'b' || n,
    md5(n::text) || md5(n::text), fen + off, off, 0, fen, fen, 0, '[]', 'taken', at, at, at
FROM generate_series($1::bigint, $2::bigint) AS n, LATERAL (
    SELECT 1 + (power(random(), 2) * ({members} - 1))::bigint * 7919 % {members} AS member,
        now() - power(random(), 1.3) * interval '4 years' AS at,
        (5000 + random() * 60000)::bigint AS fen, (n % 5) * 1000 AS off, n AS same) AS drawn
"""
LINES = """
INSERT INTO orders_line (order_id, sku_id, sku_code, title, spec_text, picture, unit, quantity,
    list_fen, price_fen, discount_fen, payable_fen, tax_code, tax_bp)
SELECT o, 1 + (o * 31 + k * 17) % {products}, 'B', '羊绒围巾', '燕麦色', '', '条', 1, 39900, 39900,
    0, 20000, '1040201990000000000', 1300
FROM generate_series($1::bigint, $2::bigint) AS o, generate_series(1, CASE o % 2 WHEN 0 THEN 1
    ELSE 3 END) AS k
"""
STEPS = """
INSERT INTO behaviour_event (key, member_id, kind, product_id, store_id, at, received_at)
SELECT gen_random_uuid(), 1 + (random() * ({members} - 1))::bigint,
    (ARRAY['view', 'view', 'view', 'visit', 'favourite', 'cart', 'share', 'view'])[1 + n % 8],
    CASE WHEN n % 8 <> 3 THEN 1 + n % {products} END, 1 + n % {stores}, at, at
FROM generate_series($1::bigint, $2::bigint) AS n, LATERAL (
    SELECT now() - power(random(), 1.5) * interval '1 year' AS at, n AS same) AS drawn
"""
DAYS = """
INSERT INTO behaviour_day (member_id, on_day, kind, times)
SELECT member_id, (at AT TIME ZONE 'Asia/Shanghai')::date, kind, count(*) FROM behaviour_event
WHERE at > now() - interval '60 days' GROUP BY 1, 2, 3
"""
INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made_by
FROM pg_index WHERE indrelid = ANY($1::text[]::regclass[]) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
LARGE = ("people_identity", "orders_order", "orders_line", "behaviour_event", "behaviour_day")
STEP = 250_000


async def fill(url: str, members: int, tell: Tell) -> None:
    """Into an empty, migrated database: `members`, and ten rows of the past for each."""
    connection = await asyncpg.connect(url, command_timeout=3600)
    facts = {"stores": STORES, "products": PRODUCTS, "categories": CATEGORIES, "tags": TAGS}
    facts["members"] = members
    try:
        await connection.execute("SET session_replication_role = replica")  # no key is looked up
        await connection.execute(NO_TIER)
        await connection.execute(SHOP.format(**facts))
        dropped = await connection.fetch(INDEXES, list(LARGE))
        for index in dropped:
            await connection.execute(f"DROP INDEX {index['name']}")
        lines = members * ROWS_A_MEMBER // 2
        parts = [(each, members) for each in (MEMBERS, PHONES, CONSENTS, MARKS)]
        parts += [(ORDERS, lines // 2), (LINES, lines // 2), (STEPS, lines)]
        for statement, count in parts:
            tell(f"{statement.split()[2]}: {count:,}")
            for first in range(1, count + 1, STEP):
                last = min(first + STEP - 1, count)
                await connection.execute(statement.format(**facts), first, last)
        await connection.execute(DAYS)
        await _finish(connection, [index["made_by"] for index in dropped], tell)
    finally:
        await connection.close()


async def _finish(connection: asyncpg.Connection, indexes: list[str], tell: Tell) -> None:
    """Indexes again, sequences behind the rows, and what autovacuum would have done by now."""
    tell(f"{len(indexes)} indexes")
    await connection.execute("SET maintenance_work_mem = '512MB'")
    for made_by in indexes:
        await connection.execute(made_by)
    for table in ("people_member", "orders_order"):
        query = f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"  # noqa: S608
        await connection.execute(query)
    tell("VACUUM ANALYZE")
    await connection.execute("VACUUM ANALYZE")
