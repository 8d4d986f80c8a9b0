from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from crm.tiers.rules.words import BenefitKind, TermKind, Why
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Benefit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tier', fields.CharField(db_default='', max_length=20)),
                ('plan', fields.CharField(db_default='', max_length=40)),
                ('place', fields.CharField(db_default='', max_length=40)),
                ('kind', fields.CharEnumField(description='PRICE: price\nFREIGHT: freight\nPOINTS: points\nWELCOME: welcome\nBIRTHDAY: birthday\nMONTHLY: monthly\nSERVICE: service', enum_type=BenefitKind, max_length=10)),
                ('facts', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('zh', fields.CharField(db_default='', max_length=80)),
                ('en', fields.CharField(db_default='', max_length=160)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_benefit', 'app': 'tiers', 'pk_attr': 'id', 'table_description': 'What a tier, or a paid membership (`plan`), brings; `ended_at`: it did until then.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Benefit',
            constraint=CheckConstraint(check="(tier = '') <> (plan = '')", name='tiers_benefit_holder_check'),
        ),
        ops.CreateModel(
            name='Change',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('from_tier', fields.CharField(max_length=20)),
                ('to_tier', fields.CharField(max_length=20)),
                ('why', fields.CharEnumField(description='PURCHASE: purchase\nREFUND: refund\nGROWTH: growth\nEXPIRY: expiry\nTERM: term\nRULES: rules\nMERGE: merge', enum_type=Why, max_length=10)),
                ('cause', fields.CharField(db_default='', max_length=80)),
                ('amount', fields.BigIntField()),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_change', 'app': 'tiers', 'pk_attr': 'id', 'table_description': "A member's tier became another one, why and at what amount (等级变更). Never changed."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Credit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('cause', fields.CharField(unique=True, max_length=80)),
                ('order_no', fields.CharField(db_default='', max_length=32)),
                ('paid_fen', fields.BigIntField()),
                ('growth', fields.BigIntField()),
                ('counts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_credit', 'app': 'tiers', 'indexes': [Index(fields=['member_id', 'counts_at']), Index(fields=['order_no'])], 'pk_attr': 'id', 'table_description': 'What counts towards a tier, or was taken back (a refund, below zero). Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LadderRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('version', fields.IntField(unique=True)),
                ('data', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('by', fields.CharField(max_length=40)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_ladder', 'app': 'tiers', 'pk_attr': 'id', 'table_description': 'One version of the tiers (等级体系): `data` holds the fields of a ladder. Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Plan',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('zh', fields.CharField(max_length=40)),
                ('en', fields.CharField(max_length=80)),
                ('sku_id', fields.BigIntField(unique=True)),
                ('tier', fields.CharField(max_length=20)),
                ('days', fields.IntField()),
                ('is_open', fields.BooleanField(db_default=True)),
                ('changed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_plan', 'app': 'tiers', 'pk_attr': 'id', 'table_description': 'A paid membership (付费会员): buying `sku_id` gives `tier` for `days`, and its benefits.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Plan',
            constraint=CheckConstraint(check='days BETWEEN 1 AND 3660', name='tiers_plan_days_check'),
        ),
        ops.CreateModel(
            name='Renewal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField()),
                ('plan', fields.CharField(max_length=40)),
                ('is_wanted', fields.BooleanField()),
                ('changed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_renewal', 'app': 'tiers', 'unique_together': (('member_id', 'plan'),), 'pk_attr': 'id', 'table_description': 'A member wants a paid membership to go on (自动续费意愿). No money is taken by this row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Standing',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField(unique=True)),
                ('tier', fields.CharField(db_default='standard', max_length=20)),
                ('rank', fields.IntField(db_default=0)),
                ('earned', fields.CharField(db_default='standard', max_length=20)),
                ('amount', fields.BigIntField(db_default=0)),
                ('since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('is_in_grace', fields.BooleanField(db_default=False)),
                ('told_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('judged_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('look_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_standing', 'app': 'tiers', 'indexes': [Index(fields=['tier', 'member_id'])], 'pk_attr': 'id', 'table_description': 'Where a member stands: `earned` by buying, `tier` with what was paid for or given.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Term',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('kind', fields.CharEnumField(description='PLAN: plan\nGIVEN: given\nCARRIED: carried', enum_type=TermKind, max_length=8)),
                ('plan', fields.CharField(db_default='', max_length=40)),
                ('tier', fields.CharField(max_length=20)),
                ('cause', fields.CharField(unique=True, max_length=80)),
                ('order_id', fields.BigIntField(null=True, db_index=True)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('why_ended', fields.CharField(db_default='', max_length=80)),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('by', fields.CharField(db_default='', max_length=40)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tiers_term', 'app': 'tiers', 'pk_attr': 'id', 'table_description': 'A tier somebody has for a while whatever they buy: paid for, given, or brought along.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Term',
            constraint=CheckConstraint(check='ends_at > starts_at', name='tiers_term_days_check'),
        ),
        ops.AddConstraint(
            model_name='Term',
            constraint=CheckConstraint(check="(kind = 'plan') = (plan <> '')", name='tiers_term_plan_check'),
        ),
        # By hand: an index on part of a table; what counted, and what changed, stays as it was.
        ops.RunSQL(
            """
            CREATE INDEX tiers_standing_due ON tiers_standing (look_at) WHERE look_at IS NOT NULL;
            CREATE INDEX tiers_term_alive ON tiers_term (member_id) WHERE ended_at IS NULL;
            CREATE INDEX tiers_term_ends ON tiers_term (ends_at)
            WHERE ended_at IS NULL AND told_at IS NULL;
            CREATE FUNCTION tiers_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation', HINT = 'correct it with a new row';
            END $$;
            CREATE TRIGGER append_only
            BEFORE UPDATE OF id, cause, order_no, paid_fen, growth, counts_at OR DELETE
            ON tiers_credit FOR EACH ROW EXECUTE FUNCTION tiers_refuse();
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON tiers_ladder
            FOR EACH ROW EXECUTE FUNCTION tiers_refuse()
            """,
            "DROP FUNCTION tiers_refuse CASCADE; DROP INDEX tiers_term_ends;"
            " DROP INDEX tiers_term_alive; DROP INDEX tiers_standing_due",
        ),
    ]
