from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.db_defaults import Now
from trade.fulfilment.shipping_info.rules import Logistics, UploadState
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Managed',
            fields=[
                ('app_id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('is_managed', fields.BooleanField()),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'shipping_info_managed', 'app': 'shipping_info', 'pk_attr': 'app_id', 'table_description': 'Whether WeChat manages the trade of a mini-program (is_trade_managed), as it last said.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Upload',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('payment_no', fields.CharField(unique=True, max_length=32)),
                ('order_id', fields.BigIntField(null=True, db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('mch_id', fields.CharField(max_length=32)),
                ('transaction_id', fields.CharField(unique=True, max_length=32)),
                ('open_id', fields.CharField(max_length=128)),
                ('kind', fields.CharEnumField(description='EXPRESS: express\nCITY: city\nVIRTUAL: virtual\nPICKUP: pickup', enum_type=Logistics, max_length=10)),
                ('state', fields.CharEnumField(description='WAITING: waiting\nOWED: owed\nPARTIAL: partial\nDONE: done\nPARKED: parked\nNOT_NEEDED: not_needed', enum_type=UploadState, max_length=12)),
                ('wanted', fields.IntField(db_default=0)),
                ('sent', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('tries', fields.IntField(db_default=0)),
                ('try_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('errcode', fields.BigIntField(null=True)),
                ('said', fields.CharField(null=True, max_length=120)),
                ('paid_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('limit_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('looked_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('reminded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'shipping_info_upload', 'app': 'shipping_info', 'pk_attr': 'id', 'table_description': 'What WeChat has to be told of one payment made in the mini-program, and how far that is.'},
            bases=['Model'],
        ),
        # By hand: what is looked for each minute, and what the list of late ones shows.
        ops.RunSQL(
            """
            CREATE INDEX shipping_info_upload_due ON shipping_info_upload (try_at)
                WHERE state = 'owed';
            CREATE INDEX shipping_info_upload_waiting ON shipping_info_upload (looked_at)
                WHERE state IN ('waiting', 'partial');
            CREATE INDEX shipping_info_upload_late ON shipping_info_upload (limit_at)
                WHERE state IN ('waiting', 'owed', 'partial', 'parked');
            """,
            "DROP INDEX shipping_info_upload_due; DROP INDEX shipping_info_upload_waiting;"
            " DROP INDEX shipping_info_upload_late;",
        ),
    ]
