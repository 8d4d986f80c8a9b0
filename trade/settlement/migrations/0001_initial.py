from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
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
