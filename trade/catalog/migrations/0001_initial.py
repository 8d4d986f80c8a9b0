from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Product',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('title', fields.CharField(max_length=120)),
                ('price_fen', fields.BigIntField()),
                ('on_sale', fields.BooleanField(default=True)),
            ],
            options={'table': 'catalog_product', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'An SPU (标准产品单元): what a shopper sees and likes.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Product',
            constraint=CheckConstraint(check='price_fen >= 0', name='catalog_product_price_fen_check'),
        ),
        ops.CreateModel(
            name='Favourite',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer_id', fields.BigIntField(db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('source', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'catalog_favourite', 'app': 'catalog', 'unique_together': (('customer_id', 'product'),), 'pk_attr': 'id', 'table_description': '`source` is where the liking began (来源, as `live:31`); the first one stays.'},
            bases=['Model'],
        ),
    ]
