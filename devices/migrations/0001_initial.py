from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from devices.rules import ConflictAnswer, PrintState, ReceiptKind, ReceiptState
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='OrderMark',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('partner_id', fields.BigIntField(db_index=True)),
                ('document_no', fields.CharField(max_length=64)),
                ('state', fields.CharField(max_length=40)),
                ('exported_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('noted_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_order_mark', 'app': 'devices', 'unique_together': (('order_id', 'partner_id', 'document_no', 'state'),), 'pk_attr': 'id', 'table_description': 'What an ERP calls an order of ours, and how far it is there. Added to, never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Printer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('host', fields.CharField(max_length=255)),
                ('port', fields.IntField()),
                ('columns', fields.IntField()),
                ('is_active', fields.BooleanField(default=True)),
                ('lease_no', fields.IntField(default=0)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_printer', 'app': 'devices', 'unique_together': (('store_id', 'host', 'port'),), 'pk_attr': 'id', 'table_description': 'A network printer (小票打印机) of one store. It has one writer at a time.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Printer',
            constraint=CheckConstraint(check='port BETWEEN 1 AND 65535', name='devices_printer_port_check'),
        ),
        ops.AddConstraint(
            model_name='Printer',
            constraint=CheckConstraint(check='columns IN (32, 48)', name='devices_printer_columns_check'),
        ),
        ops.CreateModel(
            name='PrintJob',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('printer', fields.ForeignKeyField('devices.Printer', source_field='printer_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('document', fields.CharField(db_index=True, max_length=80)),
                ('copy', fields.IntField(default=0)),
                ('code', fields.CharField(default='', max_length=64)),
                ('payload', fields.BinaryField()),
                ('state', fields.CharEnumField(default=PrintState.QUEUED, description='QUEUED: queued\nSENDING: sending\nPRINTED: printed\nMAYBE_PRINTED: maybe_printed\nFAILED: failed', enum_type=PrintState, max_length=16)),
                ('attempts', fields.IntField(default=0)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_print_job', 'app': 'devices', 'unique_together': (('store_id', 'document', 'copy'),), 'pk_attr': 'id', 'table_description': 'One piece of paper owed, as bytes. `copy` 0 is the receipt, 1 and more are reprints (补打).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StockMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('partner_id', fields.BigIntField(db_index=True)),
                ('source', fields.CharField(max_length=20)),
                ('sequence', fields.BigIntField()),
                ('is_snapshot', fields.BooleanField()),
                ('digest', fields.CharField(max_length=64)),
                ('counts', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('received_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_stock_message', 'app': 'devices', 'unique_together': (('partner_id', 'source', 'sequence'),), 'pk_attr': 'id', 'table_description': "One numbered message of a partner's stock feed, and what it changed when it was taken."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TillReceipt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('till', fields.CharField(max_length=20)),
                ('receipt_no', fields.CharField(max_length=40)),
                ('sequence', fields.BigIntField(null=True)),
                ('kind', fields.CharEnumField(description='SALE: sale\nRETURN: return\nVOID: void\nCANCELLED: cancelled', enum_type=ReceiptKind, max_length=10)),
                ('state', fields.CharEnumField(description='WAITING: waiting\nPARKED: parked\nBOOKED: booked', enum_type=ReceiptState, max_length=10)),
                ('reason', fields.CharField(default='', max_length=60)),
                ('partner_id', fields.BigIntField(db_index=True)),
                ('upload_id', fields.BigIntField(db_index=True)),
                ('digest', fields.CharField(max_length=64)),
                ('content', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('member_cipher', fields.TextField(null=True, unique=False)),
                ('member_index', fields.CharField(null=True, max_length=120)),
                ('total_fen', fields.BigIntField()),
                ('origin_store_id', fields.BigIntField(null=True)),
                ('origin_till', fields.CharField(null=True, max_length=20)),
                ('origin_no', fields.CharField(null=True, max_length=40)),
                ('order_id', fields.BigIntField(null=True, db_index=True)),
                ('sold_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('booked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_till_receipt', 'app': 'devices', 'unique_together': (('store_id', 'till', 'receipt_no'),), 'indexes': [Index(fields=['store_id', 'till', 'sequence']), Index(fields=['origin_store_id', 'origin_till', 'origin_no'])], 'pk_attr': 'id', 'table_description': "One receipt of a till under the till's own number; booked once, whatever comes how often."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='TillReceipt',
            constraint=CheckConstraint(check="(state = 'booked') = (booked_at IS NOT NULL) AND (kind IN ('return', 'void')) = (origin_no IS NOT NULL)", name='devices_till_receipt_state_check'),
        ),
        ops.CreateModel(
            name='TillConflict',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('receipt', fields.ForeignKeyField('devices.TillReceipt', source_field='receipt_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('digest', fields.CharField(max_length=64)),
                ('upload_id', fields.BigIntField(db_index=True)),
                ('content', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('seen', fields.IntField(default=1)),
                ('first_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('answer', fields.CharEnumField(null=True, description='DISMISSED: dismissed\nDIFFERENCE: difference\nWHOLE: whole', enum_type=ConflictAnswer, max_length=12)),
                ('answer_reason', fields.CharField(db_default='', max_length=200)),
                ('answered_by', fields.CharField(db_default='', max_length=40)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('became_id', fields.BigIntField(null=True)),
            ],
            options={'table': 'devices_till_conflict', 'app': 'devices', 'unique_together': (('receipt', 'digest'),), 'pk_attr': 'id', 'table_description': 'Another content under a number that is taken, kept until a person says what it is.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='TillConflict',
            constraint=CheckConstraint(check="num_nulls(answer, answered_at) IN (0, 2) AND (became_id IS NOT NULL) = (answer IS NOT NULL AND answer <> 'dismissed')", name='devices_till_conflict_answer_check'),
        ),
        ops.CreateModel(
            name='TillUpload',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('partner_id', fields.BigIntField(db_index=True)),
                ('name', fields.CharField(max_length=80)),
                ('digest', fields.CharField(max_length=64)),
                ('cipher', fields.TextField(unique=False)),
                ('seen', fields.IntField(default=1)),
                ('received_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_till_upload', 'app': 'devices', 'unique_together': (('partner_id', 'digest'),), 'pk_attr': 'id', 'table_description': 'What a till sent, as it came, sealed: it may hold phones. The same again is the same row.'},
            bases=['Model'],
        ),
        # By hand: PartialIndex cannot say IN.
        ops.RunSQL(
            "CREATE INDEX devices_print_job_waiting ON devices_print_job (printer_id, id) WHERE state IN ('queued', 'sending')",
            'DROP INDEX devices_print_job_waiting',
        ),
    ]
