"""Who is in a list: frozen once, so that what a second person looks at is what leaves."""

from collections.abc import Sequence

from core.database import sql, use_case
from core.errors import DomainError
from core.jobs import owe
from core.security.scope import Scope
from core.settings import current
from crm.exports.errors import TooManyMembers
from crm.exports.models import Export
from crm.exports.rules import State, Use, needs_second
from crm.exports.service.ending import fail
from crm.people.queries import may_be_reached
from crm.people.queries.leaving import seen_by
from crm.segments.queries import members_of
from trade.stores.queries import scope_of_staff

KEEP = """
UPDATE exports_export SET state = $2, members = $3, left_out = $4
WHERE id = $1 AND state = 'wanted' RETURNING public_id
"""
LIST = """
INSERT INTO exports_listed (export_id, place, member_id)
SELECT $1, place - 1, member_id
FROM unnest($2::bigint[]) WITH ORDINALITY AS m (member_id, place)
"""


async def make_list(export_id: int) -> None:
    """Work out who is in it, once. A list that cannot be made is marked so, with the reason."""
    row = await Export.get_or_none(id=export_id, state=State.WANTED)
    if row is None:
        return
    scope = await scope_of_staff(row.asked_by)
    if scope is None or scope.role is not row.role:
        await fail(row.id, "账号已停用或换了岗位 / the account has left or changed")
        return
    try:
        asked, members = await _members(row, scope)
    except DomainError as refusal:
        await fail(row.id, f"{refusal.zh} / {refusal.en}")
        return
    await _keep(row, members, left_out=len(asked) - len(members))


async def _members(row: Export, scope: Scope) -> tuple[list[int], list[int]]:
    """Whom the asker means and may see, and who of them may be in the file. Ascending."""
    most = current().export_rows_most
    ids = await members_of(row.condition)
    if len(ids) > most:
        raise TooManyMembers(most=most)
    asked = sorted(await seen_by(scope, ids))
    if row.use is not Use.CONTACT:
        return asked, asked
    return asked, sorted(await may_be_reached(asked))


@use_case
async def _keep(row: Export, members: Sequence[int], *, left_out: int) -> None:
    alone = current().export_rows_alone
    waits = needs_second(len(members), alone=alone, is_whole=row.is_whole)
    state = State.WAITING if waits else State.RUNNING
    if not await sql(KEEP, row.id, state, len(members), left_out):
        return
    await sql(LIST, row.id, list(members))
    if state is State.RUNNING:
        await owe("exports.write", key=row.public_id, export_id=row.id)
