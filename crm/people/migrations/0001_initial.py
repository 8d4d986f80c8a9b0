from tortoise import migrations
from tortoise.migrations import operations as ops
from core.ids import new_id
from crm.people.rules import MessageState, Purpose, Why
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Attribution',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_no', fields.CharField(unique=True, max_length=32)),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('guide_id', fields.BigIntField(null=True, db_index=True)),
                ('group_id', fields.BigIntField(null=True, db_index=True)),
                ('why', fields.CharEnumField(description='SOURCE: source\nBINDING: binding\nNOBODY: nobody', enum_type=Why, max_length=20)),
                ('rule', fields.CharField(max_length=10)),
                ('paid_fen', fields.BigIntField()),
                ('points', fields.BigIntField()),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_attribution', 'app': 'people', 'indexes': [Index(fields=['store_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Who gets the credit of a paid order (业绩归属), why, and by which version of the rule.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Attribution',
            constraint=CheckConstraint(check='least(paid_fen, points) >= 0', name='people_attribution_amounts_check'),
        ),
        ops.CreateModel(
            name='CustomerGroup',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('chat_id', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(default='', max_length=120)),
                ('owner_guide_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('gone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_group', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A WeCom customer group (客户群), as far as sharing needs it: whose it is, of which store.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Member',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('union_id', fields.CharField(null=True, unique=True, max_length=64)),
                ('phone_cipher', fields.CharField(null=True, max_length=255)),
                ('phone_index', fields.CharField(null=True, unique=True, max_length=120)),
                ('phone_last4_index', fields.CharField(null=True, db_index=True, max_length=120)),
                ('tier', fields.CharField(default='standard', max_length=20)),
                ('joined_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_member', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A person the brand knows (会员). The phone is a cipher bound to this row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Binding',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', related_name='bindings', on_delete=OnDelete.CASCADE)),
                ('guide_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('bound_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('unbound_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_binding', 'app': 'people', 'indexes': [Index(fields=['member_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Which guide of which store looks after a member (导购绑定); at most one row is open.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Binding',
            constraint=UniqueConstraint(fields=('member',), name='people_binding_open', condition='unbound_at IS NULL'),
        ),
        ops.CreateModel(
            name='Consent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', related_name='consents', on_delete=OnDelete.CASCADE)),
                ('purpose', fields.CharEnumField(description='MEMBERSHIP: membership\nPHONE: phone\nMARKETING: marketing\nFRANCHISEE: franchisee', enum_type=Purpose, max_length=20)),
                ('text_version', fields.CharField(max_length=20)),
                ('how', fields.CharField(max_length=40)),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_consent', 'app': 'people', 'pk_attr': 'id', 'table_description': 'Somebody agreed to one purpose, having read one version of its text.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Consent',
            constraint=UniqueConstraint(fields=('member', 'purpose'), name='people_consent_open', condition='withdrawn_at IS NULL'),
        ),
        ops.CreateModel(
            name='FollowUp',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('product_id', fields.BigIntField(db_index=True)),
                ('guide_id', fields.BigIntField(db_index=True)),
                ('due_on', fields.DateField()),
            ],
            options={'table': 'people_follow_up', 'app': 'people', 'unique_together': (('member', 'product_id'),), 'pk_attr': 'id', 'table_description': 'A reason for a shopping guide (导购) to say hello.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MemberId',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('app_id', fields.CharField(max_length=64)),
                ('open_id', fields.CharField(max_length=64)),
            ],
            options={'table': 'people_member_id', 'app': 'people', 'unique_together': (('app_id', 'open_id'),), 'indexes': [Index(fields=['member_id'])], 'pk_attr': 'id', 'table_description': 'What one app calls a member: an OpenID is worth nothing in another app.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MemberMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('state', fields.CharEnumField(default=MessageState.WANTED, description='WANTED: wanted\nDELIVERED: delivered\nUNKNOWN: unknown\nFAILED: failed', enum_type=MessageState, max_length=20)),
                ('why', fields.CharField(default='', max_length=40)),
                ('wanted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_member_message', 'app': 'people', 'pk_attr': 'id', 'table_description': 'Something a member should read on the phone, and how it ended. `key` is said once, ever.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MessageIntent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('staff_id', fields.BigIntField(db_index=True)),
                ('text', fields.CharField(max_length=600)),
                ('state', fields.CharEnumField(default=MessageState.WANTED, description='WANTED: wanted\nDELIVERED: delivered\nUNKNOWN: unknown\nFAILED: failed', enum_type=MessageState, max_length=20)),
                ('wanted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('first_tried_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_message_intent', 'app': 'people', 'pk_attr': 'id', 'table_description': 'Something we want a member of staff to read, and how it ended. `key` is said once, ever.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Touch',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('guide_id', fields.BigIntField(null=True, db_index=True)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('group_id', fields.BigIntField(null=True, db_index=True)),
                ('product_id', fields.BigIntField(null=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_touch', 'app': 'people', 'indexes': [Index(fields=['member_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A member came by a signed source (来源触点): the first row is where the knowing began.'},
            bases=['Model'],
        ),
    ]
