from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from crm.journeys.rules.states import Aim, RunState, State
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Journey',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=60)),
                ('aim', fields.CharEnumField(description='NEWCOMERS: newcomers\nREPEAT: repeat\nRECALL: recall\nBASKET: basket\nACTIVITY: activity\nLAUNCH: launch\nJOINT: joint\nINVITE: invite\nSEASON: season\nCARE: care', enum_type=Aim, max_length=12)),
                ('state', fields.CharEnumField(default=State.DRAFT, description='DRAFT: draft\nRUNNING: running\nPAUSED: paused\nENDED: ended\nCANCELLED: cancelled', enum_type=State, max_length=12)),
                ('version', fields.IntField(default=1)),
                ('trigger', fields.CharField(max_length=12)),
                ('trigger_on', fields.CharField(default='', max_length=60)),
                ('tells', fields.BooleanField(default=False)),
                ('salt', fields.CharField(max_length=40)),
                ('company_id', fields.BigIntField(null=True, db_index=True)),
                ('made_by', fields.BigIntField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('looked_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('looked_on', fields.DateField(null=True)),
                ('filled_to', fields.BigIntField(default=0)),
                ('filled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journeys_journey', 'app': 'journeys', 'indexes': [Index(fields=['state', 'trigger'])], 'pk_attr': 'id', 'table_description': 'A journey, or a campaign (one that begins once). `salt` draws its hold-out.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Run',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('journey', fields.ForeignKeyField('journeys.Journey', source_field='journey_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('version', fields.IntField()),
                ('member_id', fields.BigIntField(db_index=True)),
                ('entry_key', fields.CharField(max_length=60)),
                ('is_holdout', fields.BooleanField()),
                ('state', fields.CharEnumField(description='GOING: going\nHELD: held\nDONE: done\nGOAL: goal\nEXITED: exited\nCANCELLED: cancelled\nFAILED: failed', enum_type=RunState, max_length=12)),
                ('why', fields.CharField(default='', max_length=40)),
                ('step', fields.CharField(default='', max_length=24)),
                ('step_no', fields.IntField(default=0)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('entered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journeys_run', 'app': 'journeys', 'unique_together': (('journey', 'member_id', 'entry_key'),), 'pk_attr': 'id', 'table_description': "One member's way through a journey. `entry_key` names what began it, once."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Done',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('run', fields.ForeignKeyField('journeys.Run', source_field='run_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('step_no', fields.IntField()),
                ('step', fields.CharField(max_length=24)),
                ('what', fields.CharField(max_length=40)),
                ('is_refused', fields.BooleanField(default=False)),
                ('detail', fields.CharField(default='', max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journeys_done', 'app': 'journeys', 'unique_together': (('run', 'step_no'),), 'pk_attr': 'id', 'table_description': 'What one step did to one member, written in the transaction that did it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Version',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('journey', fields.ForeignKeyField('journeys.Journey', source_field='journey_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('number', fields.IntField()),
                ('definition', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('made_by', fields.BigIntField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'journeys_version', 'app': 'journeys', 'unique_together': (('journey', 'number'),), 'pk_attr': 'id', 'table_description': 'What a journey said at a time. Never edited: who began with it ends with it.'},
            bases=['Model'],
        ),
        # By hand: partial indexes, which the migration tool does not know.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX journeys_run_going ON journeys_run (journey_id, member_id)
                WHERE state = 'going';
            CREATE INDEX journeys_run_due ON journeys_run (due_at) WHERE state = 'going';
            """,
            "DROP INDEX journeys_run_going; DROP INDEX journeys_run_due",
        ),
    ]
