from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.db_defaults import Now
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='FullReduction',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('version', fields.IntField()),
                ('name', fields.CharField(max_length=40)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('threshold_fen', fields.BigIntField()),
                ('reduction_fen', fields.BigIntField()),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_full_reduction', 'app': 'promotions', 'unique_together': (('code', 'version'),), 'pk_attr': 'id', 'table_description': 'A full-reduction (满减): from `threshold_fen` on, `reduction_fen` less.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='FullReduction',
            constraint=CheckConstraint(check='reduction_fen > 0 AND reduction_fen <= threshold_fen', name='promotions_full_reduction_fen_check'),
        ),
        ops.CreateModel(
            name='MemberRate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tier', fields.CharField(max_length=20)),
                ('version', fields.IntField()),
                ('rate_bp', fields.IntField()),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_member_rate', 'app': 'promotions', 'unique_together': (('tier', 'version'),), 'pk_attr': 'id', 'table_description': 'What a tier (等级) pays of the list price, in basis points: 9500 is 95 折.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='MemberRate',
            constraint=CheckConstraint(check='rate_bp BETWEEN 0 AND 10000', name='promotions_member_rate_bp_check'),
        ),
        ops.CreateModel(
            name='ProgramRate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('version', fields.IntField(unique=True)),
                ('points_per_yuan', fields.IntField()),
                ('commission_bp', fields.IntField()),
                ('share_bp', fields.IntField()),
                ('valid_from', fields.DateField()),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'promotions_program_rate', 'app': 'promotions', 'pk_attr': 'id', 'table_description': 'Flat rates of the program: points per yuan paid, commission and franchise share of it.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ProgramRate',
            constraint=CheckConstraint(check='points_per_yuan >= 0 AND commission_bp BETWEEN 0 AND 10000 AND share_bp BETWEEN 0 AND 10000', name='promotions_program_rate_check'),
        ),
        ops.CreateModel(
            name='StorePrice',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('price_fen', fields.BigIntField()),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
            ],
            options={'table': 'promotions_store_price', 'app': 'promotions', 'unique_together': (('store_id', 'sku_id', 'valid_from'),), 'pk_attr': 'id', 'table_description': 'What one SKU costs in one store (售价) for a while; the youngest valid row counts.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='StorePrice',
            constraint=CheckConstraint(check='price_fen >= 0', name='promotions_store_price_fen_check'),
        ),
        ops.AddConstraint(
            model_name='StorePrice',
            constraint=CheckConstraint(check='valid_to >= valid_from', name='promotions_store_price_days_check'),
        ),
    ]
