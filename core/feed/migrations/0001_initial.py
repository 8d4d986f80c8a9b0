from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.feed.rules import SubscriptionState
from core.ids import new_id
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Change',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=40)),
                ('event', fields.CharField(max_length=80)),
                ('facts', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'feed_change', 'app': 'feed', 'pk_attr': 'id', 'table_description': 'An event that partners may hear of, noted in its own transaction; gone once it is told.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Document',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=40)),
                ('subject', fields.CharField(max_length=80)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('data', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'feed_document', 'app': 'feed', 'pk_attr': 'id', 'table_description': 'What partners are told of one change, or of its part in one store. Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Message',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('subscription_id', fields.BigIntField(db_index=True)),
                ('sequence', fields.BigIntField()),
                ('document', fields.ForeignKeyField('feed.Document', source_field='document_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('set_aside_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'feed_message', 'app': 'feed', 'unique_together': (('subscription_id', 'sequence'),), 'pk_attr': 'id', 'table_description': 'A document in one subscription under its number. `set_aside_at`: refused too often.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SecretRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('subscription_id', fields.BigIntField(db_index=True)),
                ('key_id', fields.CharField(unique=True, max_length=16)),
                ('cipher', fields.TextField(unique=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'feed_secret', 'app': 'feed', 'pk_attr': 'id', 'table_description': 'A secret that signs what a subscription is sent (签名密钥), sealed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Subscription',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('partner_id', fields.BigIntField(db_index=True)),
                ('kinds', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('url', fields.CharField(default='', max_length=300)),
                ('state', fields.CharEnumField(description='ACTIVE: active\nPARKED: parked\nENDED: ended', enum_type=SubscriptionState, max_length=10)),
                ('last_sequence', fields.BigIntField(default=0)),
                ('delivered', fields.BigIntField(default=0)),
                ('tries', fields.IntField(default=0)),
                ('due_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('error', fields.CharField(default='', max_length=120)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'feed_subscription', 'app': 'feed', 'pk_attr': 'id', 'table_description': 'What one partner wants to hear and how far it has heard.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Subscription',
            constraint=CheckConstraint(check='delivered BETWEEN 0 AND last_sequence', name='feed_subscription_delivered_check'),
        ),
    ]
