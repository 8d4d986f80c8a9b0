from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from crm.segments.bits import Bits
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
            name='Changed',
            fields=[
                ('id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'segments_changed', 'app': 'segments', 'pk_attr': 'id', 'table_description': 'A member of whom something became different: asked again in the next round (`id`: theirs).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Segment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=60)),
                ('note', fields.CharField(db_default='', max_length=300)),
                ('condition', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('version', fields.IntField(db_default=1)),
                ('round', fields.IntField(db_default=0)),
                ('members', fields.BigIntField(db_default=0)),
                ('is_filled', fields.BooleanField(db_default=False)),
                ('made_by', fields.CharField(max_length=40)),
                ('made_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('refreshed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'segments_segment', 'app': 'segments', 'pk_attr': 'id', 'table_description': 'Whom a condition is true of (人群包). `condition` is what `rules.write` makes.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Segment',
            constraint=CheckConstraint(check='least(members, round) >= 0 AND version > 0', name='segments_segment_counts_check'),
        ),
        ops.CreateModel(
            name='MemberBits',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('segment', fields.ForeignKeyField('segments.Segment', source_field='segment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('chunk', fields.IntField()),
                ('bits', Bits(generated=False, null=False, unique=False)),
            ],
            options={'table': 'segments_bits', 'app': 'segments', 'unique_together': (('chunk', 'segment'),), 'pk_attr': 'id', 'table_description': 'Who is in a segment: the members of one chunk of ids, as bits.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Passage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('segment', fields.ForeignKeyField('segments.Segment', source_field='segment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('member_id', fields.BigIntField()),
                ('has_entered', fields.BooleanField()),
                ('round', fields.IntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'segments_passage', 'app': 'segments', 'indexes': [Index(fields=['member_id', 'id']), Index(fields=['segment_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Somebody entered a segment or left it (进出记录). Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Size',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('segment', fields.ForeignKeyField('segments.Segment', source_field='segment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('members', fields.BigIntField()),
                ('entered', fields.BigIntField()),
                ('left', fields.BigIntField()),
            ],
            options={'table': 'segments_size', 'app': 'segments', 'unique_together': (('segment', 'day'),), 'pk_attr': 'id', 'table_description': 'How many were in a segment at the end of a shop day, and how many came and went in it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Snapshot',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('segment', fields.ForeignKeyField('segments.Segment', source_field='segment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('name', fields.CharField(max_length=60)),
                ('members', fields.BigIntField()),
                ('made_by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'segments_snapshot', 'app': 'segments', 'indexes': [Index(fields=['segment_id'])], 'pk_attr': 'id', 'table_description': 'Who was in a segment at one moment, kept as it was (快照): what a campaign went to.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SnapshotBits',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('snapshot', fields.ForeignKeyField('segments.Snapshot', source_field='snapshot_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('chunk', fields.IntField()),
                ('bits', Bits(generated=False, null=False, unique=False)),
            ],
            options={'table': 'segments_snapshot_bits', 'app': 'segments', 'unique_together': (('snapshot', 'chunk'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        # By hand: the log grows at its end and goes at its beginning.
        ops.RunSQL(
            "CREATE INDEX segments_passage_at ON segments_passage USING brin (at)",
            "DROP INDEX segments_passage_at",
        ),
    ]
