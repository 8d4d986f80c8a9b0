"""The tier that pages of people show. Which one it is, `crm.tiers` decides and tells."""

from collections.abc import Mapping

from core.database import sql, use_case

SHOW = """
UPDATE people_member AS m SET tier = told.tier
FROM unnest($1::bigint[], $2::text[]) AS told (id, tier)
WHERE m.id = told.id AND m.tier <> told.tier
"""


@use_case
async def show_tiers(tiers: Mapping[int, str]) -> None:
    """Write down the tiers of these members. Again, or for somebody unknown: nothing happens."""
    if tiers:
        await sql(SHOW, list(tiers), list(tiers.values()))
