from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.payments.rules import Method, PaymentState, RefundState, RefundTo, TopUpState, TransferState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='CashCount',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('number', fields.IntField()),
                ('opened_fen', fields.BigIntField()),
                ('taken_fen', fields.BigIntField()),
                ('given_fen', fields.BigIntField()),
                ('counted_fen', fields.BigIntField()),
                ('left_fen', fields.BigIntField()),
                ('reason', fields.CharField(db_default='', max_length=200)),
                ('counted_by', fields.CharField(max_length=40)),
                ('counted_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_cash_count', 'app': 'payments', 'unique_together': (('store_id', 'number'),), 'pk_attr': 'id', 'table_description': "A store's drawer counted at the end of a shift (交班点款), in a chain without gaps."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CashCount',
            constraint=CheckConstraint(check='least(opened_fen, counted_fen, left_fen) >= 0 AND left_fen <= counted_fen', name='payments_cash_count_fen_check'),
        ),
        ops.AddConstraint(
            model_name='CashCount',
            constraint=CheckConstraint(check='number = 1 OR opened_fen + taken_fen - given_fen = counted_fen OR length(reason) >= 4', name='payments_cash_count_reason_check'),
        ),
        ops.CreateModel(
            name='DepositRule',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('store_id', fields.BigIntField(null=True, unique=True)),
                ('keeps_bp', fields.IntField()),
            ],
            options={'table': 'payments_deposit_rule', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'How much of a deposit a store keeps when the balance is not paid: all stores without one.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='DepositRule',
            constraint=CheckConstraint(check='keeps_bp BETWEEN 0 AND 10000', name='payments_deposit_rule_keeps_check'),
        ),
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
            name='PayOut',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('pay_out_no', fields.CharField(unique=True, max_length=32)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('balance_fen', fields.BigIntField()),
                ('refund_fen', fields.BigIntField()),
                ('bonus_fen', fields.BigIntField()),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_pay_out', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'A member took stored value back as money (储值退款): `balance_fen` left the purse.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='PayOut',
            constraint=CheckConstraint(check='refund_fen > 0 AND bonus_fen >= 0 AND refund_fen + bonus_fen = balance_fen', name='payments_pay_out_fen_check'),
        ),
        ops.CreateModel(
            name='TopUp',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('top_up_no', fields.CharField(unique=True, max_length=32)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(null=True, db_index=True)),
                ('amount_fen', fields.BigIntField()),
                ('bonus_fen', fields.BigIntField()),
                ('state', fields.CharEnumField(description='CREATED: created\nDONE: done\nCLOSED: closed', enum_type=TopUpState, max_length=10)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_top_up', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'A member buys stored value: `amount_fen` for money, `bonus_fen` on top, as was offered.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='TopUp',
            constraint=CheckConstraint(check='amount_fen > 0 AND bonus_fen >= 0', name='payments_top_up_fen_check'),
        ),
        ops.AddConstraint(
            model_name='TopUp',
            constraint=CheckConstraint(check="(state = 'done') = (done_at IS NOT NULL)", name='payments_top_up_done_check'),
        ),
        ops.CreateModel(
            name='Payment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('payment_no', fields.CharField(unique=True, max_length=32)),
                ('request_key', fields.CharField(null=True, unique=True, max_length=120)),
                ('order_id', fields.BigIntField(null=True, db_index=True)),
                ('top_up', fields.ForeignKeyField('payments.TopUp', source_field='top_up_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('order_no', fields.CharField(max_length=32)),
                ('store_id', fields.BigIntField(null=True)),
                ('member_id', fields.BigIntField(null=True)),
                ('method', fields.CharEnumField(description='WECHAT_JSAPI: wechat_jsapi\nWECHAT_NATIVE: wechat_native\nWECHAT_CODE: wechat_code\nCASH: cash\nCARD: card\nSTORED_VALUE: stored_value\nCREDIT: credit\nOTHER: other', enum_type=Method, max_length=16)),
                ('amount_fen', fields.BigIntField()),
                ('mch_id', fields.CharField(db_default='', max_length=32)),
                ('app_id', fields.CharField(db_default='', max_length=32)),
                ('open_id', fields.CharField(db_default='', max_length=128)),
                ('description', fields.CharField(db_default='', max_length=127)),
                ('state', fields.CharEnumField(description='CREATED: created\nPREPAID: prepaid\nUNKNOWN: unknown\nPARKED: parked\nPAID: paid\nCLOSED: closed', enum_type=PaymentState, max_length=10)),
                ('prepay_id', fields.CharField(null=True, max_length=64)),
                ('code_url', fields.CharField(null=True, max_length=256)),
                ('transaction_id', fields.CharField(null=True, unique=True, max_length=32)),
                ('payer_fen', fields.BigIntField(null=True)),
                ('given_fen', fields.BigIntField(null=True)),
                ('slip_no', fields.CharField(null=True, max_length=40)),
                ('taken_by', fields.CharField(null=True, max_length=40)),
                ('has_paid_order', fields.BooleanField(null=True)),
                ('refunding_fen', fields.BigIntField(db_default=0)),
                ('kept_fen', fields.BigIntField(db_default=0)),
                ('cash_count_id', fields.BigIntField(null=True)),
                ('asks', fields.IntField(db_default=0)),
                ('ask_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'payments_payment', 'app': 'payments', 'pk_attr': 'id', 'table_description': 'One tender, or one attempt at it, under a number of ours stored before anything is sent.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Payment',
            constraint=CheckConstraint(check='amount_fen > 0 AND least(refunding_fen, kept_fen) >= 0 AND refunding_fen + kept_fen <= amount_fen', name='payments_payment_refunding_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Payment',
            constraint=CheckConstraint(check="(state = 'paid' AND method LIKE 'wechat%') = (transaction_id IS NOT NULL) AND (state = 'paid') = (paid_at IS NOT NULL)", name='payments_payment_paid_check'),
        ),
        ops.AddConstraint(
            model_name='Payment',
            constraint=CheckConstraint(check='(order_id IS NULL) <> (top_up_id IS NULL)', name='payments_payment_purpose_check'),
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
                ('batch_key', fields.CharField(db_index=True, max_length=120)),
                ('amount_fen', fields.BigIntField()),
                ('goes_to', fields.CharEnumField(description='ORIGIN: origin\nCREDIT: credit', db_default='origin', enum_type=RefundTo, max_length=8)),
                ('reason', fields.CharField(max_length=80)),
                ('state', fields.CharEnumField(description='CREATED: created\nWAITING: waiting\nPROCESSING: processing\nUNKNOWN: unknown\nSETTLED: settled\nCLOSED: closed\nABNORMAL: abnormal', enum_type=RefundState, max_length=10)),
                ('store_id', fields.BigIntField(null=True)),
                ('handed_by', fields.CharField(null=True, max_length=40)),
                ('cash_count_id', fields.BigIntField(null=True)),
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
            name='TopUpOffer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('amount_fen', fields.BigIntField()),
                ('bonus_fen', fields.BigIntField()),
                ('valid_from', fields.DateField()),
                ('valid_until', fields.DateField(null=True)),
            ],
            options={'table': 'payments_top_up_offer', 'app': 'payments', 'unique_together': (('amount_fen', 'valid_from'),), 'pk_attr': 'id', 'table_description': 'What a top-up (储值) of at least `amount_fen` gets on top, on these days of the shop.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='TopUpOffer',
            constraint=CheckConstraint(check='amount_fen > 0 AND bonus_fen >= 0', name='payments_top_up_offer_fen_check'),
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
            CREATE UNIQUE INDEX payments_payment_live_top_up ON payments_payment (top_up_id)
            WHERE state IN ('created', 'prepaid', 'unknown', 'parked');
            CREATE UNIQUE INDEX payments_deposit_rule_of_all ON payments_deposit_rule ((true))
            WHERE store_id IS NULL;
            CREATE INDEX payments_refund_by_hand ON payments_refund (store_id)
            WHERE state = 'waiting';
            CREATE INDEX payments_payment_ask ON payments_payment (ask_at)
            WHERE state IN ('created', 'prepaid', 'unknown', 'parked');
            CREATE INDEX payments_refund_ask ON payments_refund (ask_at)
            WHERE state IN ('processing', 'unknown');
            CREATE INDEX payments_refund_of_payment ON payments_refund (payment_id);
            CREATE INDEX payments_payment_uncounted ON payments_payment (store_id)
            WHERE method = 'cash' AND state = 'paid' AND cash_count_id IS NULL;
            CREATE INDEX payments_refund_uncounted ON payments_refund (store_id)
            WHERE handed_by IS NOT NULL AND cash_count_id IS NULL
            """,
            "DROP INDEX payments_payment_live; DROP INDEX payments_payment_live_top_up;"
            " DROP INDEX payments_deposit_rule_of_all; DROP INDEX payments_refund_by_hand;"
            " DROP INDEX payments_payment_ask; DROP INDEX payments_refund_ask;"
            " DROP INDEX payments_refund_of_payment; DROP INDEX payments_payment_uncounted;"
            " DROP INDEX payments_refund_uncounted",
        ),
    ]
