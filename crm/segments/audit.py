"""What must always be true of segments."""

from core.audit import Finding, check
from core.database import sql

COUNTED = """
SELECT s.code, s.members, coalesce(sum(bit_count(b.bits)), 0)::bigint AS held
FROM segments_segment AS s LEFT JOIN segments_bits AS b ON b.segment_id = s.id
WHERE s.is_filled GROUP BY s.id HAVING s.members <> coalesce(sum(bit_count(b.bits)), 0)
ORDER BY s.code
"""


@check("segments.members")
async def a_segment_counts_whom_it_holds() -> list[Finding]:
    return [
        Finding("segments.members", row["code"], f"counts {row['members']}, holds {row['held']}")
        for row in await sql(COUNTED)
    ]
