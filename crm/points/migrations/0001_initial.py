from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from crm.points.rules.words import On, Purse, State
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
            name='CheckIn',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('day', fields.DateField()),
                ('streak', fields.IntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_check_in', 'app': 'points', 'unique_together': (('member_id', 'day'),), 'pk_attr': 'id', 'table_description': 'A member signed in on a day (签到); `streak` days in a row by then.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CheckIn',
            constraint=CheckConstraint(check='streak >= 1', name='points_check_in_streak_check'),
        ),
        ops.CreateModel(
            name='Earning',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('program', fields.CharField(max_length=40)),
                ('program_id', fields.BigIntField(null=True)),
                ('member_id', fields.BigIntField()),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('on', fields.CharEnumField(description='ORDER: order\nSIGN_IN: sign_in\nJOIN: join\nBIRTHDAY: birthday\nREVIEW: review\nSHARE: share\nINVITE: invite\nFAVOURITE: favourite\nVISIT: visit\nFOLLOW: follow\nWATCH: watch\nSURVEY: survey', enum_type=On, max_length=12)),
                ('cause_kind', fields.CharField(max_length=60)),
                ('cause_key', fields.CharField(max_length=120)),
                ('order_id', fields.BigIntField(null=True, db_index=True)),
                ('order_no', fields.CharField(null=True, max_length=32)),
                ('base', fields.BigIntField()),
                ('points', fields.BigIntField()),
                ('basis_fen', fields.BigIntField()),
                ('refunded_fen', fields.BigIntField(db_default=0)),
                ('day', fields.DateField()),
                ('state', fields.CharEnumField(default=State.PENDING, description='PENDING: pending\nGIVEN: given\nVOID: void', enum_type=State, max_length=8)),
                ('earned_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('available_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('given_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('steps', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('terms', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'points_earning', 'app': 'points', 'unique_together': (('cause_kind', 'cause_key'),), 'indexes': [Index(fields=['member_id', 'program', 'day'])], 'pk_attr': 'id', 'table_description': 'Points that a program gave, or will give when their wait has ended.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Earning',
            constraint=CheckConstraint(check='base >= 0 AND points >= 0 AND basis_fen >= 0 AND refunded_fen BETWEEN 0 AND basis_fen', name='points_earning_amounts_check'),
        ),
        ops.AddConstraint(
            model_name='Earning',
            constraint=CheckConstraint(check="(state = 'given') = (given_at IS NOT NULL)", name='points_earning_given_check'),
        ),
        ops.CreateModel(
            name='ProgramRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.IntField()),
                ('name', fields.CharField(max_length=40)),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('on', fields.CharEnumField(description='ORDER: order\nSIGN_IN: sign_in\nJOIN: join\nBIRTHDAY: birthday\nREVIEW: review\nSHARE: share\nINVITE: invite\nFAVOURITE: favourite\nVISIT: visit\nFOLLOW: follow\nWATCH: watch\nSURVEY: survey', enum_type=On, max_length=12)),
                ('terms', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('is_on', fields.BooleanField(default=True)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('written_by', fields.CharField(default='', max_length=40)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_program', 'app': 'points', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': 'One version of a points program (积分规则). Never changed: a new version is added.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ProgramRow',
            constraint=CheckConstraint(check='valid_to >= valid_from', name='points_program_days_check'),
        ),
        ops.CreateModel(
            name='Taking',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('earning', fields.ForeignKeyField('points.Earning', source_field='earning_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('refund_no', fields.CharField(max_length=32)),
                ('fen', fields.BigIntField()),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_taking', 'app': 'points', 'unique_together': (('earning', 'refund_no'),), 'pk_attr': 'id', 'table_description': 'What one settled refund takes of an earning: `fen` of its `basis_fen`. Never changed.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Taking',
            constraint=CheckConstraint(check='fen >= 0', name='points_taking_fen_check'),
        ),
    ]
