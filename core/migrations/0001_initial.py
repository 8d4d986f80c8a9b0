from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.security.scope import Role
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AccessToken',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=120)),
                ('cipher', fields.TextField(null=True, unique=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_access_token', 'app': 'core', 'pk_attr': 'name', 'table_description': '`cipher` is null while the first fetch runs; its lease ends a claim whose process died.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ApiKeyRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('partner_id', fields.BigIntField(db_index=True)),
                ('prefix', fields.CharField(unique=True, max_length=16)),
                ('secret_hash', fields.CharField(max_length=64)),
                ('made_by', fields.CharField(max_length=80)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_api_key', 'app': 'core', 'pk_attr': 'id', 'table_description': 'A key of a partner. `prefix` is shown and logged, the rest is known by its hash alone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IdempotencyRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('actor', fields.CharField(max_length=80)),
                ('request_key', fields.CharField(max_length=80)),
                ('fingerprint', fields.CharField(max_length=64)),
                ('status', fields.IntField(null=True)),
                ('answer', fields.TextField(null=True, unique=False)),
                ('leased_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_idempotency', 'app': 'core', 'unique_together': (('actor', 'request_key'),), 'pk_attr': 'id', 'table_description': '`answer` is null while the first call runs; its lease ends a claim whose process died.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='InboxRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=40)),
                ('content_key', fields.CharField(max_length=160)),
                ('body', fields.TextField(unique=False)),
                ('facts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('seen', fields.IntField(default=1)),
                ('received_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_inbox', 'app': 'core', 'unique_together': (('source', 'content_key'),), 'pk_attr': 'id', 'table_description': 'One verified notice. `content_key` names its content: the same again is the same row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MovedRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('cause', fields.CharField(db_index=True, max_length=60)),
                ('table_name', fields.CharField(max_length=63)),
                ('column_name', fields.CharField(max_length=63)),
                ('row_id', fields.BigIntField()),
                ('from_id', fields.BigIntField()),
                ('to_id', fields.BigIntField()),
                ('moved_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('back_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_moved_row', 'app': 'core', 'indexes': [Index(fields=['table_name', 'row_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A row that went from one member to another, and may go back. `cause` names the merge.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutboxRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=8)),
                ('name', fields.CharField(max_length=160)),
                ('debt_key', fields.CharField(null=True, max_length=160)),
                ('payload', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('lease_no', fields.IntField(default=0)),
                ('tries', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('dead_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('error', fields.CharField(null=True, max_length=500)),
            ],
            options={'table': 'core_outbox', 'app': 'core', 'pk_attr': 'id', 'table_description': "One debt. `kind` is news (to one listener) or job. Dues go by the database's clock."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PartnerRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('grants', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('store_ids', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('is_everywhere', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_partner', 'app': 'core', 'pk_attr': 'id', 'table_description': 'One outside program and what it may do. `store_ids` is empty when `is_everywhere`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Schedule',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=80)),
                ('due_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_schedule', 'app': 'core', 'pk_attr': 'name', 'table_description': 'When a recurring job is due next, and who runs it now (one owner by lease).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SessionRow',
            fields=[
                ('token_hash', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('role', fields.CharEnumField(description='MEMBER: member\nGUIDE: guide\nSTORE_MANAGER: store_manager\nFRANCHISEE: franchisee\nMARKETER: marketer\nHEAD_OFFICE: head_office\nPARTNER: partner', enum_type=Role, max_length=20)),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('staff_id', fields.BigIntField(null=True, db_index=True)),
                ('label', fields.CharField(default='', max_length=80)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_session', 'app': 'core', 'pk_attr': 'token_hash', 'table_description': 'A login. Only the hash of the token is kept; the rights are looked up at each request.'},
            bases=['Model'],
        ),
        # By hand: partial indexes. What is open is found fast, and an open debt has one key.
        ops.RunSQL(
            'CREATE INDEX core_outbox_owed ON core_outbox (due_at, id) WHERE done_at IS NULL AND dead_at IS NULL',
            'DROP INDEX core_outbox_owed',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX core_outbox_open_key ON core_outbox (name, debt_key)'
            ' WHERE done_at IS NULL AND dead_at IS NULL',
            'DROP INDEX core_outbox_open_key',
        ),
    ]
