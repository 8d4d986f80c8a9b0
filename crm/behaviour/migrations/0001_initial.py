from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='DayCount',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('on_day', fields.DateField()),
                ('kind', fields.CharField(max_length=20)),
                ('times', fields.IntField()),
            ],
            options={'table': 'behaviour_day', 'app': 'behaviour', 'unique_together': (('member_id', 'kind', 'on_day'),), 'pk_attr': 'id', 'table_description': 'How often a member did one thing on one day of the shop; written with the steps.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='DayCount',
            constraint=CheckConstraint(check='times > 0', name='behaviour_day_times_check'),
        ),
        ops.CreateModel(
            name='Event',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.UUIDField(unique=True)),
                ('member_id', fields.BigIntField(null=True)),
                ('visitor_id', fields.BigIntField(null=True)),
                ('kind', fields.CharField(max_length=20)),
                ('product_id', fields.BigIntField(null=True)),
                ('store_id', fields.BigIntField(null=True)),
                ('source_id', fields.BigIntField(null=True)),
                ('subject', fields.CharField(db_default='', max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'behaviour_event', 'app': 'behaviour', 'pk_attr': 'id', 'table_description': 'One step of a journey. `key` is made of who told it and their number for it: once, ever.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Portrait',
            fields=[
                ('id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('has_bought', fields.BooleanField()),
                ('category', fields.CharField(null=True, max_length=40)),
                ('brand', fields.CharField(null=True, max_length=40)),
                ('level', fields.SmallIntField(null=True)),
                ('discount_bp', fields.IntField(null=True)),
                ('new_bp', fields.IntField(null=True)),
                ('steps', fields.IntField()),
                ('as_of', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'behaviour_portrait', 'app': 'behaviour', 'pk_attr': 'id', 'table_description': 'What a member seems to like (画像), worked out by a job from what they bought, or else saw.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Portrait',
            constraint=CheckConstraint(check='level BETWEEN 1 AND 5', name='behaviour_portrait_level_check'),
        ),
        ops.CreateModel(
            name='ProductDay',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('on_day', fields.DateField()),
                ('product_id', fields.BigIntField()),
                ('kind', fields.CharField(max_length=20)),
                ('times', fields.IntField()),
                ('people', fields.IntField()),
            ],
            options={'table': 'behaviour_product_day', 'app': 'behaviour', 'unique_together': (('on_day', 'kind', 'product_id'),), 'pk_attr': 'id', 'table_description': 'How often a product was looked at, shared, put in carts … on one day, and by how many.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SourceRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('fingerprint', fields.CharField(unique=True, max_length=64)),
                ('guide_id', fields.BigIntField(null=True)),
                ('store_id', fields.BigIntField(null=True)),
                ('group_id', fields.BigIntField(null=True)),
                ('scene', fields.IntField(null=True)),
                ('campaign', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'behaviour_source', 'app': 'behaviour', 'pk_attr': 'id', 'table_description': 'Where steps came from (来源), each combination once; steps carry its number.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Visitor',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('first_seen_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('last_seen_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'behaviour_visitor', 'app': 'behaviour', 'pk_attr': 'id', 'table_description': 'A phone on which nobody had signed in yet. `token_hash` is of the number it drew for itself.'},
            bases=['Model'],
        ),
        # By hand: a member's journey; one kind in a window; old days, which lie together; and what
        # a sign-in makes a member's own.
        ops.RunSQL(
            """
            CREATE INDEX behaviour_event_journey ON behaviour_event (member_id, at)
                WHERE member_id IS NOT NULL;
            CREATE INDEX behaviour_event_kind ON behaviour_event (kind, at) INCLUDE (member_id);
            CREATE INDEX behaviour_event_at ON behaviour_event USING brin (at);
            CREATE INDEX behaviour_event_visitor ON behaviour_event (visitor_id)
                WHERE member_id IS NULL AND visitor_id IS NOT NULL;
            """,
            """
            DROP INDEX behaviour_event_journey, behaviour_event_kind, behaviour_event_at,
                behaviour_event_visitor;
            """,
        ),
    ]
