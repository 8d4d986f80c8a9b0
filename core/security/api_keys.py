"""Partners (外部系统): tills and ERPs that speak to us by program, and the keys they show.

A key is `dgk_<prefix>_<secret>`, shown once; only its SHA-256 is kept (256 random bits need no
slow hash). Rights belong to the partner, so that changing a key changes nothing else.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.models import Model

from core import clock
from core.audit_log import record
from core.columns import key, ref
from core.database import sql, use_case
from core.errors import Conflict, Invalid, NotFound, Unauthorized
from core.security.scope import Grant, Role, Scope

MARK = "dgk_"
LIFE = timedelta(days=365)
OVERLAP = timedelta(days=7)
LONGEST = timedelta(days=730)


class PartnerRow(Model):
    """One outside program and what it may do. `store_ids` is empty when `is_everywhere`."""

    id = key()
    name = fields.CharField(max_length=40, unique=True)
    grants = fields.JSONField[list[str]]()
    store_ids = fields.JSONField[list[int]]()
    is_everywhere = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "core_partner"


class ApiKeyRow(Model):
    """A key of a partner. `prefix` is shown and logged, the rest is known by its hash alone."""

    id = key()
    partner_id = ref()
    prefix = fields.CharField(max_length=16, unique=True)
    secret_hash = fields.CharField(max_length=64)
    made_by = fields.CharField(max_length=80)
    created_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    revoked_at: Field[datetime | None] = fields.DatetimeField(null=True)
    last_used_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "core_api_key"


class KeyRefused(Unauthorized):
    code = "core.key_refused"
    zh = "API 密钥无效、已过期或已吊销，请向总部申请新密钥"
    en = "This API key is unknown, expired or revoked: ask head office for a new one."


class PartnerNameTaken(Conflict):
    code = "core.partner_name_taken"
    zh = "已有同名的外部系统，请换一个名称，或为它更换密钥"
    en = "A partner has this name already: choose another one, or renew that partner's key."


class PartnerUnknown(NotFound):
    code = "core.partner_unknown"
    zh = "没有这个外部系统，请检查名称"
    en = "There is no such partner: check its name."


class PartnerUnfit(Invalid):
    code = "core.partner_unfit"
    zh = "请给出名称、至少一项权限、门店范围，有效期最长 730 天"
    en = "A partner needs a name, a right, its stores, and a key of 730 days at most."


@dataclass(frozen=True, slots=True)
class NewKey:
    """`token` is shown this once and cannot be had again."""

    partner_id: int
    name: str
    prefix: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeyView:
    prefix: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartnerView:
    """`keys` newest first, also those that no longer open."""

    id: int
    name: str
    grants: tuple[str, ...]
    store_ids: tuple[int, ...]
    is_everywhere: bool
    keys: tuple[KeyView, ...]


@use_case
async def add_partner(
    *,
    name: str,
    grants: Iterable[Grant],
    store_ids: Iterable[int] | None,
    by: str,
    life: timedelta = LIFE,
) -> NewKey:
    """Admit a program with its first key. `store_ids` None: every store, also later ones.

    Raises PartnerUnfit and PartnerNameTaken.
    """
    rights, stores = sorted(set(grants)), sorted(set(store_ids or ()))
    is_odd = not 1 <= len(name.strip()) <= 40 or not rights
    if is_odd or (store_ids is not None and not stores):
        raise PartnerUnfit(name=name[:40])
    rows = await sql(
        "INSERT INTO core_partner (name, grants, store_ids, is_everywhere)"
        " VALUES ($1, $2::jsonb, $3::jsonb, $4) ON CONFLICT (name) DO NOTHING RETURNING id",
        name.strip(),
        json.dumps(rights),
        json.dumps(stores),
        store_ids is None,
    )
    if not rows:
        raise PartnerNameTaken(name=name)
    await record(by, "partner.add", f"partner:{rows[0]['id']}", grants=",".join(rights))
    return await _new_key(rows[0]["id"], name.strip(), by, life)


@use_case
async def renew_key(
    *, name: str, by: str, overlap: timedelta = OVERLAP, life: timedelta = LIFE
) -> NewKey:
    """A further key; the older ones open for `overlap` longer, so that nobody stands outside.

    Raises PartnerUnknown and PartnerUnfit.
    """
    partner = await _partner(name)
    ends = clock.now() + overlap
    await ApiKeyRow.filter(partner_id=partner.id, expires_at__gt=ends).update(expires_at=ends)
    await record(by, "partner.renew", f"partner:{partner.id}")
    return await _new_key(partner.id, partner.name, by, life)


@use_case
async def revoke_keys(*, name: str, by: str, prefix: str = "") -> int:
    """End one key, or all keys of a partner, at once. Answers how many ended; 0 on repetition.

    Raises PartnerUnknown.
    """
    partner = await _partner(name)
    keys = ApiKeyRow.filter(partner_id=partner.id, revoked_at=None)
    ended = await (keys.filter(prefix=prefix) if prefix else keys).update(revoked_at=clock.now())
    if ended:
        await record(by, "partner.revoke", f"partner:{partner.id}", keys=ended)
    return ended


async def partners() -> list[PartnerView]:
    """Everybody who was ever admitted, oldest first."""
    found = []
    for row in await PartnerRow.all().order_by("id"):
        keys = await ApiKeyRow.filter(partner_id=row.id).order_by("-id")
        found.append(_view(row, keys))
    return found


OPEN = """
SELECT p.id, p.grants, p.store_ids, p.is_everywhere, k.id AS key_id, k.secret_hash,
    k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' AS is_stale
