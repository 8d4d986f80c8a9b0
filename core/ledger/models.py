"""Ledger tables. Entries, journals and seals are append-only: a trigger refuses anything else."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now, OnDelete
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_fen
from core.ledger.accounts import KINDS, Floor

NEVER_BELOW_ZERO = ", ".join(
    sorted(f"'{kind}'" for kind, rule in KINDS.items() if rule.floor is Floor.ZERO)
)


class AccountRow(Model):
    """`balance` caches the sum of the entries; the house's accounts have none: no row is hot."""

    id = key()
    kind = fields.CharField(max_length=40)
    owner = fields.CharField(max_length=64)
    balance = maybe_fen()

    class Meta(Model.Meta):
        table = "core_ledger_account"
        unique_together = (("kind", "owner"),)
        constraints = (
            CheckConstraint(
                f"balance >= 0 OR kind NOT IN ({NEVER_BELOW_ZERO})",
                name="core_ledger_account_floor_check",
            ),
        )


class JournalRow(Model):
    """One thing that happened. The cause (事由) is unique: a repetition finds the first journal."""

    id = key()
    cause_kind = fields.CharField(max_length=60)
    cause_key = fields.CharField(max_length=120)
    act = fields.CharField(max_length=10)
    book = fields.CharField(max_length=20)
    at = fields.DatetimeField()
    memo = fields.JSONField[dict[str, Any]]()
    digest = fields.BinaryField()
    mirrors_id = fields.BigIntField(null=True)
    share_numerator = fields.BigIntField(null=True)
    share_denominator = fields.BigIntField(null=True)
    written_at = fields.DatetimeField(db_default=Now(), db_index=True)

    class Meta(Model.Meta):
        table = "core_ledger_journal"
        unique_together = (("cause_kind", "cause_key"),)
        constraints = (
            CheckConstraint(
                "num_nonnulls(mirrors_id, share_numerator, share_denominator) IN (0, 3)",
                name="core_ledger_journal_share_check",
            ),
        )


class EntryRow(Model):
    """A change of one account. Entries of one account and one `expires_at` are a lot (批次).

    `account_id` has no foreign key: its check would lock the one row of each house account.
    """

    id = key()
    journal: fields.ForeignKeyRelation[JournalRow] = fields.ForeignKeyField(
        "ledger.JournalRow", on_delete=OnDelete.NO_ACTION
    )
    journal_id: int
    account_id = fields.BigIntField()
    amount = fen()
    expires_at = fields.DatetimeField(null=True)
    mirrors_id = fields.BigIntField(null=True)

    class Meta(Model.Meta):
        table = "core_ledger_entry"
        indexes = (("account_id", "id"), ("journal_id",))
        constraints = (CheckConstraint("amount <> 0", name="core_ledger_entry_amount_check"),)


class LotRow(Model):
    """Cache: the sum of an account's entries with one `expires_at`; without one, maybe a debt."""

    id = key()
    account_id = fields.BigIntField()
    expires_at = fields.DatetimeField(null=True)
    remaining = fen()

    class Meta(Model.Meta):
        table = "core_ledger_lot"
        constraints = (
            CheckConstraint(
                "remaining >= 0 OR expires_at IS NULL", name="core_ledger_lot_remaining_check"
            ),
        )


class HoldRow(Model):
    """Units set aside (冻结) until they are captured, released, or expire."""

    id = key()
    journal_id = fields.BigIntField(unique=True)
    kind = fields.CharField(max_length=40)
    owner = fields.CharField(max_length=64)
    amount = fen()
    expires_at = fields.DatetimeField()
    state = fields.CharField(max_length=10)
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "core_ledger_hold"
        constraints = (CheckConstraint("amount > 0", name="core_ledger_hold_amount_check"),)


class SealRow(Model):
    """A link of the hash chain of one book and day: which journals, and the hash over them.

    `journals` is an int8multirange as text: a journal that commits late stands in a later seal.
    """

    id = key()
    book = fields.CharField(max_length=20)
    number = fields.IntField()
    day = fields.DateField()
    journals = fields.TextField()
    count = fields.IntField()
    previous = fields.BinaryField()
    hash = fields.BinaryField()
    sealed_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "core_ledger_seal"
        unique_together = (("book", "number"),)
