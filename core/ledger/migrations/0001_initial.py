from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

# What stands in the book stays: corrections are new journals.
APPEND_ONLY = """
CREATE FUNCTION core_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'correct it with a new journal';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_ledger_journal
    EXECUTE FUNCTION core_ledger_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_ledger_entry
    EXECUTE FUNCTION core_ledger_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_ledger_seal
    EXECUTE FUNCTION core_ledger_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OF id, kind, owner OR DELETE OR TRUNCATE
    ON core_ledger_account EXECUTE FUNCTION core_ledger_refuse();
"""


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AccountRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=40)),
                ('owner', fields.CharField(max_length=64)),
                ('balance', fields.BigIntField(null=True)),
            ],
            options={'table': 'core_ledger_account', 'app': 'ledger', 'unique_together': (('kind', 'owner'),), 'pk_attr': 'id', 'table_description': "`balance` caches the sum of the entries; the house's accounts have none: no row is hot."},
            bases=['Model'],
        ),
        ops.AddConstraint(  # by hand: CreateModel drops constraints without a word
            model_name='AccountRow',
            constraint=CheckConstraint(check="balance >= 0 OR kind NOT IN ('behaviour_held', 'commission_held', 'coupon', 'coupon_held', 'credit', 'credit_held', 'points_held', 'share_held', 'stored_value', 'stored_value_held')", name='core_ledger_account_floor_check'),
        ),
        ops.CreateModel(
            name='HoldRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('journal_id', fields.BigIntField(unique=True)),
                ('kind', fields.CharField(max_length=40)),
                ('owner', fields.CharField(max_length=64)),
                ('amount', fields.BigIntField()),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharField(max_length=10)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_ledger_hold', 'app': 'ledger', 'pk_attr': 'id', 'table_description': 'Units set aside (冻结) until they are captured, released, or expire.'},
            bases=['Model'],
        ),
        ops.AddConstraint(  # by hand: CreateModel drops constraints without a word
            model_name='HoldRow',
            constraint=CheckConstraint(check='amount > 0', name='core_ledger_hold_amount_check'),
        ),
        ops.CreateModel(
            name='JournalRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('cause_kind', fields.CharField(max_length=60)),
                ('cause_key', fields.CharField(max_length=120)),
                ('act', fields.CharField(max_length=10)),
                ('book', fields.CharField(max_length=20)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('memo', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('digest', fields.BinaryField()),
                ('mirrors_id', fields.BigIntField(null=True)),
                ('share_numerator', fields.BigIntField(null=True)),
                ('share_denominator', fields.BigIntField(null=True)),
                ('written_at', fields.DatetimeField(db_index=True, db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_ledger_journal', 'app': 'ledger', 'unique_together': (('cause_kind', 'cause_key'),), 'pk_attr': 'id', 'table_description': 'One thing that happened. The cause (事由) is unique: a repetition finds the first journal.'},
            bases=['Model'],
        ),
        ops.AddConstraint(  # by hand: CreateModel drops constraints without a word
            model_name='JournalRow',
            constraint=CheckConstraint(check='num_nonnulls(mirrors_id, share_numerator, share_denominator) IN (0, 3)', name='core_ledger_journal_share_check'),
        ),
        ops.CreateModel(
            name='EntryRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('journal', fields.ForeignKeyField('ledger.JournalRow', source_field='journal_id', db_constraint=True, to_field='id', on_delete=OnDelete.NO_ACTION)),
                ('account_id', fields.BigIntField()),
                ('amount', fields.BigIntField()),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('mirrors_id', fields.BigIntField(null=True)),
            ],
            options={'table': 'core_ledger_entry', 'app': 'ledger', 'indexes': [Index(fields=['account_id', 'id']), Index(fields=['journal_id'])], 'pk_attr': 'id', 'table_description': 'A change of one account. Entries of one account and one `expires_at` are a lot (批次).'},
            bases=['Model'],
        ),
        ops.AddConstraint(  # by hand: CreateModel drops constraints without a word
            model_name='EntryRow',
            constraint=CheckConstraint(check='amount <> 0', name='core_ledger_entry_amount_check'),
        ),
        ops.CreateModel(
            name='LotRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account_id', fields.BigIntField()),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('remaining', fields.BigIntField()),
            ],
            options={'table': 'core_ledger_lot', 'app': 'ledger', 'pk_attr': 'id', 'table_description': "Cache: the sum of an account's entries with one `expires_at`; without one, maybe a debt."},
            bases=['Model'],
        ),
        ops.AddConstraint(  # by hand: CreateModel drops constraints without a word
            model_name='LotRow',
            constraint=CheckConstraint(check='remaining >= 0 OR expires_at IS NULL', name='core_ledger_lot_remaining_check'),
        ),
        ops.CreateModel(
            name='SealRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('book', fields.CharField(max_length=20)),
                ('number', fields.IntField()),
                ('day', fields.DateField()),
                ('journals', fields.TextField(unique=False)),
                ('count', fields.IntField()),
                ('previous', fields.BinaryField()),
                ('hash', fields.BinaryField()),
                ('sealed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_ledger_seal', 'app': 'ledger', 'unique_together': (('book', 'number'),), 'pk_attr': 'id', 'table_description': 'A link of the hash chain of one book and day: which journals, and the hash over them.'},
            bases=['Model'],
        ),
        # By hand: what the autodetector cannot say.
        ops.RunSQL(
            'CREATE UNIQUE INDEX core_ledger_lot_of'
            ' ON core_ledger_lot (account_id, expires_at) NULLS NOT DISTINCT',
            'DROP INDEX core_ledger_lot_of',
        ),
        ops.RunSQL(
            'CREATE INDEX core_ledger_lot_due ON core_ledger_lot (expires_at) WHERE remaining > 0',
            'DROP INDEX core_ledger_lot_due',
        ),
        ops.RunSQL(
            "CREATE INDEX core_ledger_hold_due ON core_ledger_hold (expires_at)"
            " WHERE state = 'held'",
            'DROP INDEX core_ledger_hold_due',
        ),
        ops.RunSQL(
            'CREATE INDEX core_ledger_journal_mirrors ON core_ledger_journal (mirrors_id)'
            ' WHERE mirrors_id IS NOT NULL',
            'DROP INDEX core_ledger_journal_mirrors',
        ),
        ops.RunSQL(APPEND_ONLY, 'DROP FUNCTION core_ledger_refuse CASCADE'),
    ]