FROM core_api_key AS k JOIN core_partner AS p ON p.id = k.partner_id
WHERE k.prefix = $1 AND k.revoked_at IS NULL AND k.expires_at > now()
"""


def prefix_of(token: str) -> str:
    """The part of a key that may be shown."""
    return token.removeprefix(MARK).partition("_")[0][:16]


async def scope_of_key(token: str) -> Scope:
    """What the bearer of a key may do now. Raises KeyRefused, for every reason alike.

    Remembers, to the minute, when the key was last used.
    """
    prefix = prefix_of(token)
    rows = await sql(OPEN, prefix) if prefix.isascii() and prefix.isalnum() else []
    if not rows or not hmac.compare_digest(_hash(token), rows[0]["secret_hash"]):
        raise KeyRefused
    row = rows[0]
    if row["is_stale"]:
        await sql("UPDATE core_api_key SET last_used_at = now() WHERE id = $1", row["key_id"])
    return _scope(row)


async def scope_of_partner(partner_id: int) -> Scope:
    """What a partner may see now, whoever asks for it. Raises PartnerUnknown."""
    rows = await sql(
        "SELECT id, grants, store_ids, is_everywhere FROM core_partner WHERE id = $1", partner_id
    )
    if not rows:
        raise PartnerUnknown(partner_id=partner_id)
    return _scope(rows[0])


def _scope(row: dict[str, Any]) -> Scope:
    return Scope(
        Role.PARTNER,
        partner_id=row["id"],
        store_ids=frozenset(json.loads(row["store_ids"])),
        is_everywhere=row["is_everywhere"],
        grants=frozenset(Grant(name) for name in json.loads(row["grants"])),
    )


async def partner_named(name: str) -> Scope:
    """The scope of a partner by its name. Raises PartnerUnknown."""
    return await scope_of_partner((await _partner(name)).id)


async def _partner(name: str) -> PartnerRow:
    row = await PartnerRow.get_or_none(name=name[:40])
    if row is None:
        raise PartnerUnknown(name=name[:40])
    return row


async def _new_key(partner_id: int, name: str, by: str, life: timedelta) -> NewKey:
    if not timedelta() < life <= LONGEST:
        raise PartnerUnfit(days=life.days)
    prefix = secrets.token_hex(5)
    token, ends = f"{MARK}{prefix}_{secrets.token_urlsafe(32)}", clock.now() + life
    await ApiKeyRow(
        partner_id=partner_id,
        prefix=prefix,
        secret_hash=_hash(token),
        made_by=by,
        expires_at=ends,
    ).save()
    return NewKey(partner_id, name, prefix, token, ends)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _view(row: PartnerRow, keys: list[ApiKeyRow]) -> PartnerView:
    return PartnerView(
        id=row.id,
        name=row.name,
        grants=tuple(row.grants),
        store_ids=tuple(row.store_ids),
        is_everywhere=row.is_everywhere,
        keys=tuple(
            KeyView(k.prefix, k.created_at, k.expires_at, k.revoked_at, k.last_used_at)
            for k in keys
        ),
    )
