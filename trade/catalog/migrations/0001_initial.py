from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id, new_no
from json import dumps, loads
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.catalog.rules import PictureState, SceneKind
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Axis',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('name', fields.CharField(max_length=20)),
                ('name_en', fields.CharField(default='', max_length=40)),
                ('position', fields.IntField(default=0)),
            ],
            options={'table': 'catalog_axis', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'What goods are chosen by besides colour and size, as material or length (规格项).'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Axis',
            constraint=CheckConstraint(check="code NOT IN ('colour', 'size')", name='catalog_axis_code_check'),
        ),
        ops.CreateModel(
            name='Brand',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=40)),
                ('name_en', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'catalog_brand', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'Whose goods these are (品牌).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Category',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(max_length=40)),
                ('name_en', fields.CharField(default='', max_length=60)),
                ('parent', fields.ForeignKeyField('catalog.Category', source_field='parent_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('position', fields.IntField(default=0)),
                ('path', ArrayField(default=list, element_type='BIGINT')),
            ],
            options={'table': 'catalog_category', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'A node of the tree of categories (类目). Goods may hang on any node.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Category',
            constraint=CheckConstraint(check='parent_id <> id', name='catalog_category_parent_check'),
        ),
        ops.CreateModel(
            name='Edition',
            fields=[
                ('id', fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('number', fields.BigIntField()),
            ],
            options={'table': 'catalog_edition', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'Counts the changes of goods: whoever keeps a copy of a page asks whether it still holds.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Picture',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=64)),
                ('state', fields.CharEnumField(default=PictureState.STORING, description='STORING: storing\nSTORED: stored', enum_type=PictureState, max_length=8)),
                ('width', fields.IntField()),
                ('height', fields.IntField()),
                ('by', fields.CharField(max_length=80)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'catalog_picture', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'An uploaded picture, named by the SHA-256 of what was uploaded.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Picture',
            constraint=CheckConstraint(check="name ~ '^[0-9a-f]{64}$'", name='catalog_picture_name_check'),
        ),
        ops.AddConstraint(
            model_name='Picture',
            constraint=CheckConstraint(check='width > 0 AND height > 0', name='catalog_picture_size_check'),
        ),
        ops.CreateModel(
            name='Product',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('code', fields.CharField(default=new_no, unique=True, max_length=40)),
                ('title', fields.CharField(max_length=120)),
                ('title_en', fields.CharField(default='', max_length=160)),
                ('category', fields.ForeignKeyField('catalog.Category', source_field='category_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('brand', fields.ForeignKeyField('catalog.Brand', source_field='brand_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('description', fields.CharField(default='', max_length=2000)),
                ('picture', fields.CharField(default='', max_length=200)),
                ('price_fen', fields.BigIntField()),
                ('on_sale', fields.BooleanField(default=True)),
                ('is_limited', fields.BooleanField(default=False)),
                ('limit_each', fields.IntField(null=True)),
                ('limit_days', fields.IntField(db_default=0)),
            ],
            options={'table': 'catalog_product', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'An SPU (标准产品单元): what a shopper sees and likes.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Product',
            constraint=CheckConstraint(check='price_fen >= 0', name='catalog_product_price_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Product',
            constraint=CheckConstraint(check='limit_each >= 1 AND limit_days >= 0', name='catalog_product_limit_check'),
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
            name='LimitedStore',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('store_id', fields.BigIntField(db_index=True)),
            ],
            options={'table': 'catalog_limited_store', 'app': 'catalog', 'unique_together': (('product', 'store_id'),), 'pk_attr': 'id', 'table_description': 'A store that sells a limited product; head office says so.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OffShelf',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('by', fields.CharField(max_length=80)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'catalog_off_shelf', 'app': 'catalog', 'unique_together': (('product', 'store_id'),), 'pk_attr': 'id', 'table_description': 'A store took this product off its own shelf (下架). The row goes when it is put back.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ProductPicture',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('picture', fields.ForeignKeyField('catalog.Picture', source_field='picture_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('colour', fields.CharField(default='', max_length=20)),
                ('position', fields.IntField()),
            ],
            options={'table': 'catalog_product_picture', 'app': 'catalog', 'unique_together': (('product', 'position'),), 'pk_attr': 'id', 'table_description': "One of the pictures of a product's page, in order. `colour` empty: of all colours."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Scene',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('code', fields.CharField(default=new_no, unique=True, max_length=40)),
                ('kind', fields.CharEnumField(description='ROOM: room\nOUTFIT: outfit', enum_type=SceneKind, max_length=8)),
                ('title', fields.CharField(max_length=60)),
                ('title_en', fields.CharField(default='', max_length=100)),
                ('picture', fields.CharField(max_length=200)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('position', fields.IntField(default=0)),
                ('is_shown', fields.BooleanField(default=True)),
            ],
            options={'table': 'catalog_scene', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'A room or an outfit in which products are shown together (场景), each of them shoppable.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.OneToOneField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('words', TSVectorField(source_fields=(), stored=False)),
            ],
            options={'table': 'catalog_search', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'By which words a product is found; worked out again whenever one of its facts changes.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Sku',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', related_name='skus', on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('colour', fields.CharField(default='', max_length=20)),
                ('size', fields.CharField(default='', max_length=20)),
                ('more_spec', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('unit', fields.CharField(max_length=10)),
                ('tax_code', fields.CharField(max_length=19)),
                ('tax_bp', fields.IntField()),
                ('list_price_fen', fields.BigIntField()),
                ('picture', fields.CharField(default='', max_length=200)),
                ('on_sale', fields.BooleanField(default=True)),
                ('presale_on', fields.DateField(null=True)),
                ('presale_until', fields.DateField(null=True)),
                ('deposit_bp', fields.IntField(default=0)),
            ],
            options={'table': 'catalog_sku', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'An SKU (最小存货单位): the one thing with a colour and a size that is counted and sold.'},
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
            constraint=CheckConstraint(check="jsonb_typeof(more_spec) = 'object'", name='catalog_sku_spec_check'),
        ),
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check='deposit_bp BETWEEN 0 AND 9999', name='catalog_sku_deposit_check'),
        ),
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check='presale_on IS NOT NULL OR (presale_until IS NULL AND deposit_bp = 0)', name='catalog_sku_presale_check'),
        ),
        ops.AddConstraint(
            model_name='Sku',
            constraint=CheckConstraint(check='presale_until <= presale_on', name='catalog_sku_presale_days_check'),
        ),
        ops.CreateModel(
            name='Barcode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('sku', fields.ForeignKeyField('catalog.Sku', source_field='sku_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(unique=True, max_length=13)),
                ('position', fields.IntField(default=0)),
            ],
            options={'table': 'catalog_barcode', 'app': 'catalog', 'unique_together': (('sku', 'position'),), 'pk_attr': 'id', 'table_description': 'A code on a label (条码, EAN-13). A SKU may have several; position 0 is the one printed.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Barcode',
            constraint=CheckConstraint(check="code ~ '^[0-9]{13}$'", name='catalog_barcode_code_check'),
        ),
        ops.CreateModel(
            name='KitPart',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kit', fields.ForeignKeyField('catalog.Sku', source_field='kit_id', db_constraint=True, to_field='id', related_name='kit_parts', on_delete=OnDelete.CASCADE)),
                ('part', fields.ForeignKeyField('catalog.Sku', source_field='part_id', db_constraint=True, to_field='id', related_name='kits', on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.IntField()),
            ],
            options={'table': 'catalog_kit_part', 'app': 'catalog', 'unique_together': (('kit', 'part'),), 'pk_attr': 'id', 'table_description': 'One kit (组合装) takes `quantity` pieces of a part. A part is never a kit itself.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='KitPart',
            constraint=CheckConstraint(check='kit_id <> part_id', name='catalog_kit_part_itself_check'),
        ),
        ops.AddConstraint(
            model_name='KitPart',
            constraint=CheckConstraint(check='quantity BETWEEN 1 AND 1000', name='catalog_kit_part_quantity_check'),
        ),
        ops.CreateModel(
            name='SceneSpot',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('scene', fields.ForeignKeyField('catalog.Scene', source_field='scene_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('product', fields.ForeignKeyField('catalog.Product', source_field='product_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sku', fields.ForeignKeyField('catalog.Sku', source_field='sku_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('x', fields.IntField()),
                ('y', fields.IntField()),
            ],
            options={'table': 'catalog_scene_spot', 'app': 'catalog', 'unique_together': (('scene', 'product'),), 'pk_attr': 'id', 'table_description': 'Where in the picture a product stands, in thousandths from the left and the top.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='SceneSpot',
            constraint=CheckConstraint(check='x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000', name='catalog_scene_spot_check'),
        ),
        ops.CreateModel(
            name='StorePage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(null=True)),
                ('banner', fields.CharField(null=True, max_length=200)),
                ('notice', fields.CharField(null=True, max_length=300)),
                ('notice_en', fields.CharField(null=True, max_length=300)),
                ('hours', fields.CharField(null=True, max_length=100)),
                ('featured', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('scenes', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('by', fields.CharField(max_length=80)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'catalog_store_page', 'app': 'catalog', 'pk_attr': 'id', 'table_description': 'How a store shows itself (门店主页). Without a store: what every store falls back to.'},
            bases=['Model'],
        ),
        # By hand: keys over JSON and over a missing store, and the index of words.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX catalog_sku_choice_key
                ON catalog_sku (product_id, colour, size, more_spec);
            CREATE UNIQUE INDEX catalog_store_page_store_key
                ON catalog_store_page (coalesce(store_id, 0));
            CREATE INDEX catalog_search_words_idx ON catalog_search USING gin (words);
            CREATE INDEX catalog_kit_part_part_idx ON catalog_kit_part (part_id);
            CREATE INDEX catalog_scene_spot_product_idx ON catalog_scene_spot (product_id);
            CREATE INDEX catalog_product_category_idx ON catalog_product (category_id);
            CREATE INDEX catalog_off_shelf_key ON catalog_off_shelf (store_id, product_id)
            """
        ),
    ]
