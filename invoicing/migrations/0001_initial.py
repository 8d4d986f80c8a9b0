from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from invoicing.backends.kinds import Format, Kind
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.files import Origin
from invoicing.rules.sales import HoldReason, SaleSource
from invoicing.rules.states import RequestState
from invoicing.rules.tax import Policy
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='InvoiceRequest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request_no', fields.CharField(unique=True, max_length=16)),
                ('group_no', fields.CharField(db_index=True, max_length=16)),
                ('callback_token', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('sale_id', fields.BigIntField(null=True, db_index=True)),
                ('order_no', fields.CharField(max_length=64)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('account_id', fields.BigIntField(null=True, db_index=True)),
                ('part', fields.IntField(default=1)),
                ('parts', fields.IntField(default=1)),
                ('kind', fields.CharEnumField(default=Kind.GENERAL, description='GENERAL: general\nSPECIAL: special', enum_type=Kind, max_length=8)),
                ('receipt_code', fields.CharField(db_index=True, max_length=64)),
                ('buyer', fields.TextField(unique=False)),
                ('title_index', fields.CharField(default='', db_index=True, max_length=120)),
                ('seller', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('lines', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('remark', fields.CharField(default='', max_length=200)),
                ('ex_fen', fields.BigIntField()),
                ('tax_fen', fields.BigIntField()),
                ('incl_fen', fields.BigIntField()),
                ('state', fields.CharEnumField(default=RequestState.QUEUED, description='DRAFT: draft\nQUEUED: queued\nHELD: held\nSENDING: sending\nSUBMITTED: submitted\nUNKNOWN: unknown\nISSUED: issued\nDELIVERED: delivered\nREFUSED: refused\nCANCELLED: cancelled\nEXPIRED: expired\nREVERSED: reversed', enum_type=RequestState, max_length=12)),
                ('hold', fields.CharEnumField(default=HoldReason.NONE, description='NONE: \nACCOUNT: account\nQUOTA: quota\nFROZEN: frozen\nSELLER_OFF: seller_off\nNO_ACCOUNT: no_account\nQUEUE: queue', enum_type=HoldReason, max_length=12)),
                ('serial', fields.CharField(default='', max_length=64)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('said', fields.CharField(default='', max_length=500)),
                ('alarm', fields.CharField(default='', max_length=500)),
                ('asked', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('held_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_request', 'app': 'invoicing', 'indexes': [Index(fields=['tax_entity_id', 'state'])], 'pk_attr': 'id', 'table_description': 'One wish for an invoice, or one part of a wish that had to be split.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Invoice',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('request', fields.OneToOneField('invoicing.InvoiceRequest', source_field='request_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sale_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('kind', fields.CharEnumField(default=Kind.GENERAL, description='GENERAL: general\nSPECIAL: special', enum_type=Kind, max_length=8)),
                ('code', fields.CharField(default='', max_length=12)),
                ('number', fields.CharField(max_length=20)),
                ('issued_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ex_fen', fields.BigIntField()),
                ('tax_fen', fields.BigIntField()),
                ('incl_fen', fields.BigIntField()),
                ('red_incl_fen', fields.BigIntField(default=0)),
                ('paper', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('file_tries', fields.IntField(default=0)),
            ],
            options={'table': 'invoicing_invoice', 'app': 'invoicing', 'unique_together': (('code', 'number'),), 'pk_attr': 'id', 'table_description': 'What the tax office numbered. `code` is empty for 数电票, whose number has 20 digits.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Invoice',
            constraint=CheckConstraint(check='red_incl_fen >= 0 AND red_incl_fen <= incl_fen', name='invoicing_invoice_red_check'),
        ),
        ops.CreateModel(
            name='Delivery',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('invoice', fields.ForeignKeyField('invoicing.Invoice', source_field='invoice_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('channel', fields.CharEnumField(description='MAIL: mail\nSMS: sms\nWECHAT: wechat', enum_type=Channel, max_length=8)),
                ('target', fields.CharField(max_length=800)),
                ('target_index', fields.CharField(max_length=120)),
                ('state', fields.CharEnumField(default=DeliveryState.QUEUED, description='QUEUED: queued\nSENDING: sending\nSENT: sent\nMAYBE_SENT: maybe_sent\nFAILED: failed\nBOUNCED: bounced', enum_type=DeliveryState, max_length=12)),
                ('reason', fields.CharField(default='', max_length=40)),
                ('attempts', fields.IntField(default=0)),
                ('copy_no', fields.IntField(default=0)),
                ('is_asked', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_delivery', 'app': 'invoicing', 'unique_together': (('invoice', 'channel', 'target_index', 'copy_no'),), 'pk_attr': 'id', 'table_description': 'One sending of an invoice to one address: each channel and target once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Document',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('invoicing.Invoice', source_field='invoice_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('format', fields.CharEnumField(description='PDF: pdf\nOFD: ofd\nXML: xml', enum_type=Format, max_length=8)),
                ('origin', fields.CharEnumField(description='BACKEND: backend\nOWN: own', enum_type=Origin, max_length=8)),
                ('sha256', fields.CharField(max_length=64)),
                ('size', fields.IntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'invoicing_document', 'app': 'invoicing', 'unique_together': (('invoice', 'format', 'origin'),), 'pk_attr': 'id', 'table_description': "A file of an invoice: the backend's, byte for byte, or one we painted (`origin`)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='InvoiceableOrder',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharEnumField(default=SaleSource.ORDER, description='ORDER: order\nBOX: box', enum_type=SaleSource, max_length=8)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('order_key', fields.CharField(db_index=True, max_length=12)),
                ('order_id', fields.BigIntField(null=True, unique=True)),
                ('box_id', fields.BigIntField(null=True)),
                ('paper_id', fields.BigIntField(null=True, unique=True)),
                ('order_no', fields.CharField(max_length=64)),
                ('code', fields.CharField(default='', max_length=64)),
                ('short_code', fields.CharField(default='', db_index=True, max_length=12)),
                ('lines', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('paid_fen', fields.BigIntField()),
                ('paid_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('is_void', fields.BooleanField(default=False)),
                ('alarm', fields.CharField(default='', max_length=500)),
            ],
            options={'table': 'invoicing_order', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'A paid sale that a receipt code may name, whichever way it reached us.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Covered',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request', fields.ForeignKeyField('invoicing.InvoiceRequest', source_field='request_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sale', fields.ForeignKeyField('invoicing.InvoiceableOrder', source_field='sale_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('part', fields.IntField()),
                ('fen', fields.BigIntField()),
                ('red_fen', fields.BigIntField(default=0)),
                ('is_live', fields.BooleanField(default=True)),
            ],
            options={'table': 'invoicing_covered', 'app': 'invoicing', 'unique_together': (('request', 'sale'),), 'indexes': [Index(fields=['sale_id'])], 'pk_attr': 'id', 'table_description': 'How much of which sale a request invoices; a merged one covers several.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Route',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(null=True)),
                ('pattern', fields.CharField(default='', max_length=80)),
                ('tax_entity_id', fields.BigIntField(null=True)),
                ('valid_from', fields.DateField()),
                ('valid_until', fields.DateField(null=True)),
            ],
            options={'table': 'invoicing_route', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'Who invoices which goods of which store, from when to when (开票路由).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RulesEdition',
            fields=[
                ('id', fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('edition', fields.UUIDField()),
            ],
            options={'table': 'invoicing_edition', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'One row that every write of these tables changes: who kept a copy sees that it is old.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SaleReturn',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('paper_id', fields.BigIntField(unique=True)),
                ('sale', fields.ForeignKeyField('invoicing.InvoiceableOrder', source_field='sale_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('order_no', fields.CharField(max_length=64)),
                ('fen', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_return', 'app': 'invoicing', 'indexes': [Index(fields=['sale_id'])], 'pk_attr': 'id', 'table_description': 'A refund that a box read of a sale that is here.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Stray',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('account_id', fields.BigIntField()),
                ('code', fields.CharField(default='', max_length=12)),
                ('number', fields.CharField(max_length=20)),
                ('request_no', fields.CharField(default='', max_length=20)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('incl_fen', fields.BigIntField()),
                ('is_red', fields.BooleanField(default=False)),
                ('settled_by', fields.CharField(default='', max_length=64)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'invoicing_stray', 'app': 'invoicing', 'unique_together': (('code', 'number'),), 'pk_attr': 'id', 'table_description': "What a nightly comparison with a backend's list found: an invoice that is only there."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TaxClass',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tax_entity_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(null=True)),
                ('pattern', fields.CharField(default='', max_length=80)),
                ('tax_code', fields.CharField(default='', max_length=19)),
                ('tax_bp', fields.IntField(null=True)),
                ('policy', fields.CharEnumField(default=Policy.NONE, description='NONE: \nSIMPLE: simple\nEXEMPT: exempt\nNOT_TAXED: not_taxed\nZERO: zero\nDIFFERENCE: difference', enum_type=Policy, max_length=12)),
                ('short_name', fields.CharField(default='', max_length=40)),
                ('label', fields.CharField(default='', max_length=90)),
                ('valid_from', fields.DateField()),
                ('valid_until', fields.DateField(null=True)),
            ],
            options={'table': 'invoicing_tax_class', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'How a seller taxes which goods, from when to when (商品税务档案).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TaxCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=19)),
                ('name', fields.CharField(max_length=200)),
                ('short_name', fields.CharField(max_length=40)),
                ('is_leaf', fields.BooleanField(default=True)),
                ('version', fields.CharField(max_length=20)),
            ],
            options={'table': 'invoicing_tax_code', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': "One row of the bureau's table (税收分类编码表); only a leaf may stand on an invoice."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Terms',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('tax_entity_id', fields.BigIntField(null=True, unique=True)),
                ('rules', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'invoicing_terms', 'app': 'invoicing', 'pk_attr': 'id', 'table_description': 'How a seller invoices (开票规则); `tax_entity_id` None is for all without a row.'},
            bases=['Model'],
        ),
        # By hand: PartialIndex cannot say these. The last judges of "one live request per part of a
        # sale" and of one draft per code. And the edition of the rules.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX invoicing_covered_live ON invoicing_covered (sale_id, part)
                WHERE is_live;
            CREATE UNIQUE INDEX invoicing_request_draft ON invoicing_request (receipt_code)
                WHERE state = 'draft';
            CREATE INDEX invoicing_request_held ON invoicing_request (tax_entity_id, id)
                WHERE state = 'held';
            CREATE FUNCTION invoicing_renew_edition() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO invoicing_edition VALUES (1, gen_random_uuid())
                ON CONFLICT (id) DO UPDATE SET edition = excluded.edition;
                RETURN NULL;
            END $$;
            CREATE TRIGGER invoicing_terms_edition
            AFTER INSERT OR UPDATE OR DELETE ON invoicing_terms
            FOR EACH STATEMENT EXECUTE FUNCTION invoicing_renew_edition();
            CREATE TRIGGER invoicing_route_edition
            AFTER INSERT OR UPDATE OR DELETE ON invoicing_route
            FOR EACH STATEMENT EXECUTE FUNCTION invoicing_renew_edition();
            CREATE TRIGGER invoicing_tax_class_edition
            AFTER INSERT OR UPDATE OR DELETE ON invoicing_tax_class
            FOR EACH STATEMENT EXECUTE FUNCTION invoicing_renew_edition();
            CREATE TRIGGER invoicing_tax_code_edition
            AFTER INSERT OR UPDATE OR DELETE ON invoicing_tax_code
            FOR EACH STATEMENT EXECUTE FUNCTION invoicing_renew_edition()
            """,
            """
            DROP FUNCTION invoicing_renew_edition CASCADE;
            DROP INDEX invoicing_covered_live;
            DROP INDEX invoicing_request_draft;
            DROP INDEX invoicing_request_held
            """,
        ),
    ]
