"""Points that end soon: told once for each moment at which they end."""

from datetime import timedelta

from core import clock
from core.database import sql, use_case
from core.outbox import publish_all
from crm.points.events import PointsExpiring

AHEAD = timedelta(days=30)
NOTE = """
INSERT INTO points_reminder (member_id, purse, expires_at, points)
SELECT substr(account.owner, 8)::bigint, account.kind, lot.expires_at, lot.remaining
FROM core_ledger_lot AS lot JOIN core_ledger_account AS account ON account.id = lot.account_id
WHERE account.kind IN ('points', 'behaviour_points') AND account.owner LIKE 'member:%'
    AND lot.remaining > 0 AND lot.expires_at > now() AND lot.expires_at <= $1
    AND NOT EXISTS (SELECT FROM points_reminder AS told
        WHERE (told.member_id, told.purse, told.expires_at)
            = (substr(account.owner, 8)::bigint, account.kind, lot.expires_at))
ORDER BY lot.expires_at LIMIT $2
ON CONFLICT (member_id, purse, expires_at) DO NOTHING
RETURNING member_id, purse, points, expires_at
"""


@use_case
async def remind_of_expiry(limit: int = 1_000) -> int:
    """Publish what ends within 30 days and was not told of; answers how many there were."""
    now = clock.now()
    rows = await sql(NOTE, now + AHEAD, limit)
    await publish_all([PointsExpiring(**row, at=now) for row in rows])
    return len(rows)
