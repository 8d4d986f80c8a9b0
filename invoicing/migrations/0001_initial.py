from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.states import RequestState
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='InvoiceRequest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request_no', fields.CharField(unique=True, max_length=16)),
                ('callback_token', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('part', fields.IntField(default=1)),
                ('receipt_code', fields.CharField(max_length=64)),
                ('buyer', fields.TextField(unique=False)),
                ('seller', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('lines', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('remark', fields.CharField(default='', max_length=200)),
                ('ex_fen', fields.BigIntField()),
                ('tax_fen', fields.BigIntField()),
                ('incl_fen', fields.BigIntField()),
                ('state', fields.CharEnumField(default=RequestState.QUEUED, description='DRAFT: draft\nQUEUED: queued\nHELD: held\nSENDING: sending\nSUBMITTED: submitted\nUNKNOWN: unknown\nISSUED: issued\nDELIVERED: delivered\nREFUSED: refused\nCANCELLED: cancelled\nEXPIRED: expired', enum_type=RequestState, max_length=12)),
                ('serial', fields.CharField(default='', max_length=64)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('said', fields.CharField(default='', max_length=500)),
                ('alarm', fields.CharField(default='', max_length=500)),
                ('asked', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_request', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'One wish for an invoice of an order (`part` 1 unless it had to be split).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Invoice',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('request', fields.OneToOneField('invoicing.InvoiceRequest', source_field='request_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('code', fields.CharField(default='', max_length=12)),
                ('number', fields.CharField(max_length=20)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ex_fen', fields.BigIntField()),
                ('tax_fen', fields.BigIntField()),
                ('incl_fen', fields.BigIntField()),
            ],
            options={'table': 'invoicing_invoice', 'app': 'invoicing', 'unique_together': (('code', 'number'),), 'pk_attr': 'id', 'table_description': 'What the tax office numbered. `code` is empty for 数电票, whose number has 20 digits.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Delivery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('invoice', fields.ForeignKeyField('invoicing.Invoice', source_field='invoice_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('channel', fields.CharEnumField(description='MAIL: mail', enum_type=Channel, max_length=8)),
                ('target', fields.CharField(max_length=800)),
                ('target_index', fields.CharField(max_length=120)),
                ('state', fields.CharEnumField(default=DeliveryState.QUEUED, description='QUEUED: queued\nSENDING: sending\nSENT: sent\nMAYBE_SENT: maybe_sent\nFAILED: failed', enum_type=DeliveryState, max_length=12)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('attempts', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_delivery', 'app': 'invoicing', 'unique_together': (('invoice', 'channel', 'target_index'),), 'pk_attr': 'id', 'table_description': 'One sending of an invoice to one address: each channel and target once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Document',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('invoicing.Invoice', source_field='invoice_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('format', fields.CharField(max_length=8)),
                ('sha256', fields.CharField(max_length=64)),
                ('size', fields.IntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'invoicing_document', 'app': 'invoicing', 'unique_together': (('invoice', 'format'),), 'pk_attr': 'id', 'table_description': 'A file of an invoice. Bytes lie under `var_dir`, named by their sha256.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='InvoiceableOrder',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('order_key', fields.CharField(db_index=True, max_length=12)),
                ('order_id', fields.BigIntField(unique=True)),
                ('paid_fen', fields.BigIntField()),
                ('paid_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_order', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'A paid order that a receipt code may name, whichever way it reached us.'},
            bases=['Model'],
        ),
        # By hand: PartialIndex cannot say NOT IN. The last judge of "one live request per order part".
        ops.RunSQL(
            "CREATE UNIQUE INDEX invoicing_request_live ON invoicing_request (order_id, part) WHERE state NOT IN ('refused', 'cancelled', 'expired')",
            'DROP INDEX invoicing_request_live',
        ),
    ]
