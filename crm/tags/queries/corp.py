"""How far WeCom and we agree: the look under way, what is still wanted, what failed."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from crm.tags.models import SyncRun


@dataclass(frozen=True, slots=True)
class LookView:
    """One look through all customers; `followers` of our people, of whom `place` are done."""

    started_at: datetime
    ended_at: datetime | None
    followers: int
    place: int
    contacts: int
    strangers: int
    changed: int
    problem: str


@dataclass(frozen=True, slots=True)
class CorpNumbers:
    """Tags of members: alike, wanted, of unknown end, failed; `outside`: no customer of WeCom."""

    settled: int = 0
    wanted: int = 0
    unknown: int = 0
    failed: int = 0
    outside: int = 0


STATES = """
SELECT CASE WHEN why = 'no_contact' THEN 'outside' ELSE state END AS state, count(*) AS n
FROM tags_corp_mark WHERE is_there OR wanted IS NOT NULL GROUP BY 1
"""
WORDS = """
SELECT source, count(*) AS n FROM tags_mark WHERE tag_id = $1 AND ended_at IS NULL
    AND (until_at IS NULL OR until_at > now()) GROUP BY source ORDER BY n DESC
"""


async def last_look() -> LookView | None:
    """The newest look through all customers; None before the first."""
    run = await SyncRun.all().order_by("-id").first()
    if run is None:
        return None
    return LookView(
        started_at=run.started_at,
        ended_at=run.ended_at,
        followers=len(run.followers),
        place=run.place,
        contacts=run.contacts,
        strangers=run.strangers,
        changed=run.changed,
        problem=run.problem,
    )


async def corp_numbers() -> CorpNumbers:
    """What stands between WeCom and us now."""
    return CorpNumbers(**{row["state"]: row["n"] for row in await sql(STATES)})


async def words_for(tag_id: int) -> dict[str, int]:
    """Who says that members have this tag: source to how many."""
    return {row["source"]: row["n"] for row in await sql(WORDS, tag_id)}
