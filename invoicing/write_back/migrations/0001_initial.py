from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from invoicing.write_back.rules import Colour, VersionState
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Version',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.BigIntField(null=True, unique=True)),
                ('colour', fields.CharEnumField(description='BLUE: blue\nRED: red', enum_type=Colour, max_length=4)),
                ('source_id', fields.BigIntField()),
                ('state', fields.CharEnumField(description='ISSUED: issued\nREVERSED: reversed', enum_type=VersionState, max_length=10)),
                ('subject', fields.CharField(db_index=True, max_length=40)),
                ('store_id', fields.BigIntField()),
                ('tax_entity_id', fields.BigIntField()),
                ('facts', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('file_id', fields.BigIntField(null=True, db_index=True)),
                ('at', fields.DatetimeField(db_index=True, db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'write_back_version', 'app': 'write_back', 'unique_together': (('colour', 'source_id', 'state'),), 'pk_attr': 'id', 'table_description': 'One change of one invoice, frozen as it was told; never changed, never twice.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WrittenFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('name', fields.CharField(unique=True, max_length=60)),
                ('first_number', fields.BigIntField()),
                ('last_number', fields.BigIntField()),
                ('versions', fields.IntField()),
                ('sha256', fields.CharField(db_default='', max_length=64)),
                ('written_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'write_back_file', 'app': 'write_back', 'pk_attr': 'id', 'table_description': 'A file of versions for an ERP that takes files (文件回写). Its bytes follow from its rows.'},
            bases=['Model'],
        ),
    ]
