"""Tables of printing: which printers a store has, what was to be printed, what became of it."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from devices.rules import (
    ContractState,
    DocumentKind,
    Encoding,
    PrinterCondition,
    PrinterRole,
    PrintState,
    QrWay,
    SignedBy,
    Transport,
)


class PrintAccount(Model):
    """A company's account with the maker of cloud printers (云打印). `secret` and token are sealed.

    `token_cipher` is Yilianyun's access token, which is fetched a few times a day at most.
    """

    id = key()
    transport = fields.CharEnumField(Transport, max_length=12)
    name = fields.CharField(max_length=40)
    user = fields.CharField(max_length=80)
    secret_cipher = fields.TextField()
    base_url = fields.CharField(max_length=200)
    token_cipher: str | None = fields.TextField(null=True)
    token_at: Field[datetime | None] = fields.DatetimeField(null=True)
    is_active = fields.BooleanField(default=True)
    made_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "devices_print_account"
        unique_together = (("transport", "user"),)


class PrintAgent(Model):
    """A small program in a store that prints on what only it can reach: serial, USB, its network.

    It comes in with the one-time code whose hash is `code_hash`, and leaves its public key.
    `last_stamp` is the time, in ms, of its newest call: an older one is a replay and is refused.
    """

    id = key()
    public_id = public_id("agent")
    store_id = ref()
    name = fields.CharField(max_length=40)
    code_hash = fields.CharField(max_length=64, default="")
    code_until: Field[datetime | None] = fields.DatetimeField(null=True)
    public_key = fields.CharField(max_length=64, default="")
    last_stamp = fields.BigIntField(default=0)
    version = fields.CharField(max_length=40, default="")
    is_active = fields.BooleanField(default=True)
    seen_at: Field[datetime | None] = fields.DatetimeField(null=True)
    made_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "devices_print_agent"
        unique_together = (("store_id", "name"),)


class Printer(Model):
    """A printer (小票打印机) of one store. It has one writer at a time.

    `address` is `host:port`, the maker's serial number, or what its agent calls it. Who holds
    `lease_no` until `leased_until` (the database's clock) may write to it. `label_cipher` holds the
    key on its label until its maker knows the printer as ours. `down_since` is set while it is
    said to be down.
    """

    id = key()
    store_id = ref()
    name = fields.CharField(max_length=40, default="")
    role = fields.CharEnumField(PrinterRole, max_length=8, default=PrinterRole.FRONT)
    transport = fields.CharEnumField(Transport, max_length=12, default=Transport.TCP)
    address = fields.CharField(max_length=255)
    account_id = maybe_ref()
    agent_id = maybe_ref()
    label_cipher: str | None = fields.TextField(null=True)
    maker_reason = fields.CharField(max_length=40, default="")
    columns = fields.IntField(default=48)
    encoding = fields.CharEnumField(Encoding, max_length=8, default=Encoding.GBK)
    qr = fields.CharEnumField(QrWay, max_length=8, default=QrWay.NATIVE)
    has_cutter = fields.BooleanField(default=True)
    has_drawer = fields.BooleanField(default=False)
    has_buzzer = fields.BooleanField(default=False)
    is_active = fields.BooleanField(default=True)
    lease_no = fields.IntField(default=0)
    leased_until: Field[datetime | None] = fields.DatetimeField(null=True)
    condition = fields.CharEnumField(
        PrinterCondition, max_length=10, default=PrinterCondition.UNKNOWN
    )
    asked_at: Field[datetime | None] = fields.DatetimeField(null=True)
    seen_at: Field[datetime | None] = fields.DatetimeField(null=True)
    troubled_since: Field[datetime | None] = fields.DatetimeField(null=True)
    down_since: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "devices_printer"
        unique_together = (("store_id", "transport", "address"),)
        constraints = (
            CheckConstraint("columns IN (32, 48)", name="devices_printer_columns_check"),
            CheckConstraint(
                "(transport = 'agent') = (agent_id IS NOT NULL)"
                " AND (transport IN ('tcp', 'agent')) = (account_id IS NULL)",
                name="devices_printer_transport_check",
            ),
        )


class PrintJob(Model):
    """One piece of paper owed. `copy` 0 is the first, 1 and more are reprints (补打).

    `document` names what is printed, as `order:12`; `code` is the receipt code in its QR. `blocks`
    is what stands on it, `payload` the same in the printer's language. `job_no` is our number with
    a maker's cloud, `ticket_no` is the cloud's own.
    """

    id = key()
    store_id = ref()
    printer: fields.ForeignKeyRelation[Printer] = fields.ForeignKeyField("devices.Printer")
    printer_id: int
    kind = fields.CharEnumField(DocumentKind, max_length=10, default=DocumentKind.RECEIPT)
    document = fields.CharField(max_length=80, db_index=True)
    copy = fields.IntField(default=0)
    job_no = fields.CharField(max_length=32, unique=True)
    code = fields.CharField(max_length=64, default="")
    blocks = fields.JSONField[list[dict[str, Any]]]()
    payload = fields.BinaryField()
    opens_drawer = fields.BooleanField(default=False)
    state = fields.CharEnumField(PrintState, max_length=16, default=PrintState.QUEUED)
    attempts = fields.IntField(default=0)
    reason = fields.CharField(max_length=40, default="")
    ticket_no = fields.CharField(max_length=300, default="")
    made_by = fields.CharField(max_length=40, default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    waiting_since = fields.DatetimeField(auto_now_add=True)
    sent_at: Field[datetime | None] = fields.DatetimeField(null=True)
    ended_at: Field[datetime | None] = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=40, default="")

    class Meta(Model.Meta):
        table = "devices_print_job"
        unique_together = (("store_id", "document", "copy"),)


class PrintTemplate(Model):
    """How a store writes one kind of paper; store 0 is the brand. The newest version is used.

    An empty `text` says: as the brand has it. Added to, never changed.
    """

    id = key()
    store_id = ref(is_indexed=False)
    kind = fields.CharEnumField(DocumentKind, max_length=10)
    version = fields.IntField()
    text = fields.TextField()
    made_by = fields.CharField(max_length=40)
    made_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "devices_print_template"
        unique_together = (("store_id", "kind", "version"),)


class Contract(Model):
    """A contract (合同) printed at the deal and how it was signed. `token` is in its QR.

    `digest` is the SHA-256 of its words as printed; what was signed is what has this digest.
    """

    id = key()
    contract_no = fields.CharField(max_length=32, unique=True)
    token = public_id("ct")
    store_id = ref()
    order_id = ref()
    words = fields.JSONField[list[dict[str, Any]]]()
    digest = fields.CharField(max_length=64)
    state = fields.CharEnumField(ContractState, max_length=8, default=ContractState.OPEN)
    signed_by = fields.CharEnumField(SignedBy, max_length=8, null=True)
    signer_cipher: str | None = fields.TextField(null=True)
    made_by = fields.CharField(max_length=40)
    made_at = fields.DatetimeField(db_default=Now())
    ended_by = fields.CharField(max_length=40, db_default="")
    ended_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "devices_contract"
        constraints = (
            CheckConstraint(
                "(state = 'open') = (ended_at IS NULL)"
                " AND (state = 'signed') = (signed_by IS NOT NULL)",
                name="devices_contract_state_check",
            ),
        )
