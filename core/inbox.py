"""Inbound notices, kept raw before anything is done about them (rule C4)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key
from core.database import sql, use_case
from core.errors import NotFound
from core.events import Event
from core.outbox import publish


class InboxRow(Model):
    """One verified notice. `content_key` names its content: the same again is the same row."""

    id = key()
    source = fields.CharField(max_length=40)
    content_key = fields.CharField(max_length=160)
    body = fields.TextField()
    facts = fields.JSONField[dict[str, Any]](default=dict)
    seen = fields.IntField(default=1)
    received_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "core_inbox"
        unique_together = (("source", "content_key"),)


@dataclass(frozen=True, slots=True)
class CallbackArrived(Event):
    name: ClassVar[str] = "core.callback_arrived"
    source: str
    inbox_id: int


@dataclass(frozen=True, slots=True)
class InboxView:
    id: int
    source: str
    key: str
    body: str
    facts: dict[str, Any]
    at: datetime


class NoticeUnknown(NotFound):
    code = "core.notice_unknown"
    zh = "没有这条通知记录，请检查编号"
    en = "There is no such notice: check its number."


STORE = """
INSERT INTO core_inbox AS i (source, content_key, body, facts, seen)
VALUES ($1, $2, $3, $4::jsonb, 1)
ON CONFLICT (source, content_key) DO UPDATE SET seen = i.seen + 1
RETURNING id, seen
"""


@use_case
async def receive(source: str, key: str, body: str, facts: dict[str, str] | None = None) -> bool:
    """Keep a verified notice and owe the news of it. False: it was here before, nothing is owed.

    A U+0000 in the body, which PostgreSQL's text cannot hold, is kept as U+FFFD.
    """
    clean = body.replace("\0", "\ufffd")
    [row] = await sql(STORE, source, key, clean, json.dumps(facts or {}))
    if row["seen"] > 1:
        return False
    await publish(CallbackArrived(source=source, inbox_id=row["id"]))
    return True


async def raw(inbox_id: int) -> InboxView:
    """Raises NoticeUnknown."""
    row = await InboxRow.get_or_none(id=inbox_id)
    if row is None:
        raise NoticeUnknown(inbox_id=inbox_id)
    return InboxView(row.id, row.source, row.content_key, row.body, row.facts, row.received_at)
