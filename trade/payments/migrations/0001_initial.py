from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.payments.rules import PaymentState, RefundState, TransferState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='OddNotice',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=16)),
                ('number', fields.CharField(max_length=64)),
                ('other_no', fields.CharField(max_length=64)),
                ('reason', fields.CharField(max_length=24)),
                ('facts', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_odd_notice', 'app': 'payments', 'unique_together': (('kind', 'number', 'other_no', 'reason'),), 'pk_attr': 'id', 'table_description': 'A verified notice that does not fit our books: kept for a person, and not acted upon.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Payment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('payment_no', fields.CharField(unique=True, max_length=32)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('amount_fen', fields.BigIntField()),
                ('mch_id', fields.CharField(max_length=32)),
                ('app_id', fields.CharField(max_length=32)),
                ('open_id', fields.CharField(max_length=128)),
                ('description', fields.CharField(max_length=127)),
                ('state', fields.CharEnumField(description='CREATED: created\nPREPAID: prepaid\nUNKNOWN: unknown\nPARKED: parked\nPAID: paid\nCLOSED: closed', enum_type=PaymentState, max_length=10)),
                ('prepay_id', fields.CharField(null=True, max_length=64)),
                ('transaction_id', fields.CharField(null=True, unique=True, max_length=32)),
                ('payer_fen', fields.BigIntField(null=True)),
                ('has_paid_order', fields.BooleanField(null=True)),
                ('refunding_fen', fields.BigIntField(db_default=0)),
                ('asks', fields.IntField(db_default=0)),
                ('ask_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_payment', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'One attempt to be paid, under a number of ours that is stored before anything is sent.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Payment',
            constraint=CheckConstraint(check='amount_fen > 0 AND refunding_fen BETWEEN 0 AND amount_fen', name='payments_payment_refunding_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Payment',
            constraint=CheckConstraint(check="(state = 'paid') = (transaction_id IS NOT NULL) AND (state = 'paid') = (paid_at IS NOT NULL)", name='payments_payment_paid_check'),
        ),
        ops.CreateModel(
            name='Surplus',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('transaction_id', fields.CharField(unique=True, max_length=32)),
                ('payment', fields.ForeignKeyField('payments.Payment', source_field='payment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('amount_fen', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_surplus', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'Money that came a second time under one payment number. It goes back, whole.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refund',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('refund_no', fields.CharField(unique=True, max_length=32)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('payment', fields.ForeignKeyField('payments.Payment', source_field='payment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('surplus', fields.ForeignKeyField('payments.Surplus', source_field='surplus_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('amount_fen', fields.BigIntField()),
                ('reason', fields.CharField(max_length=80)),
                ('state', fields.CharEnumField(description='CREATED: created\nPROCESSING: processing\nUNKNOWN: unknown\nSETTLED: settled\nCLOSED: closed\nABNORMAL: abnormal', enum_type=RefundState, max_length=10)),
                ('refund_id', fields.CharField(null=True, max_length=32)),
                ('said', fields.CharField(null=True, max_length=64)),
                ('asks', fields.IntField(db_default=0)),
                ('ask_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_refund', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'Money to be given back, of a payment or of a surplus. `request_key` says for what.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Refund',
            constraint=CheckConstraint(check='amount_fen > 0', name='payments_refund_amount_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Refund',
            constraint=CheckConstraint(check="(state = 'settled') = (settled_at IS NOT NULL)", name='payments_refund_settled_check'),
        ),
        ops.CreateModel(
            name='Transfer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('bill_no', fields.CharField(unique=True, max_length=32)),
                ('amount_fen', fields.BigIntField()),
                ('state', fields.CharEnumField(description='WAITING: waiting\nSUCCESS: success\nFAIL: fail\nCANCELLED: cancelled', enum_type=TransferState, max_length=10)),
                ('transfer_no', fields.CharField(null=True, max_length=64)),
                ('fail_reason', fields.CharField(null=True, max_length=64)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_transfer', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'A transfer to a person (商家转账) that waits for its notice.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Transfer',
            constraint=CheckConstraint(check='amount_fen > 0', name='payments_transfer_amount_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Transfer',
            constraint=CheckConstraint(check="(state = 'waiting') = (ended_at IS NULL)", name='payments_transfer_ended_check'),
        ),
        # By hand: an order has one payment that may still be paid; and what is due to be asked.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX payments_payment_live ON payments_payment (order_id)
            WHERE state IN ('created', 'prepaid', 'unknown', 'parked');
            CREATE UNIQUE INDEX payments_payment_has_paid ON payments_payment (order_id)
            WHERE has_paid_order;
            CREATE INDEX payments_payment_ask ON payments_payment (ask_at)
            WHERE state IN ('created', 'prepaid', 'unknown', 'parked');
            CREATE INDEX payments_refund_ask ON payments_refund (ask_at)
            WHERE state IN ('processing', 'unknown');
            CREATE INDEX payments_refund_of_payment ON payments_refund (payment_id)
            """,
            "DROP INDEX payments_payment_live; DROP INDEX payments_payment_has_paid;"
            " DROP INDEX payments_payment_ask; DROP INDEX payments_refund_ask;"
            " DROP INDEX payments_refund_of_payment",
        ),
    ]
