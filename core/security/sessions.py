"""Opaque sessions, kept on the server: the token says nothing and can be taken back at any time."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core import clock
from core.columns import maybe_ref
from core.database import is_in_transaction, sql
from core.gathering import Gathering
from core.security.scope import Role, Scope


class SessionRow(Model):
    """A login. Only the hash of the token is kept; the rights are looked up at each request."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    role = fields.CharEnumField(Role, max_length=20)
    member_id = maybe_ref()
    staff_id = maybe_ref()
    label = fields.CharField(max_length=80, default="")
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "core_session"


LIFE = {Role.MEMBER: timedelta(days=30)}
STAFF_LIFE = timedelta(hours=12)

StaffScope = Callable[[int], Awaitable[Scope | None]]
_staff_scope: list[StaffScope] = []


def resolve_staff_with(find: StaffScope) -> None:
    """Said by `app.wiring`: which room knows what a member of staff may see."""
    _staff_scope[:] = [find]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def open_session(
    *, role: Role, member_id: int | None = None, staff_id: int | None = None, label: str = ""
) -> str:
    """A new token of 256 random bits, shown this once. Members stay 30 days, staff 12 hours."""
    token = secrets.token_urlsafe(32)
    ends = clock.now() + LIFE.get(role, STAFF_LIFE)
    await SessionRow(
        token_hash=_hash(token),
        role=role,
        member_id=member_id,
        staff_id=staff_id,
        label=label[:80],
        expires_at=ends,
    ).save()
    return token


# Hand-written: every request asks it, and the ORM costs as much as the rest of the way in.
FIND = """
SELECT token_hash, role, member_id, staff_id FROM core_session
WHERE token_hash = ANY($1::text[]) AND expires_at > $2
"""


Session = dict[str, Any]


async def _find(hashes: Sequence[str]) -> list[Session | None]:
    rows = {row["token_hash"]: row for row in await sql(FIND, list(hashes), clock.now())}
    return [rows.get(one) for one in hashes]


_sessions: Gathering[str, Session | None] = Gathering(_find)


async def scope_of(token: str) -> Scope | None:
    """What the bearer may see now; None for an unknown or ended session, or who has left."""
    hashed = _hash(token)
    row = (await _find([hashed]))[0] if is_in_transaction() else await _sessions.ask(hashed)
    if row is None:
        return None
    if row["role"] == Role.MEMBER:
        return Scope(Role.MEMBER, member_id=row["member_id"]) if row["member_id"] else None
    if row["staff_id"] is None or not _staff_scope:
        return None
    return await _staff_scope[0](row["staff_id"])


async def end_session(token: str) -> None:
    """Ending it again changes nothing."""
    await SessionRow.filter(token_hash=_hash(token)).delete()


async def end_sessions_of(*, member_id: int | None = None, staff_id: int | None = None) -> int:
    """Log a person out everywhere; answers how many sessions ended.

    Raises ValueError without a person.
    """
    if member_id is not None:
        return await SessionRow.filter(member_id=member_id).delete()
    if staff_id is None:
        raise ValueError("whose sessions?")
    return await SessionRow.filter(staff_id=staff_id).delete()
