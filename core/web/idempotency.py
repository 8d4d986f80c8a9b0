"""One Idempotency-Key, one effect: a repeated POST gets the first answer again."""

import hashlib
import re
from collections.abc import Awaitable, Callable

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.models import Model

from core.columns import key
from core.database import sql
from core.errors import Conflict, Invalid

SHAPE = re.compile(r"[A-Za-z0-9._:-]{8,80}")


class IdempotencyRow(Model):
    """`answer` is null while the first call runs; its lease ends a claim whose process died."""

    id = key()
    actor = fields.CharField(max_length=80)
    request_key = fields.CharField(max_length=80)
    fingerprint = fields.CharField(max_length=64)
    status: Field[int | None] = fields.IntField(null=True)
    answer: str | None = fields.TextField(null=True)
    leased_until = fields.DatetimeField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "core_idempotency"
        unique_together = (("actor", "request_key"),)


class KeyNeeded(Invalid):
    code = "core.idempotency_key_needed"
    zh = "请在请求头 Idempotency-Key 中提供 8 到 80 位的唯一编号"
    en = "Send a unique Idempotency-Key header of 8 to 80 letters and digits."


class KeyReused(Invalid):
    code = "core.idempotency_key_reused"
    zh = "该 Idempotency-Key 已用于另一个请求，请换一个新的编号"
    en = "This Idempotency-Key belongs to another request: use a new one."


class StillRunning(Conflict):
    code = "core.still_running"
    zh = "上一次相同的请求仍在处理，请稍后用同一编号重试"
    en = "The first request with this key is still running: retry with the same key shortly."
    retryable = True


CLAIM = """
INSERT INTO core_idempotency AS i (actor, request_key, fingerprint, leased_until)
VALUES ($1, $2, $3, now() + interval '10 seconds')
ON CONFLICT (actor, request_key) DO UPDATE SET leased_until = excluded.leased_until
WHERE i.answer IS NULL AND i.leased_until < now() AND i.fingerprint = excluded.fingerprint
RETURNING id
"""


def fingerprint_of(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), body])).hexdigest()


def check_shape(request_key: str) -> None:
    """Raises KeyNeeded."""
    if not SHAPE.fullmatch(request_key):
        raise KeyNeeded


async def once(
    actor: str, request_key: str, fingerprint: str, work: Callable[[], Awaitable[tuple[int, str]]]
) -> tuple[int, str, bool]:
    """Run `work` for the first call with this key; answer (status, body, was it a repetition).

    A refusal or a failure frees the key, since nothing was done. Raises KeyNeeded, KeyReused and
    StillRunning.
    """
    check_shape(request_key)
    claimed = await sql(CLAIM, actor, request_key, fingerprint)
    if not claimed:
        return await _first_answer(actor, request_key, fingerprint)
    try:
        status, answer = await work()
    except BaseException:
        await sql("DELETE FROM core_idempotency WHERE id = $1 AND answer IS NULL", claimed[0]["id"])
        raise
    await sql(
        "UPDATE core_idempotency SET status = $2, answer = $3 WHERE id = $1",
        claimed[0]["id"],
        status,
        answer,
    )
    return status, answer, False


async def _first_answer(actor: str, request_key: str, fingerprint: str) -> tuple[int, str, bool]:
    row = await IdempotencyRow.get_or_none(actor=actor, request_key=request_key)
    if row is None:
        raise StillRunning
    if row.fingerprint != fingerprint:
        raise KeyReused
    if row.answer is None or row.status is None:
        raise StillRunning
    return row.status, row.answer, True
