from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from crm.points.rules.words import Direction, ExchangeState, On, Purse, RedemptionState, RewardKind, State
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Alliance',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=40)),
                ('purse', fields.CharEnumField(default=Purse.POINTS, description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('out_ours', fields.BigIntField(default=0)),
                ('out_theirs', fields.BigIntField(default=0)),
                ('in_theirs', fields.BigIntField(default=0)),
                ('in_ours', fields.BigIntField(default=0)),
                ('most_a_day', fields.BigIntField()),
                ('in_days', fields.IntField(null=True)),
                ('is_on', fields.BooleanField(default=True)),
            ],
            options={'table': 'points_alliance', 'app': 'points', 'pk_attr': 'id', 'table_description': 'What points of one outside partner are worth (积分联盟); `code` names it in the settings.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Alliance',
            constraint=CheckConstraint(check='least(out_ours, out_theirs, in_theirs, in_ours, most_a_day) >= 0 AND (out_ours > 0) = (out_theirs > 0) AND (in_ours > 0) = (in_theirs > 0) AND in_days >= 1', name='points_alliance_rates_check'),
        ),
        ops.CreateModel(
            name='AllianceAccount',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('alliance', fields.ForeignKeyField('points.Alliance', source_field='alliance_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('account_cipher', fields.CharField(null=True, max_length=400)),
                ('linked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('unlinked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_alliance_account', 'app': 'points', 'pk_attr': 'id', 'table_description': "A member's account at a partner, encrypted and bound to this row; at most one row is open."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='AllianceAccount',
            constraint=UniqueConstraint(fields=('member_id', 'alliance'), name='points_alliance_account_open', condition='unlinked_at IS NULL'),
        ),
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
            name='Difference',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('alliance', fields.ForeignKeyField('points.Alliance', source_field='alliance_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('exchange_no', fields.CharField(max_length=64)),
                ('what', fields.CharField(max_length=20)),
                ('ours', fields.BigIntField(null=True)),
                ('theirs', fields.BigIntField(null=True)),
                ('found_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('settled_by', fields.CharField(default='', max_length=40)),
                ('note', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'points_difference', 'app': 'points', 'unique_together': (('alliance', 'day', 'exchange_no', 'what'),), 'pk_attr': 'id', 'table_description': "Where a partner's list of a day and ours disagree (对账差异); a person says what was done."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Earning',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('program', fields.CharField(max_length=40)),
                ('program_id', fields.BigIntField(null=True)),
                ('member_id', fields.BigIntField()),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('on', fields.CharEnumField(description='ORDER: order\nSIGN_IN: sign_in\nJOIN: join\nBIRTHDAY: birthday\nREVIEW: review\nSHARE: share\nFAVOURITE: favourite\nVISIT: visit\nFOLLOW: follow\nGIFT: gift', enum_type=On, max_length=12)),
                ('cause_kind', fields.CharField(max_length=60)),
                ('cause_key', fields.CharField(max_length=120)),
                ('order_id', fields.BigIntField(null=True, db_index=True)),
                ('order_no', fields.CharField(null=True, max_length=32)),
                ('base', fields.BigIntField()),
                ('points', fields.BigIntField()),
                ('coupon', fields.CharField(db_default='', max_length=40)),
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
            name='Exchange',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('exchange_no', fields.CharField(unique=True, max_length=32)),
                ('alliance', fields.ForeignKeyField('points.Alliance', source_field='alliance_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('member_id', fields.BigIntField()),
                ('request_key', fields.CharField(max_length=80)),
                ('direction', fields.CharEnumField(description='OUT: out\nIN: in', enum_type=Direction, max_length=4)),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('ours', fields.BigIntField()),
                ('theirs', fields.BigIntField()),
                ('account', fields.ForeignKeyField('points.AllianceAccount', source_field='account_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('state', fields.CharEnumField(default=ExchangeState.WANTED, description='WANTED: wanted\nUNKNOWN: unknown\nDONE: done\nREFUSED: refused', enum_type=ExchangeState, max_length=8)),
                ('why', fields.CharField(default='', max_length=80)),
                ('partner_no', fields.CharField(default='', max_length=64)),
                ('day', fields.DateField(db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_exchange', 'app': 'points', 'unique_together': (('member_id', 'request_key'),), 'pk_attr': 'id', 'table_description': 'Points that cross to a partner or come from one (积分互换), under our number.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Exchange',
            constraint=CheckConstraint(check='ours > 0 AND theirs > 0', name='points_exchange_amounts_check'),
        ),
        ops.AddConstraint(
            model_name='Exchange',
            constraint=CheckConstraint(check="(state IN ('done', 'refused')) = (ended_at IS NOT NULL)", name='points_exchange_ended_check'),
        ),
        ops.CreateModel(
            name='ProgramRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.IntField()),
                ('name', fields.CharField(max_length=40)),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('on', fields.CharEnumField(description='ORDER: order\nSIGN_IN: sign_in\nJOIN: join\nBIRTHDAY: birthday\nREVIEW: review\nSHARE: share\nFAVOURITE: favourite\nVISIT: visit\nFOLLOW: follow\nGIFT: gift', enum_type=On, max_length=12)),
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
            name='Reminder',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('points', fields.BigIntField()),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_reminder', 'app': 'points', 'unique_together': (('member_id', 'purse', 'expires_at'),), 'pk_attr': 'id', 'table_description': 'A member was told that points of one purse end at one moment. Once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Reward',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('kind', fields.CharEnumField(description='GIFT: gift\nCOUPON: coupon\nPRODUCT: product', enum_type=RewardKind, max_length=8)),
                ('name', fields.CharField(max_length=40)),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('points', fields.BigIntField()),
                ('coupon', fields.CharField(default='', max_length=40)),
                ('stock', fields.BigIntField(null=True)),
                ('each_most', fields.IntField(null=True)),
                ('keep_days', fields.IntField(default=30)),
                ('is_on', fields.BooleanField(default=True)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('redeemed', fields.BigIntField(db_default=0)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_reward', 'app': 'points', 'pk_attr': 'id', 'table_description': 'What points can be redeemed for (积分商城). `stock` is what is left, None: no limit.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Reward',
            constraint=CheckConstraint(check='points > 0 AND stock >= 0 AND each_most >= 1 AND keep_days >= 1 AND redeemed >= 0', name='points_reward_amounts_check'),
        ),
        ops.AddConstraint(
            model_name='Reward',
            constraint=CheckConstraint(check="(kind = 'gift') = (coupon = '')", name='points_reward_coupon_check'),
        ),
        ops.CreateModel(
            name='Redemption',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('redemption_no', fields.CharField(unique=True, max_length=32)),
                ('reward', fields.ForeignKeyField('points.Reward', source_field='reward_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('member_id', fields.BigIntField()),
                ('request_key', fields.CharField(max_length=80)),
                ('pieces', fields.IntField()),
                ('points', fields.BigIntField()),
                ('purse', fields.CharEnumField(description='POINTS: points\nBEHAVIOUR: behaviour_points', enum_type=Purse, max_length=20)),
                ('state', fields.CharEnumField(description='READY: ready\nHANDED_OVER: handed_over\nDONE: done\nCANCELLED: cancelled', enum_type=RedemptionState, max_length=12)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('coupons', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('ready_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('by', fields.CharField(default='', max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'points_redemption', 'app': 'points', 'unique_together': (('member_id', 'request_key'),), 'indexes': [Index(fields=['reward_id', 'member_id'])], 'pk_attr': 'id', 'table_description': 'Points a member gave for a reward (积分兑换), and what became of it.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Redemption',
            constraint=CheckConstraint(check='pieces > 0 AND points > 0', name='points_redemption_amounts_check'),
        ),
        ops.AddConstraint(
            model_name='Redemption',
            constraint=CheckConstraint(check="(state = 'ready') = (ended_at IS NULL)", name='points_redemption_ended_check'),
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
