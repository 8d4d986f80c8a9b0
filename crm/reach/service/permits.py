"""Permits for subscription messages (订阅授权): one tap of the member allows one message."""

from datetime import datetime

from core.database import sql, use_case
from crm.reach.models import Permit

TAKE = """
UPDATE reach_permit SET message_id = $3
WHERE id = (
    SELECT id FROM reach_permit
    WHERE member_id = $1 AND platform_id = $2 AND message_id IS NULL AND ended_at IS NULL
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
END = """
UPDATE reach_permit SET ended_at = $3
WHERE member_id = $1 AND platform_id = $2 AND message_id IS NULL AND ended_at IS NULL
"""


@use_case
async def note_permit(*, key: str, member_id: int, platform_id: str, at: datetime) -> None:
    """A member allowed one message of a template. `key` names the tap: told again, it is one."""
    given = {"member_id": member_id, "platform_id": platform_id, "given_at": at}
    await Permit.get_or_create(given, key=key)


@use_case
async def end_permits(*, member_id: int, platform_id: str, at: datetime) -> None:
    """A member turned a template off: what was allowed and not used is gone."""
    await sql(END, member_id, platform_id, at)


async def take_permit(*, member_id: int, platform_id: str, message_id: int) -> bool:
    """Use one permit for a message; False: there is none left."""
    return bool(await sql(TAKE, member_id, platform_id, message_id))
