"""A set of members as strings of bits, one for each 4096 ids: half a kilobyte, whoever is in it.

A million members are 245 rows a segment; two states differ by an exclusive or; who entered and who
left are the ones in it.
"""

from tortoise.fields import Field

CHUNK = 4096  # ids in one string: member_id / CHUNK names it, member_id % CHUNK is the place


class Bits(Field[str]):
    """A bit string of PostgreSQL. It is read and written in SQL only."""

    field_type = str
    SQL_TYPE = f"BIT({CHUNK})"


NONE = f"B'0'::bit({CHUNK})"  # padded with zeros to its length


def gathered(rows: str) -> str:
    """Rows of (segment_id, member_id) as rows of (segment_id, chunk, bits)."""
    return f"""
    SELECT segment_id, (member_id / {CHUNK})::int AS chunk,
        bit_or(set_bit({NONE}, (member_id % {CHUNK})::int, 1)) AS bits
    FROM ({rows}) AS asked GROUP BY 1, 2
    """  # noqa: S608  our own words


def scattered(chunks: str) -> str:
    """Rows of (…, chunk, bits) as rows of (…, member_id): one for each bit that is set.

    64 places at a time, as few of them have anybody when few turned.
    """
    return f"""
    SELECT c.*, c.chunk::bigint * {CHUNK} + word * 64 + place AS member_id
    FROM ({chunks}) AS c CROSS JOIN generate_series(0, {CHUNK // 64 - 1}) AS word
    CROSS JOIN LATERAL (SELECT substring(c.bits, word * 64 + 1, 64) AS few OFFSET 0) AS part
    CROSS JOIN generate_series(0, 63) AS place
    WHERE few <> B'0'::bit(64) AND get_bit(few, place) = 1
    """  # noqa: S608  our own words


def has(bits: str, member: str) -> str:
    """Is the member of this SQL expression in the string of their chunk?"""
    return f"get_bit({bits}, ({member} % {CHUNK})::int) = 1"


def chunk_of(member: str) -> str:
    return f"({member} / {CHUNK})::int"
