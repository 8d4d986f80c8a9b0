from tortoise import migrations
from tortoise.migrations import operations as ops
from core.ids import new_id
from invoicing.backends.rules import AccountState, Adapter
from tortoise.fields.db_defaults import Now
from tortoise import fields

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
    ]
