from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.db_defaults import Now
from trade.payments.bills.rules import Aspect, BillState, DifferenceState, Kind
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Bill',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('mch_id', fields.CharField(max_length=32)),
                ('day', fields.DateField()),
                ('state', fields.CharEnumField(description='WANTED: wanted\nLOADED: loaded\nEMPTY: empty\nREFUSED: refused', enum_type=BillState, max_length=10)),
                ('asks', fields.IntField(db_default=0)),
                ('ask_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('said', fields.CharField(null=True, max_length=200)),
                ('hash_value', fields.CharField(null=True, max_length=64)),
                ('rows', fields.IntField(db_default=0)),
                ('paid_fen', fields.BigIntField(db_default=0)),
                ('refunded_fen', fields.BigIntField(db_default=0)),
                ('fee_mfen', fields.BigIntField(db_default=0)),
                ('ours_paid_fen', fields.BigIntField(null=True)),
                ('ours_refunded_fen', fields.BigIntField(null=True)),
                ('loaded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('runs', fields.IntField(db_default=0)),
                ('compared_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'bills_bill', 'app': 'bills', 'unique_together': (('mch_id', 'day'),), 'pk_attr': 'id', 'table_description': 'The trade bill (交易账单) of one merchant and China day. Its lines stand in `BillLine`.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Bill',
            constraint=CheckConstraint(check="(state = 'loaded') = (hash_value IS NOT NULL AND loaded_at IS NOT NULL)", name='bills_bill_loaded_check'),
        ),
        ops.CreateModel(
            name='BillLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('bill_id', fields.BigIntField(db_index=True)),
                ('line_no', fields.IntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('transaction_id', fields.CharField(db_index=True, max_length=32)),
                ('payment_no', fields.CharField(db_index=True, max_length=32)),
                ('refund_id', fields.CharField(null=True, max_length=32)),
                ('refund_no', fields.CharField(null=True, db_index=True, max_length=64)),
                ('state', fields.CharField(max_length=16)),
                ('amount_fen', fields.BigIntField()),
                ('settled_fen', fields.BigIntField()),
                ('fee_mfen', fields.BigIntField()),
                ('rate_bp', fields.IntField(null=True)),
            ],
            options={'table': 'bills_line', 'app': 'bills', 'unique_together': (('bill_id', 'line_no'),), 'pk_attr': 'id', 'table_description': "One line of a bill: a payment (`refund_no` null) or a refund. `state` in WeChat's words."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Difference',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('mch_id', fields.CharField(max_length=32)),
                ('day', fields.DateField()),
                ('kind', fields.CharEnumField(description='PAYMENT_ONLY_HERE: payment_only_here\nPAYMENT_ONLY_THERE: payment_only_there\nPAYMENT_AMOUNT: payment_amount\nPAYMENT_STATE: payment_state\nREFUND_ONLY_HERE: refund_only_here\nREFUND_ONLY_THERE: refund_only_there\nREFUND_DIFFERS: refund_differs\nODD_ENTRY: odd_entry', enum_type=Kind, max_length=24)),
                ('aspect', fields.CharEnumField(description='WHOLE: whole\nAMOUNT: amount\nSTATE: state\nDAY: day\nTWICE: twice\nFEE: fee', enum_type=Aspect, max_length=10)),
                ('subject', fields.CharField(max_length=64)),
                ('payment_no', fields.CharField(null=True, max_length=32)),
                ('order_no', fields.CharField(null=True, max_length=32)),
                ('ours_fen', fields.BigIntField(null=True)),
                ('theirs_fen', fields.BigIntField(null=True)),
                ('ours', fields.CharField(null=True, max_length=40)),
                ('theirs', fields.CharField(null=True, max_length=40)),
                ('state', fields.CharEnumField(description='OPEN: open\nGONE: gone\nRESOLVED: resolved', enum_type=DifferenceState, max_length=10)),
                ('run', fields.IntField()),
                ('asks', fields.IntField(db_default=0)),
                ('found_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharField(null=True, max_length=80)),
                ('reason', fields.CharField(null=True, max_length=200)),
            ],
            options={'table': 'bills_difference', 'app': 'bills', 'unique_together': (('mch_id', 'day', 'kind', 'aspect', 'subject'),), 'pk_attr': 'id', 'table_description': 'Something that the bill of a day and our books do not say alike.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Difference',
            constraint=CheckConstraint(check="(state = 'open') = (ended_at IS NULL) AND (state = 'resolved') = (reason IS NOT NULL AND ended_by IS NOT NULL)", name='bills_difference_ended_check'),
        ),
        # By hand: what is looked for each minute, and what a page lists.
        ops.RunSQL(
            """
            CREATE INDEX bills_bill_due ON bills_bill (ask_at) WHERE state = 'wanted';
            CREATE INDEX bills_difference_open ON bills_difference (mch_id, day)
                WHERE state = 'open';
            """,
            "DROP INDEX bills_bill_due; DROP INDEX bills_difference_open;",
        ),
    ]
