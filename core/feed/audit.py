"""What the auditor recomputes about the feed."""

from core.audit import Finding, check
from core.database import sql

HOLES = """
SELECT s.id, s.last_sequence, count(m.id) AS n, coalesce(max(m.sequence), 0) AS top
FROM feed_subscription AS s LEFT JOIN feed_message AS m ON m.subscription_id = s.id
GROUP BY s.id, s.last_sequence
HAVING count(m.id) <> s.last_sequence OR coalesce(max(m.sequence), 0) <> s.last_sequence
ORDER BY s.id
"""
UNTOLD = "SELECT id FROM feed_change WHERE at < now() - interval '10 minutes' ORDER BY id LIMIT 20"


@check("feed.sequences")
async def sequences() -> list[Finding]:
    """The numbers of a subscription are 1 to its last one, each once."""
    return [
        Finding("feed.sequences", f"subscription:{row['id']}", f"{row['n']} up to {row['top']}")
        for row in await sql(HOLES)
    ]


@check("feed.told")
async def told() -> list[Finding]:
    """No change waits longer than ten minutes for its number."""
    return [Finding("feed.told", f"change:{row['id']}", "waits") for row in await sql(UNTOLD)]
