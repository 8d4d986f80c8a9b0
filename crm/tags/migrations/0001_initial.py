from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from crm.tags.rules import Change, PushState, Source
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='SyncRun',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('started_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('followers', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('place', fields.IntField(db_default=0)),
                ('cursor', fields.CharField(db_default='', max_length=200)),
                ('contacts', fields.IntField(db_default=0)),
                ('strangers', fields.IntField(db_default=0)),
                ('changed', fields.IntField(db_default=0)),
                ('problem', fields.CharField(db_default='', max_length=200)),
            ],
            options={'table': 'tags_sync_run', 'app': 'tags', 'pk_attr': 'id', 'table_description': 'One look through all contacts of WeCom: how far it is (`cursor`), what it found, what failed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TagGroup',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('name', fields.CharField(max_length=30)),
                ('is_single', fields.BooleanField(default=False)),
                ('position', fields.IntField(default=0)),
                ('wecom_id', fields.CharField(null=True, unique=True, max_length=64)),
                ('archived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tags_group', 'app': 'tags', 'pk_attr': 'id', 'table_description': 'Tags that belong together (标签组). `is_single`: a member has at most one of them by hand.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='TagGroup',
            constraint=UniqueConstraint(fields=('name',), name='tags_group_name', condition='archived_at IS NULL'),
        ),
        ops.CreateModel(
            name='Tag',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('group', fields.ForeignKeyField('tags.TagGroup', source_field='group_id', db_constraint=True, to_field='id', related_name='tags', on_delete=OnDelete.CASCADE)),
                ('name', fields.CharField(max_length=30)),
                ('position', fields.IntField(default=0)),
                ('condition', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('refreshed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('valid_days', fields.IntField(null=True)),
                ('is_shared', fields.BooleanField(default=False)),
                ('wecom_id', fields.CharField(null=True, unique=True, max_length=64)),
                ('push', fields.CharEnumField(default=PushState.SETTLED, description='SETTLED: settled\nWANTED: wanted\nUNKNOWN: unknown\nFAILED: failed', enum_type=PushState, max_length=10)),
                ('push_why', fields.CharField(default='', max_length=80)),
                ('made_by', fields.CharField(default='', max_length=40)),
                ('archived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tags_tag', 'app': 'tags', 'pk_attr': 'id', 'table_description': 'One tag (标签). With a `condition` it is a rule tag: who it holds for has it, nobody else.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Tag',
            constraint=UniqueConstraint(fields=('group', 'name'), name='tags_tag_name', condition='archived_at IS NULL'),
        ),
        ops.AddConstraint(
            model_name='Tag',
            constraint=CheckConstraint(check='valid_days > 0', name='tags_tag_valid_days_check'),
        ),
        ops.CreateModel(
            name='CorpMark',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('tag', fields.ForeignKeyField('tags.Tag', source_field='tag_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('is_there', fields.BooleanField()),
                ('wanted', fields.CharEnumField(null=True, description='ADD: add\nREMOVE: remove', enum_type=Change, max_length=10)),
                ('state', fields.CharEnumField(description='SETTLED: settled\nWANTED: wanted\nUNKNOWN: unknown\nFAILED: failed', enum_type=PushState, max_length=10)),
                ('why', fields.CharField(db_default='', max_length=80)),
                ('changed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tags_corp_mark', 'app': 'tags', 'unique_together': (('member_id', 'tag'),), 'pk_attr': 'id', 'table_description': 'One tag of one member as WeCom has it, and what we want of WeCom. One row for both.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CorpMark',
            constraint=CheckConstraint(check="(wanted IS NULL) = (state = 'settled')", name='tags_corp_mark_wanted_check'),
        ),
        ops.CreateModel(
            name='Mark',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('tag', fields.ForeignKeyField('tags.Tag', source_field='tag_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('source', fields.CharEnumField(description='MANUAL: manual\nRULE: rule\nWECOM: wecom\nIMPORT: import\nJOURNEY: journey', enum_type=Source, max_length=10)),
                ('by', fields.CharField(max_length=40)),
                ('cause', fields.CharField(default='', max_length=120)),
                ('since_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('until_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharField(db_default='', max_length=40)),
            ],
            options={'table': 'tags_mark', 'app': 'tags', 'pk_attr': 'id', 'table_description': 'A member has a tag, says `source`; until `until_at`, where there is an end.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Mark',
            constraint=UniqueConstraint(fields=('member_id', 'tag', 'source'), name='tags_mark_open', condition='ended_at IS NULL'),
        ),
        # By hand: who has a tag now, what ends next, what WeCom still has to be told.
        ops.RunSQL(
            """
            CREATE INDEX tags_mark_holders ON tags_mark (tag_id, member_id) WHERE ended_at IS NULL;
            CREATE INDEX tags_mark_ending ON tags_mark (until_at)
                WHERE ended_at IS NULL AND until_at IS NOT NULL;
            CREATE INDEX tags_mark_history ON tags_mark (member_id, id);
            CREATE INDEX tags_corp_mark_wanted ON tags_corp_mark (member_id)
                WHERE state IN ('wanted', 'unknown');
            CREATE UNIQUE INDEX tags_sync_run_open ON tags_sync_run ((true))
                WHERE ended_at IS NULL;
            """,
            """
            DROP INDEX tags_mark_holders, tags_mark_ending, tags_mark_history,
                tags_corp_mark_wanted, tags_sync_run_open;
            """,
        ),
    ]
