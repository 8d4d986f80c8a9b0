from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from core.security.scope import Role
from crm.exports.rules import Format, State, Use
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
            name='Schedule',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('name', fields.CharField(max_length=60)),
                ('asked_by', fields.BigIntField(db_index=True)),
                ('condition', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('columns', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('format', fields.CharEnumField(description='CSV: csv\nXLSX: xlsx\nTAG: tag', enum_type=Format, max_length=10)),
                ('use', fields.CharEnumField(description='CONTACT: contact\nSERVICE: service\nANALYSIS: analysis', enum_type=Use, max_length=20)),
                ('reason', fields.CharField(max_length=200)),
                ('receiver', fields.CharField(max_length=100)),
                ('is_whole', fields.BooleanField(default=False)),
                ('tag_id', fields.BigIntField(null=True)),
                ('language', fields.CharField(default='zh', max_length=2)),
                ('keep_days', fields.IntField()),
                ('every_days', fields.IntField()),
                ('hour', fields.IntField()),
                ('next_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ends_on', fields.DateField()),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('why_ended', fields.CharField(default='', max_length=100)),
            ],
            options={'table': 'exports_schedule', 'app': 'exports', 'pk_attr': 'id', 'table_description': 'An export that is made again and again (定时导出), until `ends_on`.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Schedule',
            constraint=CheckConstraint(check='every_days BETWEEN 1 AND 31 AND hour BETWEEN 0 AND 23', name='exports_schedule_rhythm_check'),
        ),
        ops.CreateModel(
            name='Export',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('key', fields.CharField(unique=True, max_length=100)),
                ('asked_by', fields.BigIntField(db_index=True)),
                ('role', fields.CharEnumField(description='MEMBER: member\nGUIDE: guide\nSTORE_MANAGER: store_manager\nFRANCHISEE: franchisee\nMARKETER: marketer\nHEAD_OFFICE: head_office\nPARTNER: partner', enum_type=Role, max_length=20)),
                ('condition', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('columns', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('format', fields.CharEnumField(description='CSV: csv\nXLSX: xlsx\nTAG: tag', enum_type=Format, max_length=10)),
                ('use', fields.CharEnumField(description='CONTACT: contact\nSERVICE: service\nANALYSIS: analysis', enum_type=Use, max_length=20)),
                ('reason', fields.CharField(max_length=200)),
                ('receiver', fields.CharField(max_length=100)),
                ('is_whole', fields.BooleanField(default=False)),
                ('tag_id', fields.BigIntField(null=True)),
                ('language', fields.CharField(default='zh', max_length=2)),
                ('watermark', fields.CharField(unique=True, max_length=24)),
                ('schedule', fields.ForeignKeyField('exports.Schedule', source_field='schedule_id', null=True, db_constraint=True, to_field='id', related_name='exports', on_delete=OnDelete.CASCADE)),
                ('state', fields.CharEnumField(default=State.WANTED, description='WANTED: wanted\nWAITING: waiting\nRUNNING: running\nREADY: ready\nTAKEN: taken\nDONE: done\nEXPIRED: expired\nREFUSED: refused\nCANCELLED: cancelled\nFAILED: failed', enum_type=State, max_length=10)),
                ('why', fields.CharField(default='', max_length=200)),
                ('members', fields.IntField(default=0)),
                ('left_out', fields.IntField(default=0)),
                ('rows_done', fields.IntField(default=0)),
                ('size', fields.BigIntField(default=0)),
                ('sha256', fields.CharField(default='', max_length=64)),
                ('seen_by', fields.BigIntField(null=True)),
                ('seen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('wanted_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exports_export', 'app': 'exports', 'indexes': [Index(fields=['state', 'expires_at'])], 'pk_attr': 'id', 'table_description': 'One list of members that leaves (导出). `watermark` stands in every row of its file.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Export',
            constraint=CheckConstraint(check='rows_done >= 0 AND rows_done <= members', name='exports_export_rows_check'),
        ),
        ops.AddConstraint(
            model_name='Export',
            constraint=CheckConstraint(check='seen_by IS DISTINCT FROM asked_by', name='exports_export_second_check'),
        ),
        ops.CreateModel(
            name='Listed',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('export', fields.ForeignKeyField('exports.Export', source_field='export_id', db_constraint=True, to_field='id', related_name='listed', on_delete=OnDelete.CASCADE)),
                ('place', fields.IntField()),
                ('member_id', fields.BigIntField(db_index=True)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exports_listed', 'app': 'exports', 'unique_together': (('export', 'place'),), 'pk_attr': 'id', 'table_description': 'A member of a list, at their place in its file. It stays when the file is gone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Piece',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('export', fields.ForeignKeyField('exports.Export', source_field='export_id', db_constraint=True, to_field='id', related_name='pieces', on_delete=OnDelete.CASCADE)),
                ('is_file', fields.BooleanField(default=True)),
                ('no', fields.IntField()),
                ('cipher', fields.TextField(unique=False)),
            ],
            options={'table': 'exports_piece', 'app': 'exports', 'unique_together': (('export', 'is_file', 'no'),), 'pk_attr': 'id', 'table_description': 'A part of a file, packed and encrypted. Gone when the file is taken or has expired.'},
            bases=['Model'],
        ),
    ]
