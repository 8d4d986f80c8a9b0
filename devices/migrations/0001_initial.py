from tortoise import migrations
from tortoise.migrations import operations as ops
from devices.rules import PrintState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
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
        # By hand: PartialIndex cannot say IN.
        ops.RunSQL(
            "CREATE INDEX devices_print_job_waiting ON devices_print_job (printer_id, id) WHERE state IN ('queued', 'sending')",
            'DROP INDEX devices_print_job_waiting',
        ),
    ]
