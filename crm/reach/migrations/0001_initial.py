from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from core.privacy import Purpose
from crm.reach.rules import Channel, State, Window
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='GuideTask',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('guide_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('text', fields.CharField(max_length=200)),
                ('due_on', fields.DateField()),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('note', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'reach_guide_task', 'app': 'reach', 'pk_attr': 'id', 'table_description': 'Something a guide should do for a member of theirs (跟进任务). `key` is asked once, ever.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Limit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('channel', fields.CharField(default='', max_length=12)),
                ('span', fields.CharEnumField(description='DAY: day\nWEEK: week\nMONTH: month', enum_type=Window, max_length=8)),
                ('most', fields.IntField()),
            ],
            options={'table': 'reach_limit', 'app': 'reach', 'unique_together': (('channel', 'span'),), 'pk_attr': 'id', 'table_description': 'At most so many marketing messages to one member in a calendar window.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Permit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('platform_id', fields.CharField(max_length=64)),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('message_id', fields.BigIntField(null=True, db_index=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reach_permit', 'app': 'reach', 'pk_attr': 'id', 'table_description': 'A member allowed one subscription message of one template (一次性订阅). `key` names the tap.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QuietHours',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('starts', fields.CharField(max_length=5)),
                ('ends', fields.CharField(max_length=5)),
            ],
            options={'table': 'reach_quiet_hours', 'app': 'reach', 'pk_attr': 'id', 'table_description': 'The one row that says when members are left alone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Spent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('channel', fields.CharField(default='', max_length=12)),
                ('span', fields.CharEnumField(description='DAY: day\nWEEK: week\nMONTH: month', enum_type=Window, max_length=8)),
                ('starts_on', fields.DateField()),
                ('used', fields.IntField(default=0)),
            ],
            options={'table': 'reach_spent', 'app': 'reach', 'unique_together': (('member_id', 'channel', 'span', 'starts_on'),), 'pk_attr': 'id', 'table_description': "How much of one member's budget one window has used."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Spent',
            constraint=CheckConstraint(check='used >= 0', name='reach_spent_used_check'),
        ),
        ops.CreateModel(
            name='Template',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=60)),
                ('channel', fields.CharEnumField(description='SUBSCRIBE: subscribe\nWECOM: wecom\nSMS: sms\nMAIL: mail', enum_type=Channel, max_length=12)),
                ('purpose', fields.CharEnumField(description='MEMBERSHIP: membership\nPHONE: phone\nMARKETING: marketing\nFRANCHISEE: franchisee\nSENSITIVE: sensitive\nOTHER_COMPANY: other_company\nPUBLISHING: publishing\nABROAD: abroad\nORDINARY_VIEW: ordinary_view\nGUARDIAN: guardian', enum_type=Purpose, max_length=20)),
                ('subject', fields.CharField(default='', max_length=120)),
                ('text', fields.TextField(default='', unique=False)),
                ('platform_id', fields.CharField(default='', max_length=64)),
                ('page', fields.CharField(default='', max_length=120)),
                ('data', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('is_on', fields.BooleanField(default=True)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reach_template', 'app': 'reach', 'pk_attr': 'id', 'table_description': 'What a message says. Changing it changes what is sent from then on.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Message',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('channel', fields.CharEnumField(description='SUBSCRIBE: subscribe\nWECOM: wecom\nSMS: sms\nMAIL: mail', enum_type=Channel, max_length=12)),
                ('purpose', fields.CharEnumField(description='MEMBERSHIP: membership\nPHONE: phone\nMARKETING: marketing\nFRANCHISEE: franchisee\nSENSITIVE: sensitive\nOTHER_COMPANY: other_company\nPUBLISHING: publishing\nABROAD: abroad\nORDINARY_VIEW: ordinary_view\nGUARDIAN: guardian', enum_type=Purpose, max_length=20)),
                ('template', fields.ForeignKeyField('reach.Template', source_field='template_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('words', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('said', fields.TextField(default='', unique=False)),
                ('cause', fields.CharField(db_index=True, max_length=60)),
                ('batch', fields.CharField(db_index=True, max_length=120)),
                ('state', fields.CharEnumField(default=State.WANTED, description='WANTED: wanted\nUNKNOWN: unknown\nHANDED: handed\nSENT: sent\nFAILED: failed\nSUPPRESSED: suppressed', enum_type=State, max_length=12)),
                ('why', fields.CharField(default='', max_length=20)),
                ('spent', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('partner_no', fields.CharField(default='', max_length=80)),
                ('guide_id', fields.BigIntField(null=True)),
                ('wanted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('is_held', fields.BooleanField(default=False)),
                ('not_after', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('tried_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('asked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reach_message', 'app': 'reach', 'indexes': [Index(fields=['state', 'channel'])], 'pk_attr': 'id', 'table_description': 'One message to one member, and how it ended. `key` is said once, ever.'},
            bases=['Model'],
        ),
    ]
