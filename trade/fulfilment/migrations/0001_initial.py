from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.ids import new_id
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.fulfilment.return_rules import Condition, Disposition, MoneyState, MoneyWhen, Proof, ReceiptState, RefundTo, ReturnKind, ReturnState
from trade.fulfilment.rules import RefuseReason, ShipmentKind, ShipmentState, TaskKind, TaskState, TrackStep
from trade.fulfilment.visit_rules import VisitState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='LineBack',
            fields=[
                ('id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('pieces', fields.BigIntField()),
                ('refused', fields.BigIntField(db_default=0)),
                ('returned', fields.BigIntField(db_default=0)),
                ('worth_fen', fields.BigIntField(db_default=0)),
                ('payable_fen', fields.BigIntField()),
            ],
            options={'table': 'fulfilment_line_back', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': "What of an order line is given back or claimed to be. `id` is the line's; the row is a lock:"},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='LineBack',
            constraint=CheckConstraint(check='least(refused, returned, worth_fen) >= 0 AND refused + returned <= pieces AND worth_fen <= payable_fen', name='fulfilment_line_back_pieces_check'),
        ),
        ops.CreateModel(
            name='Return',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('return_no', fields.CharField(unique=True, max_length=32)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('fingerprint', fields.CharField(max_length=64)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('member_id', fields.BigIntField(null=True, db_index=True)),
                ('sold_store_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('kind', fields.CharEnumField(description='RETURN: return\nEXCHANGE: exchange', enum_type=ReturnKind, max_length=10)),
                ('state', fields.CharEnumField(description='OPEN: open\nCLOSED: closed\nWITHDRAWN: withdrawn', enum_type=ReturnState, max_length=10)),
                ('receipt', fields.CharEnumField(description='AWAITED: awaited\nON_WAY: on_way\nPARTLY: partly\nRECEIVED: received', enum_type=ReceiptState, max_length=10)),
                ('money', fields.CharEnumField(description='NONE: none\nASKED: asked\nSETTLED: settled\nWAITING: waiting', enum_type=MoneyState, max_length=10)),
                ('refund_to', fields.CharEnumField(description='ORIGIN: origin\nCREDIT: credit\nNONE: none', enum_type=RefundTo, max_length=10)),
                ('proof', fields.CharEnumField(description='ORDER: order\nRECEIPT: receipt\nMEMBER: member\nPAYMENT: payment', enum_type=Proof, max_length=10)),
                ('rule_code', fields.CharField(max_length=40)),
                ('reason', fields.CharField(db_default='', max_length=200)),
                ('money_when', fields.CharEnumField(description='ON_RECEIPT: on_receipt\nBEFORE: before\nNO_GOODS: no_goods', enum_type=MoneyWhen, max_length=12)),
                ('manager_over_fen', fields.BigIntField()),
                ('worth_fen', fields.BigIntField(db_default=0)),
                ('asked_fen', fields.BigIntField(db_default=0)),
                ('carrier', fields.CharField(db_default='', max_length=16)),
                ('tracking_no', fields.CharField(db_default='', max_length=32)),
                ('exchange_order_id', fields.BigIntField(null=True, db_index=True)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_return', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'A case of goods that come back (售后单). Goods, what becomes of them, and money each have'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Return',
            constraint=CheckConstraint(check='worth_fen >= 0 AND asked_fen BETWEEN 0 AND worth_fen', name='fulfilment_return_worth_fen_check'),
        ),
        ops.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('fulfilment.Return', source_field='case_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('line_id', fields.BigIntField(db_index=True)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('quantity', fields.BigIntField()),
                ('received', fields.BigIntField(db_default=0)),
                ('worth_fen', fields.BigIntField()),
            ],
            options={'table': 'fulfilment_return_line', 'app': 'fulfilment', 'unique_together': (('case', 'line_id'),), 'pk_attr': 'id', 'table_description': 'Pieces of an order line in a return: announced, come back, and what they are worth.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ReturnLine',
            constraint=CheckConstraint(check='received BETWEEN 0 AND quantity AND worth_fen >= 0', name='fulfilment_return_line_received_check'),
        ),
        ops.CreateModel(
            name='ReturnMoney',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('case', fields.ForeignKeyField('fulfilment.Return', source_field='case_id', db_constraint=True, to_field='id', related_name='refunds', on_delete=OnDelete.CASCADE)),
                ('amount_fen', fields.BigIntField()),
                ('refund_to', fields.CharEnumField(description='ORIGIN: origin\nCREDIT: credit\nNONE: none', enum_type=RefundTo, max_length=10)),
                ('state', fields.CharEnumField(description='NONE: none\nASKED: asked\nSETTLED: settled\nWAITING: waiting', enum_type=MoneyState, max_length=10)),
                ('refund_nos', fields.JSONField(db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('by', fields.CharField(max_length=40)),
                ('allowed_by', fields.CharField(null=True, max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_return_money', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'Money of a return (退款): asked for by `by`, where needed allowed by a manager, then paid.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ReturnMoney',
            constraint=CheckConstraint(check='amount_fen > 0', name='fulfilment_return_money_amount_fen_check'),
        ),
        ops.CreateModel(
            name='ReturnRuleRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('priority', fields.IntField()),
                ('data', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('valid_from', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('valid_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_return_rule', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'One row of the return policy (退换货政策). `data` holds the fields of a rule.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReturnStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('fulfilment.Return', source_field='case_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('action', fields.CharField(max_length=20)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('actor', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_return_step', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'One step of a return: what was done and by whom. Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReturnedPieces',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('fulfilment.Return', source_field='case_id', db_constraint=True, to_field='id', related_name='arrived', on_delete=OnDelete.CASCADE)),
                ('request_key', fields.CharField(max_length=120)),
                ('line_id', fields.BigIntField(db_index=True)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('quantity', fields.BigIntField()),
                ('disposed', fields.BigIntField(db_default=0)),
                ('condition', fields.CharEnumField(description='INTACT: intact\nOPENED: opened\nWORN: worn\nDAMAGED: damaged\nWRONG: wrong', enum_type=Condition, max_length=10)),
                ('place', fields.CharField(db_default='', max_length=20)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_returned_pieces', 'app': 'fulfilment', 'unique_together': (('case', 'request_key', 'line_id', 'condition'),), 'pk_attr': 'id', 'table_description': 'What arrived (退货签收): so many pieces in one condition, in one place of one store.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ReturnedPieces',
            constraint=CheckConstraint(check='quantity > 0 AND disposed BETWEEN 0 AND quantity', name='fulfilment_returned_pieces_disposed_check'),
        ),
        ops.CreateModel(
            name='DispositionRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('pieces', fields.ForeignKeyField('fulfilment.ReturnedPieces', source_field='pieces_id', db_constraint=True, to_field='id', related_name='dispositions', on_delete=OnDelete.CASCADE)),
                ('what', fields.CharEnumField(description='RESTOCK: restock\nTRANSFER: transfer\nVENDOR: vendor\nLIQUIDATE: liquidate\nSCRAP: scrap', enum_type=Disposition, max_length=10)),
                ('quantity', fields.BigIntField()),
                ('to_store_id', fields.BigIntField(null=True, db_index=True)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('put_away_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('put_away_by', fields.CharField(null=True, max_length=40)),
            ],
            options={'table': 'fulfilment_disposition', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'What becomes of pieces that came back (退货处置), decided by a person.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='DispositionRow',
            constraint=CheckConstraint(check='quantity > 0', name='fulfilment_disposition_quantity_check'),
        ),
        ops.CreateModel(
            name='StoreTask',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('round', fields.IntField(db_default=1)),
                ('kind', fields.CharEnumField(description='PICKUP: pickup\nPICK: pick\nCITY: city', enum_type=TaskKind, max_length=10)),
                ('state', fields.CharEnumField(description='OPEN: open\nACCEPTED: accepted\nPICKED: picked\nREADY: ready\nDONE: done\nREFUSED: refused\nCANCELLED: cancelled', enum_type=TaskState, max_length=10)),
                ('code', fields.CharField(null=True, max_length=8)),
                ('hold_place', fields.CharField(db_default='', max_length=20)),
                ('due_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('late_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('notices', fields.IntField(db_default=0)),
                ('reminded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_store_task', 'app': 'fulfilment', 'unique_together': (('store_id', 'code'), ('order_id', 'round')), 'pk_attr': 'id', 'table_description': "What one store has to do for one order. `code` is the guest's pick-up code (提货码)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refusal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('task', fields.ForeignKeyField('fulfilment.StoreTask', source_field='task_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('line_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('quantity', fields.BigIntField()),
                ('reason', fields.CharEnumField(description='SOLD: sold\nDAMAGED: damaged\nNOT_FOUND: not_found\nNO_STAFF: no_staff\nUNCLAIMED: unclaimed', enum_type=RefuseReason, max_length=10)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('next_task_id', fields.BigIntField(null=True, db_index=True)),
                ('refund_fen', fields.BigIntField(db_default=0)),
                ('refund_no', fields.CharField(null=True, max_length=32)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_refusal', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'A store could not give pieces of a line. That place is not asked for the line again.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Refusal',
            constraint=CheckConstraint(check='quantity > 0', name='fulfilment_refusal_quantity_check'),
        ),
        ops.CreateModel(
            name='Shipment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('shipment_no', fields.CharField(unique=True, max_length=32)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('order_id', fields.BigIntField(db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('task', fields.ForeignKeyField('fulfilment.StoreTask', source_field='task_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('kind', fields.CharEnumField(description='EXPRESS: express\nCITY: city\nPICKUP: pickup', enum_type=ShipmentKind, max_length=10)),
                ('state', fields.CharEnumField(description='CALLED: called\nON_WAY: on_way\nARRIVED: arrived\nTROUBLE: trouble\nCALLED_OFF: called_off', enum_type=ShipmentState, max_length=10)),
                ('rider', fields.CharField(db_default='', max_length=40)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('left_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('arrived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_shipment', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'Goods of an order that left together (包裹组): by carrier, by rider, or with the guest.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Parcel',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('shipment', fields.ForeignKeyField('fulfilment.Shipment', source_field='shipment_id', db_constraint=True, to_field='id', related_name='parcels', on_delete=OnDelete.CASCADE)),
                ('carrier', fields.CharField(max_length=16)),
                ('tracking_no', fields.CharField(max_length=32)),
                ('arrived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_parcel', 'app': 'fulfilment', 'unique_together': (('carrier', 'tracking_no'),), 'pk_attr': 'id', 'table_description': 'One label of a carrier (运单). A large piece travels as several.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ShipmentLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('shipment', fields.ForeignKeyField('fulfilment.Shipment', source_field='shipment_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('line_id', fields.BigIntField(db_index=True)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('quantity', fields.BigIntField()),
            ],
            options={'table': 'fulfilment_shipment_line', 'app': 'fulfilment', 'unique_together': (('shipment', 'line_id'),), 'pk_attr': 'id', 'table_description': 'How many pieces of an order line are in a shipment.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='ShipmentLine',
            constraint=CheckConstraint(check='quantity > 0', name='fulfilment_shipment_line_quantity_check'),
        ),
        ops.CreateModel(
            name='TaskLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('task', fields.ForeignKeyField('fulfilment.StoreTask', source_field='task_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('line_id', fields.BigIntField(db_index=True)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('quantity', fields.BigIntField()),
                ('gone', fields.BigIntField(db_default=0)),
                ('refused', fields.BigIntField(db_default=0)),
            ],
            options={'table': 'fulfilment_task_line', 'app': 'fulfilment', 'unique_together': (('task', 'line_id'),), 'pk_attr': 'id', 'table_description': 'Pieces of one order line that a store was asked for. What left and what was refused adds up'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='TaskLine',
            constraint=CheckConstraint(check='quantity > 0 AND least(gone, refused) >= 0 AND gone + refused <= quantity', name='fulfilment_task_line_quantity_check'),
        ),
        ops.CreateModel(
            name='TaskStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('task', fields.ForeignKeyField('fulfilment.StoreTask', source_field='task_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('action', fields.CharField(max_length=20)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('actor', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_task_step', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'One thing done for a task, or told about it: who, when. Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrackRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('shipment', fields.ForeignKeyField('fulfilment.Shipment', source_field='shipment_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('tracking_no', fields.CharField(db_default='', max_length=32)),
                ('step', fields.CharEnumField(description='COLLECTED: collected\nMOVING: moving\nOUT: out\nARRIVED: arrived\nTROUBLE: trouble', enum_type=TrackStep, max_length=10)),
                ('text', fields.CharField(max_length=200)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_track', 'app': 'fulfilment', 'unique_together': (('shipment', 'tracking_no', 'at', 'text'),), 'pk_attr': 'id', 'table_description': 'What a carrier told about a shipment (物流轨迹). The same telling again is the same row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Visit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('public_id', fields.CharField(default=new_id, unique=True, max_length=40)),
                ('request_key', fields.CharField(unique=True, max_length=120)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('member_id', fields.BigIntField(db_index=True)),
                ('product_id', fields.BigIntField(null=True)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seat', fields.IntField(null=True)),
                ('state', fields.CharEnumField(description='BOOKED: booked\nCAME: came\nMISSED: missed\nCANCELLED: cancelled', enum_type=VisitState, max_length=10)),
                ('note', fields.CharField(db_default='', max_length=200)),
                ('ended_by', fields.CharField(null=True, max_length=40)),
                ('reminded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_visit', 'app': 'fulfilment', 'unique_together': (('store_id', 'starts_at', 'seat'),), 'pk_attr': 'id', 'table_description': 'Somebody comes to a store to be shown something (到店预约).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WorkPolicyRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('data', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'fulfilment_work_policy', 'app': 'fulfilment', 'pk_attr': 'id', 'table_description': 'How long stores and guests may take (履约时限). The newest version counts.'},
            bases=['Model'],
        ),
        # By hand: the queues people look at every minute, and what is never changed.
        ops.RunSQL(
            """
            CREATE INDEX fulfilment_store_task_queue ON fulfilment_store_task (store_id, due_at)
                WHERE state IN ('open', 'accepted', 'picked', 'ready');
            CREATE INDEX fulfilment_shipment_on_way ON fulfilment_shipment (left_at)
                WHERE state IN ('called', 'on_way');
            CREATE INDEX fulfilment_return_open ON fulfilment_return (store_id, id)
                WHERE state = 'open';
            CREATE UNIQUE INDEX fulfilment_return_rule_running ON fulfilment_return_rule (code)
                WHERE valid_until IS NULL;
            CREATE FUNCTION fulfilment_is_final() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'what was done is never changed'; END $$;
            CREATE TRIGGER fulfilment_task_step_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
            ON fulfilment_task_step FOR EACH STATEMENT EXECUTE FUNCTION fulfilment_is_final();
            CREATE TRIGGER fulfilment_return_step_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
            ON fulfilment_return_step FOR EACH STATEMENT EXECUTE FUNCTION fulfilment_is_final()
            """,
            "DROP TRIGGER fulfilment_return_step_is_final ON fulfilment_return_step;"
            " DROP TRIGGER fulfilment_task_step_is_final ON fulfilment_task_step;"
            " DROP FUNCTION fulfilment_is_final; DROP INDEX fulfilment_return_rule_running;"
            " DROP INDEX fulfilment_return_open;"
            " DROP INDEX fulfilment_shipment_on_way; DROP INDEX fulfilment_store_task_queue",
        ),
    ]
