"""Portraits (画像): what members seem to like, from what they bought, or else from what they saw.

Plain counting, so that a guide can be told why; a model may say more about the same member later.
What was bought weighs 5, put in a cart or favourited 3, shared 2, viewed 1; two years back.
"""

from collections.abc import Sequence

from core import audience, clock
from core.database import sql, use_case
from core.jobs import owe
from crm.people.queries import may_be_profiled
from trade.catalog.queries.audience import PRODUCT_GOODS

A_CHUNK = 5_000
NEW_DAYS = 45  # so long goods count as new, from the day they were first met
WINDOW = "interval '730 days'"
LEAST = 3  # steps of one kind of fact; below it nothing is said
SEEN = {
    "behaviour.viewed": 1,
    "behaviour.shared": 2,
    "behaviour.put_in_cart": 3,
    "behaviour.favourited": 3,
}

CHUNK = "SELECT member_id FROM ({population}) AS p WHERE member_id > $1 ORDER BY 1 LIMIT $2"
BORDERS = """
SELECT
    (SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY amount)
     FROM (SELECT sum(amount)::bigint AS amount FROM ({bought}) AS b
           WHERE at > now() - {window} GROUP BY member_id) AS sums) AS spending,
    (SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY price)
     FROM (SELECT DISTINCT product, price FROM ({viewed}) AS v WHERE price IS NOT NULL
           AND at > now() - {window}) AS prices) AS prices
"""
FORGET = """
DELETE FROM behaviour_portrait WHERE id BETWEEN $1 AND $2 AND NOT id = ANY($3::bigint[])
"""
ONE_KIND = """
SELECT member_id, at, product, category[cardinality(category)] AS category, brand, price,
    {weight} AS weight
FROM ({said}) AS s WHERE member_id = ANY($1::bigint[]) AND at > now() - {window}
"""
PORTRAY = """
WITH bought AS (
    SELECT * FROM ({bought}) AS b WHERE member_id = ANY($1::bigint[]) AND at > now() - {window}
), seen AS ({seen}), met AS (
    SELECT member_id, at, product, category[cardinality(category)] AS category, brand,
        5 * quantity AS weight FROM bought
    UNION ALL SELECT member_id, at, product, category, brand, weight FROM seen
), first_met AS (
    SELECT g.product, min(d.on_day) AS on_day FROM behaviour_product_day AS d
    JOIN ({goods}) AS g ON g.product_id = d.product_id GROUP BY g.product
), liked_category AS (
    SELECT DISTINCT ON (member_id) member_id, category FROM (
        SELECT member_id, category, sum(weight) AS weight FROM met WHERE category IS NOT NULL
        GROUP BY 1, 2) AS c ORDER BY member_id, weight DESC, category
), liked_brand AS (
    SELECT DISTINCT ON (member_id) member_id, brand FROM (
        SELECT member_id, brand, sum(weight) AS weight FROM met WHERE brand IS NOT NULL
        GROUP BY 1, 2) AS c ORDER BY member_id, weight DESC, brand
), newness AS (
    SELECT m.member_id, (10000 * coalesce(sum(weight) FILTER (WHERE m.at::date < f.on_day + {new}),
        0) / sum(weight))::int AS new_bp
    FROM met AS m JOIN first_met AS f ON f.product = m.product GROUP BY 1 HAVING count(*) >= {least}
), spent AS (
    SELECT member_id, sum(amount)::bigint AS amount,
        (10000 * sum(discount) / nullif(sum(amount + discount), 0))::int AS discount_bp
    FROM bought GROUP BY 1
), looked AS (
    SELECT member_id, avg(price)::bigint AS price FROM seen WHERE price IS NOT NULL
    GROUP BY 1 HAVING count(*) >= {least}
), steps AS (SELECT member_id, count(*)::int AS steps FROM met GROUP BY 1)
INSERT INTO behaviour_portrait AS p
    (id, has_bought, category, brand, level, discount_bp, new_bp, steps, as_of)
SELECT s.member_id, sp.member_id IS NOT NULL, c.category, b.brand,
    CASE WHEN sp.member_id IS NOT NULL THEN width_bucket(sp.amount, $2::bigint[]) + 1
        WHEN l.member_id IS NOT NULL THEN width_bucket(l.price, $3::bigint[]) + 1 END,
    sp.discount_bp, n.new_bp, s.steps, $4
FROM steps AS s LEFT JOIN liked_category AS c USING (member_id)
LEFT JOIN liked_brand AS b USING (member_id) LEFT JOIN spent AS sp USING (member_id)
LEFT JOIN looked AS l USING (member_id) LEFT JOIN newness AS n USING (member_id)
ON CONFLICT (id) DO UPDATE SET has_bought = excluded.has_bought, category = excluded.category,
    brand = excluded.brand, level = excluded.level, discount_bp = excluded.discount_bp,
    new_bp = excluded.new_bp, steps = excluded.steps, as_of = excluded.as_of
RETURNING id
"""


def _seen() -> str:
    parts = [
        ONE_KIND.format(said=audience.happenings[name].sql, weight=weight, window=WINDOW)
        for name, weight in SEEN.items()
    ]
    return " UNION ALL ".join(parts)


async def portray_everybody() -> int:
    """Work out all portraits anew, a chunk of members at a time; answers how many there are.

    Who may not be profiled has none, and loses the one they had.
    """
    borders = await _borders()
    after, done = 0, 0
    while chunk := await _chunk(after):
        done += await portray(chunk, borders)
        after = chunk[-1]
    return done


async def _borders() -> tuple[list[int], list[int]]:
    query = BORDERS.format(
        bought=audience.happenings["orders.bought"].sql,
        viewed=audience.happenings["behaviour.viewed"].sql,
        window=WINDOW,
    )
    [row] = await sql(query)
    return _rising(row["spending"]), _rising(row["prices"])


def _rising(borders: Sequence[int] | None) -> list[int]:
    """Few different sums give equal borders; one step above all is never reached."""
    return sorted(borders or [2**62] * 4)


async def _chunk(after: int) -> list[int]:
    query = CHUNK.format(population=audience.populations[0])
    return [row["member_id"] for row in await sql(query, after, A_CHUNK)]


@use_case
async def portray(member_ids: Sequence[int], borders: tuple[list[int], list[int]]) -> int:
    """Work out these portraits; `member_ids` rise, and lie together."""
    allowed = sorted(await may_be_profiled(member_ids))
    await sql(FORGET, member_ids[0], member_ids[-1], allowed)
    query = PORTRAY.format(
        bought=audience.happenings["orders.bought"].sql,
        seen=_seen(),
        goods=PRODUCT_GOODS,
        window=WINDOW,
        new=NEW_DAYS,
        least=LEAST,
    )
    rows = await sql(query, allowed, *borders, clock.now())
    await audience.tell_changed([row["id"] for row in rows])
    return len(rows)


@use_case
async def owe_portraits() -> None:
    """Portraits are due; while they are being worked out, asking again changes nothing."""
    await owe("behaviour.portray", key="")
