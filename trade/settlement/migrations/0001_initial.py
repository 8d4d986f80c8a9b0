from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='GoodsMoved',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('receipt_id', fields.BigIntField(unique=True)),
                ('return_no', fields.CharField(max_length=32)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('sold_store_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('sold_franchisee_id', fields.BigIntField(null=True, db_index=True)),
                ('franchisee_id', fields.BigIntField(null=True, db_index=True)),
                ('pieces', fields.BigIntField()),
                ('worth_fen', fields.BigIntField()),
                ('rates_version', fields.IntField()),
                ('share_bp', fields.IntField()),
                ('amount_fen', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'settlement_goods_moved', 'app': 'settlement', 'pk_attr': 'id', 'table_description': 'Goods that one store sold and another took back (异店退货). Never changed.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='GoodsMoved',
            constraint=CheckConstraint(check='pieces > 0 AND worth_fen >= 0 AND amount_fen BETWEEN 0 AND worth_fen AND (amount_fen = 0 OR sold_franchisee_id IS DISTINCT FROM franchisee_id)', name='settlement_goods_moved_fen_check'),
        ),
        ops.CreateModel(
            name='SaleCredit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_id', fields.BigIntField(unique=True)),
                ('order_no', fields.CharField(unique=True, max_length=32)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('guide_id', fields.BigIntField(null=True, db_index=True)),
                ('franchisee_id', fields.BigIntField(null=True, db_index=True)),
                ('paid_fen', fields.BigIntField()),
                ('rates_version', fields.IntField()),
                ('commission_bp', fields.IntField()),
                ('share_bp', fields.IntField()),
                ('commission_fen', fields.BigIntField()),
                ('share_fen', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'settlement_sale_credit', 'app': 'settlement', 'pk_attr': 'id', 'table_description': 'What one paid order was worth to its guide and franchisee, and by which rates. Never changed.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='SaleCredit',
            constraint=CheckConstraint(check='paid_fen > 0 AND commission_fen BETWEEN 0 AND paid_fen AND share_fen BETWEEN 0 AND paid_fen', name='settlement_sale_credit_fen_check'),
        ),
    ]
