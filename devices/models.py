"""Tables of printers and of what they were told to print. Private to this room."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, ref
from devices.rules import PrintState


class Printer(Model):
    """A network printer (小票打印机) of one store. It has one writer at a time.

    Who holds `lease_no` until `leased_until` (the database's clock) may write to it.
    """

    id = key()
    store_id = ref()
    host = fields.CharField(max_length=255)
    port = fields.IntField()
    columns = fields.IntField()
    is_active = fields.BooleanField(default=True)
    lease_no = fields.IntField(default=0)
    leased_until = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "devices_printer"
        unique_together = (("store_id", "host", "port"),)
        constraints = (
            CheckConstraint("port BETWEEN 1 AND 65535", name="devices_printer_port_check"),
            CheckConstraint("columns IN (32, 48)", name="devices_printer_columns_check"),
        )


class PrintJob(Model):
    """One piece of paper owed, as bytes. `copy` 0 is the receipt, 1 and more are reprints (补打).

    `document` names what is printed, as `order:12`; `code` is the receipt code in its QR.
    """

    id = key()
    store_id = ref()
    printer: fields.ForeignKeyRelation[Printer] = fields.ForeignKeyField("devices.Printer")
    printer_id: int
    document = fields.CharField(max_length=80, db_index=True)
    copy = fields.IntField(default=0)
    code = fields.CharField(max_length=64, default="")
    payload = fields.BinaryField()
    state = fields.CharEnumField(PrintState, max_length=16, default=PrintState.QUEUED)
    attempts = fields.IntField(default=0)
    reason = fields.CharField(max_length=40, default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    sent_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "devices_print_job"
        unique_together = (("store_id", "document", "copy"),)
