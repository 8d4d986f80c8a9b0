"""Writing and finding the ids of a person. Private: rooms ask `queries` and call `service`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from core import clock
from core.database import sql
from core.security.rotation import encrypted_column
from core.security.vault import blind_index, blind_indexes, decrypt, encrypt
from crm.people.rules import EMAIL, LAST4, SECRET, WHOLE, IdKind

ADD = """
INSERT INTO people_identity
    (id, member_id, kind, realm, known_as, tail_index, cipher, source, since, verified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (kind, realm, known_as) WHERE until IS NULL DO NOTHING RETURNING id
"""
NEXT = "SELECT nextval('people_identity_id_seq') AS id FROM generate_series(1, $1)"
FIND = """
SELECT member_id FROM people_identity
WHERE (kind, realm) = ($1, $2) AND known_as = ANY($3::text[]) AND until IS NULL
"""
END = """
UPDATE people_identity SET until = now(), why_ended = $3
WHERE member_id = $1 AND kind = ANY($2::text[]) AND until IS NULL RETURNING id
"""
END_ONE = """
UPDATE people_identity SET until = now(), why_ended = $4
WHERE (kind, realm) = ($1, $2) AND known_as = ANY($3::text[]) AND until IS NULL
"""
OPEN = """
SELECT id, member_id, cipher FROM people_identity
WHERE member_id = ANY($1::bigint[]) AND kind = $2 AND until IS NULL AND cipher IS NOT NULL
ORDER BY verified_at IS NOT NULL, id
"""
VERIFY = """
UPDATE people_identity SET verified_at = coalesce(verified_at, now())
WHERE member_id = $1 AND (kind, realm) = ($2, $3) AND known_as = ANY($4::text[]) AND until IS NULL
"""


@encrypted_column(
    "people_identity",
    "cipher",
    bound_to="identity:{id}",
    index_columns=("known_as", "tail_index"),
)
def indexes_of(text: str) -> Mapping[str, str]:
    """What finds a phone or an e-mail again: all of it, or its last four characters."""
    whole = EMAIL if "@" in text else WHOLE
    return {
        "known_as": blind_index(text, whole),
        "tail_index": blind_index(text[-4:], LAST4),
    }


def _bound(identity_id: int) -> str:
    return f"identity:{identity_id}"


async def next_ids(count: int) -> list[int]:
    """Ids for rows to come: a cipher is bound to the id of its row."""
    return [row["id"] for row in await sql(NEXT, count)]


def stored(identity_id: int, kind: IdKind, value: str) -> tuple[str, str | None, str | None]:
    """`known_as`, `tail_index` and `cipher` of a row."""
    if kind not in SECRET:
        return value, None, None
    found = indexes_of(value)
    return found["known_as"], found["tail_index"], encrypt(value, bound_to=_bound(identity_id))


async def add(
    member_id: int,
    kind: IdKind,
    value: str,
    *,
    source: str,
    realm: str = "",
    verified_at: datetime | None = None,
) -> bool:
    """Say that a person is known by `value`, in its plain form. False when somebody has it."""
    [identity_id] = await next_ids(1)
    row = stored(identity_id, kind, value)
    added = await sql(
        ADD, identity_id, member_id, kind, realm, *row, source[:40], clock.now(), verified_at
    )
    return bool(added)


async def find(kind: IdKind, value: str, *, realm: str = "") -> int | None:
    """Whose id this is now."""
    rows = await sql(FIND, kind, realm, searched(kind, value))
    return rows[0]["member_id"] if rows else None


def searched(kind: IdKind, value: str) -> list[str]:
    """What stands in `known_as` for a value, under any of our keys."""
    if kind not in SECRET:
        return [value]
    return blind_indexes(value, EMAIL if kind is IdKind.EMAIL else WHOLE)


async def verify(member_id: int, kind: IdKind, value: str, *, realm: str = "") -> None:
    """Its owner has shown that it is theirs; the first time counts."""
    await sql(VERIFY, member_id, kind, realm, searched(kind, value))


async def end(member_id: int, kinds: Collection[IdKind], *, why: str) -> int:
    """A person is no longer known by these; how many ended. The rows stay, as history."""
    return len(await sql(END, member_id, sorted(kinds), why))


async def end_one(kind: IdKind, value: str, *, realm: str = "", why: str) -> None:
    """This id is nobody's any more; the row stays, as history."""
    await sql(END_ONE, kind, realm, searched(kind, value), why)


async def texts_of(member_ids: Sequence[int], kind: IdKind) -> dict[int, str]:
    """The phones or e-mails of members, whole; of two the newer one that was shown to be theirs.

    Whoever asks masks them or writes the audit log.
    """
    rows = await sql(OPEN, list(member_ids), kind)
    return {row["member_id"]: decrypt(row["cipher"], bound_to=_bound(row["id"])) for row in rows}


async def forget(member_id: int, kind: IdKind) -> None:
    """Delete these ids of a person, the former ones too."""
    await sql("DELETE FROM people_identity WHERE member_id = $1 AND kind = $2", member_id, kind)
