"""Access tokens of the platform: one for each app and secret, shared by all processes.

A plain fetch makes the token before it worthless, so two processes must never fetch at once:
who takes the lease fetches, the others wait and read. PostgreSQL keeps the token sealed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from core.database import sql
from core.errors import Unavailable
from core.security.vault import VaultError, decrypt, encrypt

WAIT_S, LOOK_EVERY_S = 8.0, 0.1


class TokenMissing(Unavailable):
    code = "core.token_missing"
    zh = "暂时无法取得微信接口凭证，请稍后重试"
    en = "There is no access token of WeChat for now: try again shortly."


class AccessToken(Model):
    """`cipher` is null while the first fetch runs; its lease ends a claim whose process died."""

    name = fields.CharField(max_length=120, primary_key=True)
    cipher = fields.TextField(null=True)
    expires_at = fields.DatetimeField(null=True)
    leased_until = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "core_access_token"


@dataclass(frozen=True, slots=True)
class Fetched:
    token: str
    lives_s: int


Fetch = Callable[[], Awaitable[Fetched]]

READ = "SELECT cipher FROM core_access_token WHERE name = $1 AND expires_at > now()"
CLAIM = """
INSERT INTO core_access_token AS t (name, leased_until)
VALUES ($1, now() + interval '10 seconds')
ON CONFLICT (name) DO UPDATE SET leased_until = excluded.leased_until
WHERE (t.leased_until IS NULL OR t.leased_until < now())
  AND (t.expires_at IS NULL OR t.expires_at <= now())
RETURNING name
"""
KEEP = """
UPDATE core_access_token
SET cipher = $2, leased_until = NULL, expires_at = now() + $3 * interval '1 second'
WHERE name = $1
RETURNING name
"""
GIVE_BACK = "UPDATE core_access_token SET leased_until = NULL WHERE name = $1 RETURNING name"
FORGET = """
UPDATE core_access_token SET expires_at = NULL
WHERE name = $1 AND cipher = $2
RETURNING name
"""


async def token_of(name: str, fetch: Fetch, *, wait_s: float = WAIT_S) -> str:
    """The token kept under `name`, or a fresh one by `fetch`; one process fetches at a time.

    A token is renewed five minutes, or a tenth of its life, before it ends. What `fetch` raises is
    raised to the one who fetched; the others try themselves, and raise TokenMissing after `wait_s`.
    """
    for _ in range(int(wait_s / LOOK_EVERY_S)):
        token = await _known(name)
        if token is not None:
            return token
        if await sql(CLAIM, name):
            return await _renew(name, fetch)
        await asyncio.sleep(LOOK_EVERY_S)
    raise TokenMissing(name=name)


async def forget_token(name: str, token: str) -> None:
    """Never hand out `token` again; a newer one that somebody else fetched meanwhile stays."""
    for row in await sql(READ, name):
        if _opened(name, row["cipher"]) == token:
            await sql(FORGET, name, row["cipher"])


async def _known(name: str) -> str | None:
    for row in await sql(READ, name):
        token = _opened(name, row["cipher"])
        if token is not None:
            return token
        await sql(FORGET, name, row["cipher"])
    return None


def _opened(name: str, cipher: str) -> str | None:
    """None when the key it was sealed under is gone: a new token costs one call."""
    try:
        return decrypt(cipher, bound_to=_bound(name))
    except VaultError:
        return None


async def _renew(name: str, fetch: Fetch) -> str:
    try:
        fetched = await fetch()
    except BaseException:
        await sql(GIVE_BACK, name)
        raise
    good_for_s = fetched.lives_s - min(300, fetched.lives_s // 10)
    await sql(KEEP, name, encrypt(fetched.token, bound_to=_bound(name)), good_for_s)
    return fetched.token


def _bound(name: str) -> str:
    return f"access_token:{name}"
