from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from invoicing.backends.kinds import Kind, RedReason
from invoicing.reds.rules.states import RedState
from invoicing.rules.delivery import DeliveryState
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='RedBlue',
            fields=[
                ('id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('incl_fen', fields.BigIntField()),
                ('red_fen', fields.BigIntField(db_default=0)),
            ],
            options={'table': 'reds_blue', 'app': 'reds', 'pk_attr': 'id', 'table_description': "What of a blue invoice is claimed by red letters. `id` is the invoice's; the row is a lock."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='RedBlue',
            constraint=CheckConstraint(check='red_fen BETWEEN 0 AND incl_fen', name='reds_blue_red_fen_check'),
        ),
        ops.CreateModel(
            name='RedBlueLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('blue', fields.ForeignKeyField('reds.RedBlue', source_field='blue_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('line_no', fields.IntField()),
                ('sale_id', fields.BigIntField()),
                ('quantity', fields.DecimalField(max_digits=20, decimal_places=8)),
                ('incl_fen', fields.BigIntField()),
                ('tax_fen', fields.BigIntField()),
                ('red_quantity', fields.DecimalField(db_default=0, max_digits=20, decimal_places=8)),
                ('red_incl_fen', fields.BigIntField(db_default=0)),
                ('red_tax_fen', fields.BigIntField(db_default=0)),
            ],
            options={'table': 'reds_blue_line', 'app': 'reds', 'unique_together': (('blue', 'line_no', 'sale_id'),), 'pk_attr': 'id', 'table_description': 'What one sale has in a line of a blue invoice, discounts folded in, and what is claimed.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='RedBlueLine',
            constraint=CheckConstraint(check='red_incl_fen BETWEEN 0 AND incl_fen AND red_tax_fen BETWEEN 0 AND tax_fen AND red_quantity BETWEEN 0 AND quantity', name='reds_blue_line_claimed_check'),
        ),
        ops.CreateModel(
            name='RedLetter',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('callback_token', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('invoice_id', fields.BigIntField(db_index=True)),
                ('sale_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('account_id', fields.BigIntField(db_default=0)),
                ('cause', fields.CharField(max_length=140)),
                ('reason', fields.CharEnumField(description='WRONG: wrong\nRETURNED: returned\nENDED: ended\nREDUCED: reduced', enum_type=RedReason, max_length=10)),
                ('kind', fields.CharEnumField(description='GENERAL: general\nSPECIAL: special', enum_type=Kind, max_length=10)),
                ('is_full', fields.BooleanField()),
                ('lines', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('ex_fen', fields.BigIntField()),
                ('tax_fen', fields.BigIntField()),
                ('incl_fen', fields.BigIntField()),
                ('state', fields.CharEnumField(description='QUEUED: queued\nHELD: held\nSENDING: sending\nSUBMITTED: submitted\nCONFIRMING: confirming\nUNKNOWN: unknown\nISSUED: issued\nREFUSED: refused\nWITHDRAWN: withdrawn', enum_type=RedState, max_length=12)),
                ('red_no', fields.CharField(unique=True, max_length=16)),
                ('serial', fields.CharField(db_default='', max_length=64)),
                ('forms', fields.IntField(db_default=1)),
                ('form_no', fields.CharField(db_default='', max_length=64)),
                ('form_state', fields.CharField(db_default='', max_length=2)),
                ('form_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reminded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('number', fields.CharField(db_default='', max_length=20)),
                ('code', fields.CharField(db_default='', max_length=12)),
                ('issued_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('why', fields.CharField(db_default='', max_length=40)),
                ('said', fields.CharField(db_default='', max_length=500)),
                ('alarm', fields.CharField(db_default='', max_length=500)),
                ('asked', fields.IntField(db_default=0)),
                ('by', fields.CharField(max_length=40)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('is_reissued', fields.BooleanField(db_default=False)),
                ('next_buyer', fields.TextField(null=True, unique=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reds_letter', 'app': 'reds', 'unique_together': (('invoice_id', 'cause'),), 'pk_attr': 'id', 'table_description': 'One red letter of one invoice. `cause` is what wants it: that refund, that wrong title.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='RedLetter',
            constraint=CheckConstraint(check='incl_fen > 0 AND tax_fen >= 0 AND ex_fen >= 0 AND ex_fen + tax_fen = incl_fen', name='reds_letter_amounts_check'),
        ),
        ops.AddConstraint(
            model_name='RedLetter',
            constraint=CheckConstraint(check="(state = 'issued') = (number <> '')", name='reds_letter_number_check'),
        ),
        ops.CreateModel(
            name='RedDelivery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('letter', fields.ForeignKeyField('reds.RedLetter', source_field='letter_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('target', fields.CharField(null=True, max_length=800)),
                ('target_index', fields.CharField(max_length=120)),
                ('state', fields.CharEnumField(description='QUEUED: queued\nSENDING: sending\nSENT: sent\nMAYBE_SENT: maybe_sent\nFAILED: failed\nBOUNCED: bounced', enum_type=DeliveryState, max_length=12)),
                ('reason', fields.CharField(db_default='', max_length=40)),
                ('attempts', fields.IntField(db_default=0)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reds_delivery', 'app': 'reds', 'unique_together': (('letter', 'target_index'),), 'pk_attr': 'id', 'table_description': 'One mail with a red letter to where its blue invoice had been mailed: each address once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RedDocument',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('letter', fields.ForeignKeyField('reds.RedLetter', source_field='letter_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('format', fields.CharField(max_length=8)),
                ('sha256', fields.CharField(max_length=64)),
                ('size', fields.IntField()),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reds_document', 'app': 'reds', 'unique_together': (('letter', 'format'),), 'pk_attr': 'id', 'table_description': 'A file of a red letter. Bytes lie with those of invoices, named by their sha256.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RedStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('letter', fields.ForeignKeyField('reds.RedLetter', source_field='letter_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('action', fields.CharField(max_length=20)),
                ('form_no', fields.CharField(db_default='', max_length=64)),
                ('form_state', fields.CharField(db_default='', max_length=2)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('by', fields.CharField(db_default='', max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reds_step', 'app': 'reds', 'pk_attr': 'id', 'table_description': 'One step of a red letter, for people: what happened and, of its form, in which state.'},
            bases=['Model'],
        ),
        # By hand: what Tortoise cannot say; one number is one red letter, and what waits is found.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX reds_letter_numbers ON reds_letter (code, number)
            WHERE number <> '';
            CREATE INDEX reds_letter_open ON reds_letter (state, id)
            WHERE state NOT IN ('issued', 'withdrawn');
            CREATE INDEX reds_step_of_letter ON reds_step (letter_id, id);
            """,
            reverse_sql="""
            DROP INDEX reds_step_of_letter;
            DROP INDEX reds_letter_open;
            DROP INDEX reds_letter_numbers;
            """,
        ),
    ]
