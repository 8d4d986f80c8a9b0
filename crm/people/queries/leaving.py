"""What of members leaves in a file: for the room of exports, which asks, masks and writes it down.

A whole phone is given only where a second person released it; that is the asker's duty.
"""

from collections.abc import Sequence

from core.database import sql
from core.security.scope import Scope
from crm.people import identities
from crm.people.models import Member
from crm.people.queries.members import named_in, sees_phones
from crm.people.rules import IdKind, mask_phone

A_TIME = 5_000  # ids in one question
NUMBERS = "SELECT id, public_id FROM people_member WHERE id = ANY($1::bigint[])"
HERE = """
SELECT id FROM people_member
WHERE id = ANY($1::bigint[]) AND erased_at IS NULL AND merged_into_id IS NULL
"""


async def seen_by(scope: Scope, member_ids: Sequence[int]) -> set[int]:
    """Whom of these the asker may see one by one; nobody who is erased or was somebody else."""
    if scope.sees_all_stores:
        return {row["id"] for row in await sql(HERE, list(member_ids))}
    found, named = set[int](), await named_in(scope)
    for at in range(0, len(member_ids), A_TIME):
        some = Member.filter(named, id__in=list(member_ids[at : at + A_TIME]))
        found |= {
            row.id for row in await some.filter(erased_at=None, merged_into_id=None).only("id")
        }
    return found


async def numbers_of(member_ids: Sequence[int]) -> dict[int, str]:
    """What members are called outside."""
    return {row["id"]: row["public_id"] for row in await sql(NUMBERS, list(member_ids))}


async def phones_of(
    scope: Scope, member_ids: Sequence[int], *, is_whole: bool = False
) -> dict[int, str]:
    """Their phones, masked unless `is_whole`; none for an asker who may not see phones."""
    if not await sees_phones(scope):
        return {}
    found = await identities.texts_of(member_ids, IdKind.PHONE)
    return found if is_whole else {id_: mask_phone(text) for id_, text in found.items()}
