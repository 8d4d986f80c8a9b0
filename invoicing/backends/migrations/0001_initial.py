from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from invoicing.backends.rules import AccountState, Adapter, TaskState
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('callback_token', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('adapter', fields.CharEnumField(description='NUONUO: nuonuo\nBAIWANG: baiwang\nDIRECT: direct\nBRIDGE: bridge\nWECHAT: wechat', enum_type=Adapter, max_length=10)),
                ('name', fields.CharField(max_length=40)),
                ('point', fields.CharField(db_default='', max_length=40)),
                ('base_url', fields.CharField(db_default='', max_length=200)),
                ('credentials', fields.TextField(null=True, unique=False)),
                ('is_active', fields.BooleanField(db_default=True)),
                ('state', fields.CharEnumField(description='READY: ready\nLOGIN: login\nFACE: face\nQUOTA: quota\nNUMBERS: numbers\nCREDENTIAL: credential\nBUREAU: bureau\nDEVICE: device\nSILENT: silent\nHELD: held', db_default=AccountState.READY, enum_type=AccountState, max_length=12)),
                ('said', fields.CharField(db_default='', max_length=200)),
                ('login_url', fields.CharField(db_default='', max_length=300)),
                ('failures', fields.IntField(db_default=0)),
                ('weight', fields.IntField(db_default=1)),
                ('most_fen', fields.BigIntField(null=True)),
                ('most_lines', fields.IntField(null=True)),
                ('quota_fen', fields.BigIntField(null=True)),
                ('numbers_left', fields.BigIntField(null=True)),
                ('checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('quota_checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('down_since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'backends_account', 'app': 'backends', 'unique_together': (('tax_entity_id', 'adapter', 'point'),), 'pk_attr': 'id', 'table_description': 'One way for a tax entity to issue: an application, a disc, an invoicing point (开票点).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Device',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account_id', fields.BigIntField(unique=True)),
                ('disc_no', fields.CharField(db_default='', max_length=40)),
                ('version', fields.CharField(db_default='', max_length=40)),
                ('last_stamp', fields.BigIntField(db_default=0)),
                ('is_ready', fields.BooleanField(db_default=False)),
                ('hold', fields.CharField(db_default='', max_length=12)),
                ('said', fields.CharField(db_default='', max_length=200)),
                ('numbers_left', fields.BigIntField(null=True)),
                ('seen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'backends_device', 'app': 'backends', 'pk_attr': 'id', 'table_description': 'The tax disc or server behind a bridge account, as its agent last described it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Number',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account_id', fields.BigIntField()),
                ('tax_no', fields.CharField(max_length=20)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('request_no', fields.CharField(null=True, max_length=20)),
                ('drawn_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'backends_number', 'app': 'backends', 'unique_together': (('account_id', 'tax_no', 'request_no'),), 'pk_attr': 'id', 'table_description': 'An invoice number drawn before its use (预赋码); `request_no` is what it was given to.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Task',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account_id', fields.BigIntField()),
                ('request_no', fields.CharField(max_length=20)),
                ('payload', fields.TextField(unique=False)),
                ('state', fields.CharEnumField(description='WAITING: waiting\nLEASED: leased\nISSUED: issued\nREFUSED: refused\nHELD: held', db_default=TaskState.WAITING, enum_type=TaskState, max_length=8)),
                ('lease_no', fields.IntField(db_default=0)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('code', fields.CharField(db_default='', max_length=40)),
                ('said', fields.CharField(db_default='', max_length=200)),
                ('answer', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'backends_task', 'app': 'backends', 'unique_together': (('account_id', 'request_no'),), 'indexes': [Index(fields=['account_id', 'state', 'id'])], 'pk_attr': 'id', 'table_description': 'A request that waits for its device. Its number is used once; `payload` is encrypted.'},
            bases=['Model'],
        ),
    ]
