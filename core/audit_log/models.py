"""Tables of the audit log. Both are only ever added to; the database itself refuses the rest."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key


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
        indexes = (("at",),)


class SealRow(Model):
    """A link of the hash chain over the log: which rows, and what each of them said.

    `listed` is 40 bytes for each row, its id and the digest of its words; `rows` the same ids as an
    int8multirange in text. `signature` is made with a key that is not in this database.
    """

    id = key()
    number = fields.IntField(unique=True)
    rows = fields.TextField()
    listed = fields.BinaryField()
    previous = fields.BinaryField()
    hash = fields.BinaryField()
    signature = fields.CharField(max_length=80)
    sealed_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "core_audit_seal"
        indexes = (("sealed_at",),)
