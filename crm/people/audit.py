"""The auditor's view of people: credit recomputed from the paid orders, row by row.

It reads the tables of orders as they stand, so that it shares no error with the
code that wrote them. News of the last ten minutes may still be on its way.
"""

from core.audit import Finding, check
from core.database import sql

CREDIT = """
SELECT order_no, paid.guide_id AS source, own.guide_id AS credited, own.why,
    paid.paid_fen AS wanted, own.paid_fen AS found
FROM (SELECT * FROM orders_order WHERE paid_at IS NOT NULL) AS paid
FULL JOIN people_attribution AS own USING (order_no)
WHERE (own.paid_fen IS DISTINCT FROM paid.paid_fen
        OR own.store_id IS DISTINCT FROM paid.store_id
        OR own.member_id IS DISTINCT FROM paid.member_id
        OR own.points IS DISTINCT FROM paid.points_earned
        OR (paid.guide_id IS NOT NULL AND own.guide_id IS DISTINCT FROM paid.guide_id)
        OR (own.why = 'source') IS DISTINCT FROM (paid.guide_id IS NOT NULL)
        OR (own.why = 'nobody') IS DISTINCT FROM (own.guide_id IS NULL))
    AND (own.id IS NOT NULL OR paid.paid_at < now() - interval '10 minutes')
ORDER BY order_no
"""

BOUND_TWICE = """
SELECT DISTINCT one.member_id FROM people_binding AS one JOIN people_binding AS other
    ON other.member_id = one.member_id AND other.id > one.id
    AND other.bound_at < coalesce(one.unbound_at, 'infinity')
ORDER BY 1
"""

HALF_PHONES = """
SELECT DISTINCT own.member_id AS id FROM people_identity AS own
WHERE own.kind IN ('phone', 'email') AND own.until IS NULL AND (
    num_nulls(own.cipher, own.tail_index) <> 0
    OR (own.kind = 'phone' AND own.verified_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM people_consent AS consent WHERE consent.member_id = own.member_id
            AND purpose = 'phone' AND withdrawn_at IS NULL)))
ORDER BY 1
"""

# A merge that stands has one who is gone into one who is there; nobody else is gone.
MERGED = """
SELECT coalesce(merge.gone_id, member.id) AS id
FROM (SELECT * FROM people_merge WHERE undone_at IS NULL) AS merge
FULL JOIN (SELECT * FROM people_member WHERE merged_into_id IS NOT NULL) AS member
    ON member.id = merge.gone_id
WHERE member.merged_into_id IS DISTINCT FROM merge.kept_id
ORDER BY 1
"""

LEFT_OVER = """
SELECT DISTINCT member.id FROM people_member AS member
LEFT JOIN people_identity AS own ON own.member_id = member.id
WHERE (member.merged_into_id IS NOT NULL AND own.id IS NOT NULL AND own.until IS NULL)
    OR (member.erased_at IS NOT NULL AND (own.id IS NOT NULL
        OR num_nonnulls(name_cipher, birthday_cipher, birth_month, gender) > 0))
ORDER BY 1
"""

STUCK = """
SELECT key, state, wanted_at FROM people_message_intent
WHERE state IN ('wanted', 'unknown') AND wanted_at < now() - interval '24 hours'
UNION ALL SELECT key, state, wanted_at FROM people_member_message
WHERE state = 'wanted' AND wanted_at < now() - interval '24 hours' ORDER BY 3, 1
"""


@check("people.attribution")
async def every_paid_order_has_its_credit() -> list[Finding]:
    return [
        Finding(
            "people.attribution",
            f"order:{row['order_no']}",
            f"paid {row['wanted']} with source {row['source']}; credited {row['found']}"
            f" to {row['credited']} by {row['why']}",
        )
        for row in await sql(CREDIT)
    ]


@check("people.bindings")
async def nobody_has_two_guides_at_once() -> list[Finding]:
    return [
        Finding("people.bindings", f"member:{row['member_id']}", "two bindings overlap")
        for row in await sql(BOUND_TWICE)
    ]


@check("people.phones")
async def a_phone_is_whole_and_agreed_to() -> list[Finding]:
    return [
        Finding("people.phones", f"member:{row['id']}", "a phone in parts, or without a consent")
        for row in await sql(HALF_PHONES)
    ]


@check("people.messages")
async def no_message_is_open_for_a_day() -> list[Finding]:
    return [
        Finding("people.messages", row["key"], f"{row['state']} for more than a day")
        for row in await sql(STUCK)
    ]


@check("people.merges")
async def who_is_gone_is_somebody_else() -> list[Finding]:
    return [
        Finding("people.merges", f"member:{row['id']}", "gone, and no merge says into whom")
        for row in await sql(MERGED)
    ]


@check("people.gone")
async def who_is_gone_has_nothing_left() -> list[Finding]:
    return [
        Finding("people.gone", f"member:{row['id']}", "gone, but ids or a name are still theirs")
        for row in await sql(LEFT_OVER)
    ]
