from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from core.privacy import Purpose
from crm.people.rules.dealings import MessageState, Why
from crm.people.rules.handling import Handling
from crm.people.rules.identities import Entrance, Gender, IdKind, MatchedBy
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
            name='Erasure',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField(unique=True)),
                ('actor', fields.CharField(max_length=80)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('why_waits', fields.CharField(default='', max_length=40)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('counts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'people_erasure', 'app': 'people', 'pk_attr': 'id', 'table_description': 'Somebody wants to be forgotten (注销); `why_waits` says what has to end first.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Match',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('one_id', fields.BigIntField(db_index=True)),
                ('other_id', fields.BigIntField(db_index=True)),
                ('matched_by', fields.CharEnumField(description='UNION_ID: union_id\nPHONE: phone\nTILL_CARD: till_card\nEMAIL: email\nPERSON: person', enum_type=MatchedBy, max_length=20)),
                ('found_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by', fields.CharField(default='', max_length=80)),
                ('is_same', fields.BooleanField(null=True)),
            ],
            options={'table': 'people_match', 'app': 'people', 'unique_together': (('one_id', 'other_id', 'matched_by'),), 'pk_attr': 'id', 'table_description': 'Two members who may be one person, for somebody to look at (疑似同一人).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Member',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('tier', fields.CharField(default='standard', max_length=20)),
                ('joined_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('entrance', fields.CharEnumField(null=True, description='OFFICIAL_ACCOUNT: official_account\nSOCIAL: social\nMINI_PROGRAM: mini_program\nMARKETPLACE: marketplace\nPUSH: push\nSTORE: store', enum_type=Entrance, max_length=20)),
                ('home_store_id', fields.BigIntField(null=True, db_index=True)),
                ('name_cipher', fields.CharField(null=True, max_length=255)),
                ('birthday_cipher', fields.CharField(null=True, max_length=255)),
                ('birth_month', fields.SmallIntField(null=True)),
                ('birth_day', fields.SmallIntField(null=True)),
                ('minor_until', fields.DateField(null=True)),
                ('gender', fields.CharEnumField(null=True, description='FEMALE: female\nMALE: male\nOTHER: other', enum_type=Gender, max_length=10)),
                ('merged_into_id', fields.BigIntField(null=True, db_index=True)),
                ('erased_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_member', 'app': 'people', 'indexes': [Index(fields=['birth_month', 'birth_day'])], 'pk_attr': 'id', 'table_description': 'A person the brand knows (会员). Who they are elsewhere stands in their identities.'},
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
                ('purpose', fields.CharEnumField(description='MEMBERSHIP: membership\nPHONE: phone\nMARKETING: marketing\nFRANCHISEE: franchisee\nSENSITIVE: sensitive\nOTHER_COMPANY: other_company\nPUBLISHING: publishing\nABROAD: abroad\nORDINARY_VIEW: ordinary_view\nGUARDIAN: guardian', enum_type=Purpose, max_length=20)),
                ('text_version', fields.CharField(max_length=40)),
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
            name='Identity',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', related_name='identities', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='OPEN_ID: open_id\nUNION_ID: union_id\nEXTERNAL_USERID: external_userid\nPHONE: phone\nEMAIL: email\nTILL_CARD: till_card', enum_type=IdKind, max_length=20)),
                ('realm', fields.CharField(default='', db_default='', max_length=64)),
                ('known_as', fields.CharField(max_length=128)),
                ('tail_index', fields.CharField(null=True, db_index=True, max_length=120)),
                ('cipher', fields.CharField(null=True, max_length=400)),
                ('source', fields.CharField(max_length=40)),
                ('since', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('verified_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('why_ended', fields.CharField(default='', db_default='', max_length=40)),
            ],
            options={'table': 'people_identity', 'app': 'people', 'indexes': [Index(fields=['member_id', 'kind'])], 'pk_attr': 'id', 'table_description': 'What a person is known by somewhere, from when to when, and who said so.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Identity',
            constraint=UniqueConstraint(fields=('kind', 'realm', 'known_as'), name='people_identity_open', condition='until IS NULL'),
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
            name='Merge',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('kept_id', fields.BigIntField(db_index=True)),
                ('gone_id', fields.BigIntField(db_index=True)),
                ('matched_by', fields.CharEnumField(description='UNION_ID: union_id\nPHONE: phone\nTILL_CARD: till_card\nEMAIL: email\nPERSON: person', enum_type=MatchedBy, max_length=20)),
                ('reason', fields.CharField(max_length=200)),
                ('actor', fields.CharField(max_length=80)),
                ('filled', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('moved', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('undone_by', fields.CharField(default='', max_length=80)),
                ('undone_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'people_merge', 'app': 'people', 'pk_attr': 'id', 'table_description': 'Two members were one person: `gone_id` went into `kept_id`. It can be undone, once.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Merge',
            constraint=UniqueConstraint(fields=('gone_id',), name='people_merge_standing', condition='undone_at IS NULL'),
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
            name='OldMembersFile',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('fingerprint', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(max_length=120)),
                ('lines_done', fields.IntField(default=0)),
                ('new', fields.IntField(default=0)),
                ('changed', fields.IntField(default=0)),
                ('same', fields.IntField(default=0)),
                ('refused', fields.IntField(default=0)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_old_members_file', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A file of old members and how far it was taken: a stopped import goes on behind it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('known_as', fields.CharField(db_index=True, max_length=128)),
                ('code_hash', fields.CharField(max_length=64)),
                ('tries', fields.SmallIntField(default=0)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_one_time_code', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A code sent to a phone or an e-mail to show whose it is. Only hashes are kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Parting',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('company_id', fields.BigIntField(db_index=True)),
                ('parted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('back_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_parting', 'app': 'people', 'indexes': [Index(fields=['member_id', 'company_id'])], 'pk_attr': 'id', 'table_description': 'A member left one company: its stores see them no more, until `back_at` (P12).'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Parting',
            constraint=UniqueConstraint(fields=('member_id', 'company_id'), name='people_parting_open', condition='back_at IS NULL'),
        ),
        ops.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('table_name', fields.CharField(max_length=63)),
                ('rows', fields.IntField(default=0)),
            ],
            options={'table': 'people_retention_run', 'app': 'people', 'unique_together': (('day', 'table_name'),), 'pk_attr': 'id', 'table_description': 'What the retention job deleted of one table on one day (P13).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StoreContract',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField()),
                ('company_id', fields.BigIntField(db_index=True)),
                ('handling', fields.CharEnumField(description='OWN: own\nENTRUSTED: entrusted\nJOINT: joint\nPROVIDED: provided', enum_type=Handling, max_length=10)),
                ('contract_no', fields.CharField(max_length=60)),
                ('recorded_by', fields.CharField(max_length=80)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_store_contract', 'app': 'people', 'indexes': [Index(fields=['store_id', 'id'])], 'pk_attr': 'id', 'table_description': "By which contract a store of another company (`company_id`, 加盟商) handles members' data."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Touch',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member', fields.ForeignKeyField('people.Member', source_field='member_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('entrance', fields.CharEnumField(null=True, description='OFFICIAL_ACCOUNT: official_account\nSOCIAL: social\nMINI_PROGRAM: mini_program\nMARKETPLACE: marketplace\nPUSH: push\nSTORE: store', enum_type=Entrance, max_length=20)),
                ('guide_id', fields.BigIntField(null=True, db_index=True)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('group_id', fields.BigIntField(null=True, db_index=True)),
                ('product_id', fields.BigIntField(null=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_touch', 'app': 'people', 'indexes': [Index(fields=['member_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A member came in by an entrance, maybe by a signed source (来源触点); the first counts.'},
            bases=['Model'],
        ),
    ]
