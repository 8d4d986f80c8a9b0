from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.security.scope import Role
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.stores.rules import StoreKind
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Franchisee',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=32)),
                ('name', fields.CharField(max_length=100)),
            ],
            options={'table': 'stores_franchisee', 'app': 'stores', 'pk_attr': 'id', 'table_description': 'A company that owns stores under our brand (加盟商).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TaxEntity',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=32)),
                ('tax_no', fields.CharField(max_length=20)),
                ('name', fields.CharField(max_length=100)),
                ('address', fields.CharField(default='', max_length=100)),
                ('phone', fields.CharField(default='', max_length=20)),
                ('bank_account', fields.CharField(default='', max_length=100)),
                ('drawer', fields.CharField(max_length=20)),
            ],
            options={'table': 'stores_tax_entity', 'app': 'stores', 'pk_attr': 'id', 'table_description': 'In whose name a store sells (开票主体): what an invoice says about the seller.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Store',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=32)),
                ('name', fields.CharField(max_length=60)),
                ('kind', fields.CharEnumField(description='DIRECT: direct\nFRANCHISE: franchise\nJOINT: joint\nAGENCY: agency', enum_type=StoreKind, max_length=12)),
                ('region', fields.CharField(max_length=20)),
                ('city', fields.CharField(max_length=20)),
                ('address', fields.CharField(max_length=120)),
                ('phone', fields.CharField(default='', max_length=20)),
                ('hours', fields.CharField(default='', max_length=40)),
                ('latitude', fields.FloatField()),
                ('longitude', fields.FloatField()),
                ('has_till', fields.BooleanField(default=True)),
                ('is_open', fields.BooleanField(default=True)),
                ('lends_stock', fields.BooleanField(db_default=False)),
                ('offers_pickup', fields.BooleanField(db_default=True)),
                ('offers_express', fields.BooleanField(db_default=True)),
                ('city_radius_m', fields.BigIntField(db_default=0)),
                ('city_fee_fen', fields.BigIntField(db_default=0)),
                ('city_minimum_fen', fields.BigIntField(db_default=0)),
                ('week', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('special_days', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('tax_entity', fields.ForeignKeyField('stores.TaxEntity', source_field='tax_entity_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('franchisee', fields.ForeignKeyField('stores.Franchisee', source_field='franchisee_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'stores_store', 'app': 'stores', 'pk_attr': 'id', 'table_description': 'A place that sells (门店). `has_till` says whether paper can be printed there.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Store',
            constraint=CheckConstraint(check="kind NOT IN ('franchise', 'agency') OR franchisee_id IS NOT NULL", name='stores_store_owner_check'),
        ),
        ops.AddConstraint(
            model_name='Store',
            constraint=CheckConstraint(check='least(city_radius_m, city_fee_fen, city_minimum_fen) >= 0', name='stores_store_city_check'),
        ),
        ops.AddConstraint(
            model_name='Store',
            constraint=CheckConstraint(check='latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180', name='stores_store_place_check'),
        ),
        ops.CreateModel(
            name='Staff',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user_id', fields.CharField(unique=True, max_length=64)),
                ('name', fields.CharField(max_length=40)),
                ('display_name', fields.CharField(max_length=40)),
                ('role', fields.CharEnumField(description='MEMBER: member\nGUIDE: guide\nSTORE_MANAGER: store_manager\nFRANCHISEE: franchisee\nMARKETER: marketer\nHEAD_OFFICE: head_office\nPARTNER: partner', enum_type=Role, max_length=20)),
                ('store', fields.ForeignKeyField('stores.Store', source_field='store_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('franchisee', fields.ForeignKeyField('stores.Franchisee', source_field='franchisee_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('login', fields.CharField(null=True, unique=True, max_length=40)),
                ('password_hash', fields.CharField(null=True, max_length=160)),
                ('is_active', fields.BooleanField(default=True)),
            ],
            options={'table': 'stores_staff', 'app': 'stores', 'pk_attr': 'id', 'table_description': 'Who works for us (员工). `name` is personal; guests see `display_name`.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Staff',
            constraint=CheckConstraint(check="role NOT IN ('guide', 'store_manager') OR store_id IS NOT NULL", name='stores_staff_store_check'),
        ),
        ops.AddConstraint(
            model_name='Staff',
            constraint=CheckConstraint(check="role <> 'franchisee' OR franchisee_id IS NOT NULL", name='stores_staff_franchisee_check'),
        ),
        ops.AddConstraint(
            model_name='Staff',
            constraint=CheckConstraint(check="role <> 'member'", name='stores_staff_role_check'),
        ),
        ops.CreateModel(
            name='StoreKey',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store', fields.ForeignKeyField('stores.Store', source_field='store_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('device', fields.CharField(db_index=True, db_default='', max_length=40)),
                ('secret', fields.CharField(max_length=400)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('refused_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stores_key', 'app': 'stores', 'pk_attr': 'id', 'table_description': "A key that signs the codes on a store's receipts; its id is the code's `kid` (two bytes)."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='StoreKey',
            constraint=CheckConstraint(check='id BETWEEN 1 AND 65535', name='stores_key_kid_check'),
        ),
    ]
