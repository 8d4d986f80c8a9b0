from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.db_defaults import Now
from trade.fulfilment.rules import TaskKind, TaskState
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='StoreTask',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_id', fields.BigIntField(unique=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('kind', fields.CharEnumField(description='PICKUP: pickup\nPICK: pick', enum_type=TaskKind, max_length=10)),
                ('state', fields.CharEnumField(description='OPEN: open\nCANCELLED: cancelled', enum_type=TaskState, max_length=10)),
                ('code', fields.CharField(null=True, max_length=8)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_store_task', 'app': 'fulfilment', 'unique_together': (('store_id', 'code'),), 'pk_attr': 'id', 'table_description': "What one store has to do for one order. `code` is the guest's pick-up code (提货码)."},
            bases=['Model'],
        ),
    ]
