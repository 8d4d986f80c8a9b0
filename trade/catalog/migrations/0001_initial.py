from tortoise import migrations
from tortoise.migrations import operations as ops
from core.ids import new_id, new_no
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
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('code', fields.CharField(default=new_no, unique=True, max_length=40)),
                ('title', fields.CharField(max_length=120)),
                ('category', fields.CharField(default='', db_index=True, max_length=40)),
                ('brand', fields.CharField(default='', max_length=40)),
                ('description', fields.CharField(default='', max_length=2000)),
                ('picture', fields.CharField(default='', max_length=200)),
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
                ('member_id', fields.BigIntField(db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('source', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'catalog_favourite', 'app': 'catalog', 'unique_together': (('member_id', 'product'),), 'pk_attr': 'id', 'table_description': '`source` is where the liking began (来源, as `live:31`); the first one stays.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Sku',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', related_name='skus', on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('barcode', fields.CharField(null=True, unique=True, max_length=13)),
                ('colour', fields.CharField(default='', max_length=20)),
                ('size', fields.CharField(default='', max_length=20)),
                ('unit', fields.CharField(max_length=10)),
                ('tax_code', fields.CharField(max_length=19)),
                ('tax_bp', fields.IntField()),
                ('list_price_fen', fields.BigIntField()),
                ('picture', fields.CharField(default='', max_length=200)),
                ('on_sale', fields.BooleanField(default=True)),
            ],
            options={'table': 'catalog_sku', 'app': 'catalog', 'unique_together': (('product', 'colour', 'size'),), 'pk_attr': 'id', 'table_description': 'An SKU (最小存货单位): the one thing with a colour and a size that is counted and sold.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check='list_price_fen >= 0', name='catalog_sku_list_price_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check="tax_code ~ '^[0-9]{19}$'", name='catalog_sku_tax_code_check'),
        ),
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check='tax_bp BETWEEN 0 AND 10000', name='catalog_sku_tax_bp_check'),
        ),
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check="barcode ~ '^[0-9]{13}$'", name='catalog_sku_barcode_check'),
        ),
    ]
