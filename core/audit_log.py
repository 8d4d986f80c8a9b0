"""Who looked at, exported or changed what. Rows are added, never changed (privacy rule P11)."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key
from core.security.scope import Scope


class AuditRow(Model):
    """`subject` is what was touched, as `member:12`; `facts` hold ids and counts, never names."""

    id = key()
    actor = fields.CharField(max_length=80)
    action = fields.CharField(max_length=80)
    subject = fields.CharField(max_length=120)
    facts = fields.JSONField[dict[str, Any]](default=dict)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "core_audit_log"


async def record(actor: Scope | str, action: str, subject: str, **facts: str | int | None) -> None:
    """Write one row, in the transaction of the moment where there is one."""
    who = actor if isinstance(actor, str) else actor.actor
    await AuditRow(actor=who, action=action, subject=subject, facts=facts).save()
