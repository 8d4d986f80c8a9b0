from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='OutboxRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('event', fields.CharField(max_length=80)),
                ('listener', fields.CharField(max_length=160)),
                ('payload', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('attempts', fields.IntField(default=0)),
                ('due_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('error', fields.CharField(null=True, max_length=500)),
            ],
            options={'table': 'core_outbox', 'app': 'core', 'pk_attr': 'id', 'table_description': "One piece of news still owed to one listener. Dues and leases go by the database's clock."},
            bases=['Model'],
        ),
        # By hand: PartialIndex would write "= null", which indexes nothing.
        ops.RunSQL(
            'CREATE INDEX core_outbox_owed ON core_outbox (id) WHERE done_at IS NULL',
            'DROP INDEX core_outbox_owed',
        ),
    ]
