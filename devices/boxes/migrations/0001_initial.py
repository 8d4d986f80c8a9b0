from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from devices.boxes.rules import BoxState, PaperKind, PaperState
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
            name='Authority',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('certificate', fields.TextField(unique=False)),
                ('cipher', fields.TextField(unique=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'boxes_authority', 'app': 'boxes', 'pk_attr': 'id', 'table_description': 'Our small certificate authority: it vouches for boxes and for nobody else. One row.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Authority',
            constraint=CheckConstraint(check='id = 1', name='boxes_authority_one_check'),
        ),
        ops.CreateModel(
            name='Box',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('name', fields.CharField(max_length=40)),
                ('state', fields.CharEnumField(description='INVITED: invited\nACTIVE: active\nRETIRED: retired\nREVOKED: revoked', enum_type=BoxState, max_length=10)),
                ('invite_index', fields.CharField(null=True, unique=True, max_length=120)),
                ('invite_key_digest', fields.CharField(db_default='', max_length=64)),
                ('invite_ends_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('enrolled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_seen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('version', fields.CharField(db_default='', max_length=20)),
                ('waiting', fields.IntField(db_default=0)),
                ('clock_skew_s', fields.IntField(db_default=0)),
                ('has_printer', fields.BooleanField(null=True)),
                ('wants_key', fields.BooleanField(db_default=False)),
                ('layout', fields.JSONField(db_default='{}', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('layout_no', fields.IntField(db_default=0)),
                ('made_by', fields.CharField(max_length=80)),
                ('made_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharField(db_default='', max_length=80)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'boxes_box', 'app': 'boxes', 'pk_attr': 'id', 'table_description': 'One code box at one till of one store. `invite_index` finds it by its one-time code,'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Box',
            constraint=CheckConstraint(check="(state IN ('retired', 'revoked')) = (ended_at IS NOT NULL)", name='boxes_box_ended_check'),
        ),
        ops.CreateModel(
            name='Certificate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('box', fields.ForeignKeyField('boxes.Box', source_field='box_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('serial', fields.CharField(unique=True, max_length=40)),
                ('key_digest', fields.CharField(unique=True, max_length=64)),
                ('pem', fields.TextField(unique=False)),
                ('made_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('first_used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'boxes_certificate', 'app': 'boxes', 'pk_attr': 'id', 'table_description': 'A client certificate of a box. Two may be good at a time, while the box changes over.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Paper',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('box', fields.ForeignKeyField('boxes.Box', source_field='box_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('key', fields.CharField(max_length=32)),
                ('kind', fields.CharEnumField(description='SALE: sale\nREFUND: refund\nDOUBTFUL: doubtful', enum_type=PaperKind, max_length=10)),
                ('state', fields.CharEnumField(description='READ: read\nTYPED: typed\nDOUBTFUL: doubtful\nCONFLICT: conflict\nDISMISSED: dismissed', enum_type=PaperState, max_length=10)),
                ('order_no', fields.CharField(db_default='', max_length=40)),
                ('name', fields.CharField(db_default='', max_length=60)),
                ('order_key', fields.CharField(db_index=True, db_default='', max_length=12)),
                ('code', fields.CharField(db_default='', max_length=64)),
                ('due_fen', fields.BigIntField(null=True)),
                ('sold_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lines', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('doubts', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('origin_no', fields.CharField(db_default='', max_length=40)),
                ('origin_id', fields.BigIntField(null=True, db_index=True)),
                ('rival_id', fields.BigIntField(null=True)),
                ('seen', fields.IntField(db_default=1)),
                ('received_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('decided_by', fields.CharField(db_default='', max_length=80)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(db_default='', max_length=200)),
            ],
            options={'table': 'boxes_paper', 'app': 'boxes', 'unique_together': (('box', 'key'),), 'indexes': [Index(fields=['store_id', 'state'])], 'pk_attr': 'id', 'table_description': 'One paper a box told. `key` is of its content: told again it is the same row.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Paper',
            constraint=CheckConstraint(check="state NOT IN ('read', 'typed', 'conflict') OR (name <> '' AND due_fen IS NOT NULL AND sold_at IS NOT NULL AND order_key <> '' AND kind <> 'doubtful')", name='boxes_paper_whole_check'),
        ),
        ops.CreateModel(
            name='Copy',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('paper', fields.OneToOneField('boxes.Paper', source_field='paper_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('cipher', fields.TextField(null=True, unique=False)),
                ('text', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('kept_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'boxes_copy', 'app': 'boxes', 'pk_attr': 'id', 'table_description': 'What stood on a paper, for thirty days: its bytes, sealed, and its lines, masked.'},
            bases=['Model'],
        ),
        # By hand: one sale counts once, whoever read or typed it.
        ops.RunSQL(
            "CREATE UNIQUE INDEX boxes_paper_once_idx ON boxes_paper (box_id, kind, name, due_fen)"
            " WHERE state IN ('read', 'typed')",
            reverse_sql="DROP INDEX boxes_paper_once_idx",
        ),
    ]
