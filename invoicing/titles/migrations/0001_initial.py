from tortoise import migrations
from tortoise.migrations import operations as ops
from invoicing.titles.rules import Source
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Company',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('title', fields.CharField(max_length=100)),
                ('name_key', fields.CharField(max_length=100)),
                ('tax_no', fields.CharField(default='', max_length=20)),
                ('speed_code', fields.CharField(null=True, unique=True, max_length=40)),
                ('source', fields.CharEnumField(description='INVOICES: invoices\nPROVIDER: provider', enum_type=Source, max_length=10)),
                ('times', fields.IntField(default=0)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'titles_company', 'app': 'titles', 'unique_together': (('tax_no', 'name_key'),), 'pk_attr': 'id', 'table_description': 'A company of the directory: its registered name and tax number, which anybody may look up.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Counted',
            fields=[
                ('invoice_id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'titles_counted', 'app': 'titles', 'pk_attr': 'invoice_id', 'table_description': 'An invoice that was counted for the directory: each counts once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Looked',
            fields=[
                ('name_key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=100)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'titles_looked', 'app': 'titles', 'pk_attr': 'name_key', 'table_description': 'A prefix the provider was asked about, so that it is not asked again the same week.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Remembered',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('device_index', fields.CharField(null=True, max_length=120)),
                ('content_index', fields.CharField(max_length=120)),
                ('sealed', fields.TextField(unique=False)),
                ('uses', fields.IntField(default=1)),
                ('used_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'titles_remembered', 'app': 'titles', 'unique_together': (('device_index', 'content_index'), ('member_id', 'content_index')), 'pk_attr': 'id', 'table_description': 'A title that a person asked us to remember: of a member, or of a browser that shows a token.'},
            bases=['Model'],
        ),
        # By hand: a name is looked up by its beginning, whatever the collation.
        ops.RunSQL(
            "CREATE INDEX titles_company_prefix ON titles_company (name_key varchar_pattern_ops)",
            "DROP INDEX titles_company_prefix",
        ),
    ]
