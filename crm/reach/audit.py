"""What the auditor recomputes here: budgets are what messages took, one permit is one message."""

from core.audit import Finding, check
from core.database import sql

SPENT = """
WITH taken AS (
    SELECT member_id, w->>0 AS channel, w->>1 AS span, (w->>2)::date AS starts_on, count(*) AS n
    FROM reach_message, jsonb_array_elements(spent::jsonb) AS w
    WHERE state IN ('unknown', 'handed', 'sent') GROUP BY 1, 2, 3, 4
)
SELECT coalesce(t.member_id, s.member_id) AS member_id, coalesce(t.channel, s.channel) AS channel,
    coalesce(t.span, s.span) AS span, coalesce(t.n, 0) AS taken, coalesce(s.used, 0) AS used
FROM taken AS t FULL JOIN reach_spent AS s
    ON (t.member_id, t.channel, t.span, t.starts_on)
     = (s.member_id, s.channel, s.span, s.starts_on)
WHERE coalesce(t.n, 0) <> coalesce(s.used, 0)
"""
PERMITS = """
SELECT message_id, count(*) AS n FROM reach_permit WHERE message_id IS NOT NULL
GROUP BY message_id HAVING count(*) > 1
"""
STATES = """
SELECT key FROM reach_message
WHERE (state IN ('sent', 'failed', 'suppressed')) <> (settled_at IS NOT NULL)
   OR (state = 'suppressed') <> (why IN ('no_consent', 'no_address', 'no_grant', 'capped',
                                         'too_late', 'cancelled', 'no_guide'))
"""


@check("reach.budget")
async def spent_is_what_was_sent() -> list[Finding]:
    return [
        Finding(
            "reach.budget",
            f"member:{row['member_id']}",
            f"{row['channel'] or 'all'} {row['span']}: {row['taken']} sent, {row['used']} counted",
        )
        for row in await sql(SPENT)
    ]


@check("reach.permits")
async def one_permit_one_message() -> list[Finding]:
    return [
        Finding("reach.permits", f"message:{row['message_id']}", f"used {row['n']} permits")
        for row in await sql(PERMITS)
    ]


@check("reach.states")
async def what_ended_has_an_end() -> list[Finding]:
    return [
        Finding("reach.states", row["key"], "state, reason and end do not fit")
        for row in await sql(STATES)
    ]
