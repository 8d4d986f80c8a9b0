from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from devices.counter.rules import ScaleValue
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
            name='Department',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('name', fields.CharField(max_length=40)),
                ('store_id', fields.BigIntField(null=True)),
                ('tax_code', fields.CharField(max_length=19)),
                ('tax_bp', fields.IntField()),
                ('unit', fields.CharField(max_length=10)),
                ('position', fields.IntField(db_default=0)),
                ('is_active', fields.BooleanField(db_default=True)),
            ],
            options={'table': 'counter_department', 'app': 'counter', 'pk_attr': 'id', 'table_description': 'What typed goods are (类目): a tax class and rate under a name on a key of the page.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Department',
            constraint=CheckConstraint(check="tax_code ~ '^[0-9]{19}$'", name='counter_department_tax_code_check'),
        ),
        ops.AddConstraint(
            model_name='Department',
            constraint=CheckConstraint(check='tax_bp BETWEEN 0 AND 10000', name='counter_department_tax_bp_check'),
        ),
        ops.AddConstraint(
            model_name='Department',
            constraint=CheckConstraint(check="code ~ '^[a-z0-9-]{1,20}$'", name='counter_department_code_check'),
        ),
        ops.CreateModel(
            name='Sale',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('request_key', fields.CharField(max_length=64)),
                ('digest', fields.CharField(max_length=64)),
                ('order_id', fields.BigIntField(unique=True)),
                ('sold_by', fields.CharField(max_length=40)),
                ('is_offline', fields.BooleanField(db_default=False)),
                ('differs_fen', fields.BigIntField()),
                ('content', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('sold_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('kept_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('invoiced_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'counter_sale', 'app': 'counter', 'unique_together': (('store_id', 'request_key'),), 'indexes': [Index(fields=['store_id', 'sold_at'])], 'pk_attr': 'id', 'table_description': 'One sale of a counter: what a browser sent under a key of its own, and the order it became.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Scale',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('flag', fields.CharField(max_length=2)),
                ('says', fields.CharEnumField(description='WEIGHT: weight\nAMOUNT: amount', enum_type=ScaleValue, max_length=8)),
            ],
            options={'table': 'counter_scale', 'app': 'counter', 'unique_together': (('store_id', 'flag'),), 'pk_attr': 'id', 'table_description': "How the labels of a store's scale (秤签) are read: what follows the item, by their flag."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Scale',
            constraint=CheckConstraint(check="flag ~ '^2[0-9]$'", name='counter_scale_flag_check'),
        ),
        ops.CreateModel(
            name='Undone',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('sale', fields.ForeignKeyField('counter.Sale', source_field='sale_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('request_key', fields.CharField(max_length=64)),
                ('is_void', fields.BooleanField()),
                ('amount_fen', fields.BigIntField()),
                ('reason', fields.CharField(max_length=80)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'counter_undone', 'app': 'counter', 'unique_together': (('sale', 'request_key'),), 'pk_attr': 'id', 'table_description': 'A sale that was taken back as a whole (作废) or a refund of a part, by whom and why.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Undone',
            constraint=CheckConstraint(check='amount_fen >= 0', name='counter_undone_amount_fen_check'),
        ),
    ]
