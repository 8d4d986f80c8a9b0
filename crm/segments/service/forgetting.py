"""Take an erased person out of everything that would name them, snapshots too."""

from core.database import sql, use_case
from crm.segments.bits import chunk_of, has

FORGET = """
UPDATE {table} SET bits = set_bit(bits, ($1::bigint % 4096)::int, 0)
WHERE chunk = {chunk} AND {has} RETURNING {of} AS id
"""
ONE_LESS = "UPDATE {table} SET members = members - 1 WHERE id = ANY($1::bigint[])"
PLACES = (
    ("segments_bits", "segment_id", "segments_segment"),
    ("segments_snapshot_bits", "snapshot_id", "segments_snapshot"),
)


@use_case
async def forget_member(member_id: int) -> None:
    """No segment, no snapshot and no log knows the member afterwards. Repeating changes nothing.

    Nobody is told that they left: there is nobody to do anything to.
    """
    for bits, of, owner in PLACES:
        query = FORGET.format(
            table=bits, of=of, chunk=chunk_of("$1::bigint"), has=has("bits", "$1::bigint")
        )
        rows = await sql(query, member_id)
        await sql(ONE_LESS.format(table=owner), [row["id"] for row in rows])
    await sql("DELETE FROM segments_passage WHERE member_id = $1", member_id)
    await sql("DELETE FROM segments_changed WHERE id = $1", member_id)
