from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.orders.rules import CloseReason, Delivery, Entrance, OrderState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Cart',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('lines', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('changed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_cart', 'app': 'orders', 'unique_together': (('member_id', 'store_id'),), 'pk_attr': 'id', 'table_description': 'What a member has laid aside in one store (购物车), as [{"sku_id": 1, "quantity": 2}].'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ConsigneeRow',
            fields=[
                ('id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('cipher', fields.TextField(unique=False)),
            ],
            options={'table': 'orders_consignee', 'app': 'orders', 'pk_attr': 'id', 'table_description': "Who receives an express parcel (收货人), encrypted. `id` is the order's."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Order',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('order_no', fields.CharField(unique=True, max_length=32)),
                ('member_id', fields.BigIntField(null=True)),
                ('store_id', fields.BigIntField()),
                ('state', fields.CharEnumField(description='PLACED: placed\nDEPOSITED: deposited\nPAID: paid\nSHIPPED: shipped\nDONE: done\nCLOSED: closed', enum_type=OrderState, max_length=10)),
                ('entrance', fields.CharEnumField(description='MINI_PROGRAM: mini_program\nGUIDE: guide\nLIVE: live\nTILL: till\nIMPORT: import\nEXCHANGE: exchange\nPHONE: phone\nCOUNTER: counter', enum_type=Entrance, max_length=12)),
                ('outside_no', fields.CharField(null=True, max_length=64)),
                ('placed_by', fields.CharField(max_length=40)),
                ('idempotency_key', fields.CharField(max_length=80)),
                ('fingerprint', fields.CharField(max_length=64)),
                ('goods_fen', fields.BigIntField()),
                ('discount_fen', fields.BigIntField()),
                ('freight_fen', fields.BigIntField()),
                ('payable_fen', fields.BigIntField()),
                ('paid_fen', fields.BigIntField(db_default=0)),
                ('refunded_fen', fields.BigIntField(db_default=0)),
                ('deposit_fen', fields.BigIntField(db_default=0)),
                ('points_spent', fields.BigIntField(db_default=0)),
                ('points_earned', fields.BigIntField()),
                ('tier', fields.CharField(db_default='', max_length=20)),
                ('quote_version', fields.CharField(db_default='', max_length=16)),
                ('reasons', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('delivery', fields.CharEnumField(description='PICKUP: pickup\nEXPRESS: express\nCITY: city\nTAKEN: taken', enum_type=Delivery, max_length=10)),
                ('guide_id', fields.BigIntField(null=True)),
                ('source_store_id', fields.BigIntField(null=True)),
                ('group_id', fields.BigIntField(null=True)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('close_reason', fields.CharEnumField(null=True, description='EXPIRED: expired\nCANCELLED: cancelled\nREFUNDED: refunded', enum_type=CloseReason, max_length=10)),
                ('placed_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('balance_due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('promised_on', fields.DateField(null=True)),
                ('moves_stock', fields.BooleanField(db_default=True)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_order', 'app': 'orders', 'unique_together': (('placed_by', 'idempotency_key'),), 'pk_attr': 'id', 'table_description': "A sale and what became of it. Its prices are the quote's, frozen; `reasons` explain them."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Order',
            constraint=CheckConstraint(check='least(goods_fen, discount_fen, freight_fen, payable_fen, points_spent) >= 0 AND payable_fen = goods_fen - discount_fen + freight_fen', name='orders_order_payable_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Order',
            constraint=CheckConstraint(check='paid_fen BETWEEN 0 AND payable_fen AND refunded_fen BETWEEN 0 AND paid_fen AND deposit_fen BETWEEN 0 AND payable_fen', name='orders_order_paid_fen_check'),
        ),
        ops.AddConstraint(
            model_name='Order',
            constraint=CheckConstraint(check='paid_at IS NULL OR paid_fen = payable_fen', name='orders_order_paid_at_check'),
        ),
        ops.AddConstraint(
            model_name='Order',
            constraint=CheckConstraint(check="paid_at IS NOT NULL OR state IN ('placed', 'deposited', 'closed')", name='orders_order_state_check'),
        ),
        ops.CreateModel(
            name='OrderDraft',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('store_id', fields.BigIntField()),
                ('member_id', fields.BigIntField(null=True)),
                ('guide_id', fields.BigIntField(db_index=True)),
                ('wanted', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('quote', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('payable_fen', fields.BigIntField()),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('order_id', fields.BigIntField(null=True)),
                ('valid_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_draft', 'app': 'orders', 'pk_attr': 'id', 'table_description': 'A sale a guide has prepared (代客下单草稿): its prices are frozen until `valid_until`.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='OrderDraft',
            constraint=CheckConstraint(check='order_id IS NULL OR withdrawn_at IS NULL', name='orders_draft_once_check'),
        ),
        ops.CreateModel(
            name='OrderLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('orders.Order', source_field='order_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('sku_id', fields.BigIntField()),
                ('sku_code', fields.CharField(max_length=40)),
                ('title', fields.CharField(max_length=120)),
                ('spec_text', fields.CharField(max_length=80)),
                ('picture', fields.CharField(max_length=200)),
                ('unit', fields.CharField(max_length=10)),
                ('quantity', fields.BigIntField()),
                ('list_fen', fields.BigIntField()),
                ('price_fen', fields.BigIntField()),
                ('discount_fen', fields.BigIntField()),
                ('payable_fen', fields.BigIntField()),
                ('tax_code', fields.CharField(max_length=19)),
                ('tax_bp', fields.IntField()),
                ('is_gift', fields.BooleanField(db_default=False)),
                ('parts', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('reasons', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'orders_line', 'app': 'orders', 'unique_together': (('order', 'sku_id', 'is_gift'),), 'pk_attr': 'id', 'table_description': 'One SKU of an order, with what it was called and cost at that moment.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='OrderLine',
            constraint=CheckConstraint(check='quantity > 0 AND least(list_fen, price_fen, discount_fen, payable_fen) >= 0', name='orders_line_not_negative_check'),
        ),
        ops.CreateModel(
            name='OrderMoney',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('orders.Order', source_field='order_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('payment_no', fields.CharField(unique=True, max_length=32)),
                ('amount_fen', fields.BigIntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_money', 'app': 'orders', 'pk_attr': 'id', 'table_description': "A payment an order took. Never changed; they add up to the order's `paid_fen`."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='OrderMoney',
            constraint=CheckConstraint(check='amount_fen >= 0', name='orders_money_amount_fen_check'),
        ),
        ops.CreateModel(
            name='OrderMoneyBack',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('orders.Order', source_field='order_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('refund_no', fields.CharField(unique=True, max_length=32)),
                ('amount_fen', fields.BigIntField()),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_money_back', 'app': 'orders', 'pk_attr': 'id', 'table_description': 'A refund an order was told of. Never changed; they add up to its `refunded_fen`.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='OrderMoneyBack',
            constraint=CheckConstraint(check='amount_fen > 0', name='orders_money_back_amount_check'),
        ),
        ops.CreateModel(
            name='OrderNote',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('orders.Order', source_field='order_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('text', fields.CharField(max_length=500)),
                ('is_inner', fields.BooleanField()),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_note', 'app': 'orders', 'pk_attr': 'id', 'table_description': 'A remark on an order (备注). Inner ones are for staff only.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TimelineRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('orders.Order', source_field='order_id', db_constraint=True, to_field='id', related_name='timeline', on_delete=OnDelete.CASCADE)),
                ('action', fields.CharField(max_length=20)),
                ('state', fields.CharEnumField(description='PLACED: placed\nDEPOSITED: deposited\nPAID: paid\nSHIPPED: shipped\nDONE: done\nCLOSED: closed', enum_type=OrderState, max_length=10)),
                ('cause', fields.CharField(max_length=80)),
                ('actor', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_timeline', 'app': 'orders', 'pk_attr': 'id', 'table_description': 'One step of an order: what was done, why (`cause`), by whom (`actor`). Never changed.'},
            bases=['Model'],
        ),
        # By hand: what is asked every few seconds and by every shopper; and the timeline stays.
        # IS NOT NULL is true of every order; it keeps the planner from answering what a member has
        # open out of the index of all that are overdue, which looks free while nothing is open.
        ops.RunSQL(
            """
            CREATE INDEX orders_order_open ON orders_order (member_id, id) WHERE state = 'placed';
            CREATE INDEX orders_order_overdue ON orders_order (expires_at)
            WHERE state = 'placed' AND expires_at IS NOT NULL;
            CREATE INDEX orders_order_balance ON orders_order (balance_due_at)
            WHERE state = 'deposited';
            CREATE INDEX orders_money_of_order ON orders_money (order_id);
            CREATE INDEX orders_money_back_of_order ON orders_money_back (order_id);
            CREATE INDEX orders_timeline_of_order ON orders_timeline (order_id);
            CREATE INDEX orders_order_of_member ON orders_order (member_id, id DESC)
                WHERE member_id IS NOT NULL;
            CREATE INDEX orders_order_of_store ON orders_order (store_id, id DESC);
            CREATE INDEX orders_order_of_guide ON orders_order (guide_id, id DESC)
                WHERE guide_id IS NOT NULL;
            CREATE INDEX orders_order_outside ON orders_order (outside_no)
                WHERE outside_no IS NOT NULL;
            CREATE INDEX orders_note_of_order ON orders_note (order_id);
            CREATE FUNCTION orders_timeline_is_final() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the timeline of an order is never changed'; END $$;
            CREATE TRIGGER orders_timeline_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
            ON orders_timeline FOR EACH STATEMENT EXECUTE FUNCTION orders_timeline_is_final()
            """,
            "DROP TRIGGER orders_timeline_is_final ON orders_timeline;"
            " DROP FUNCTION orders_timeline_is_final; DROP INDEX orders_order_of_member,"
            " orders_order_of_store, orders_order_of_guide, orders_order_outside,"
            " orders_note_of_order;"
            " DROP INDEX orders_timeline_of_order; DROP INDEX orders_money_back_of_order;"
            " DROP INDEX orders_money_of_order; DROP INDEX orders_order_balance;"
            " DROP INDEX orders_order_open; DROP INDEX orders_order_overdue",
        ),
    ]
