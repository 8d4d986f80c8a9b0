"""Tables of what the ERP is told. Private to this room."""

from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from invoicing.write_back.rules import Colour, VersionState


class Version(Model):
    """One change of one invoice, frozen as it was told; never changed, never twice.

    `number` is given a moment later, in one order without a hole: whoever has read up to a number
    has read everything before it. `source_id` is the invoice's or the red letter's.
    """

    id = key()
    number: Field[int | None] = fields.BigIntField(unique=True, null=True)
    colour = fields.CharEnumField(Colour, max_length=4)
    source_id = ref(is_indexed=False)
    state = fields.CharEnumField(VersionState, max_length=10)
    subject = fields.CharField(max_length=40, db_index=True)
    store_id = ref(is_indexed=False)
    tax_entity_id = ref(is_indexed=False)
    facts = fields.JSONField[dict[str, Any]]()
    file_id = maybe_ref()
    at = fields.DatetimeField(db_default=Now(), db_index=True)

    class Meta(Model.Meta):
        table = "write_back_version"
        unique_together = (("colour", "source_id", "state"),)


class WrittenFile(Model):
    """A file of versions for an ERP that takes files (文件回写). Its bytes follow from its rows."""

    id = key()
    public_id = public_id("wbf")
    name = fields.CharField(max_length=60, unique=True)
    first_number = fields.BigIntField()
    last_number = fields.BigIntField()
    versions = fields.IntField()
    sha256 = fields.CharField(max_length=64, db_default="")
    written_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "write_back_file"
