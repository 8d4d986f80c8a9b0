from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import Now
from trade.stock.rules import CountState, InboundKind, InboundState, MovementKind, Place, ReservationState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Count',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=64)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('state', fields.CharEnumField(description='OPEN: open\nPOSTED: posted\nREJECTED: rejected', enum_type=CountState, max_length=10)),
                ('opened_by', fields.CharField(max_length=64)),
                ('opened_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('closed_by', fields.CharField(null=True, max_length=64)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_count', 'app': 'stock', 'pk_attr': 'id', 'table_description': 'A count sheet (盘点单): what somebody found, and whether somebody else believed it.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Count',
            constraint=CheckConstraint(check="(state = 'open') = (closed_at IS NULL)", name='stock_count_closed_check'),
        ),
        ops.CreateModel(
            name='CountLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('count', fields.ForeignKeyField('stock.Count', source_field='count_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sku_id', fields.BigIntField()),
                ('counted', fields.BigIntField()),
                ('counted_by', fields.CharField(max_length=64)),
                ('counted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_count_line', 'app': 'stock', 'unique_together': (('count', 'sku_id'),), 'pk_attr': 'id', 'table_description': '`counted` pieces lay there at `counted_at`.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='CountLine',
            constraint=CheckConstraint(check='counted >= 0', name='stock_count_line_counted_check'),
        ),
        ops.CreateModel(
            name='FeedMark',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=40)),
                ('sku_id', fields.BigIntField()),
                ('store_id', fields.BigIntField()),
                ('seq', fields.BigIntField()),
            ],
            options={'table': 'stock_feed_mark', 'app': 'stock', 'unique_together': (('source', 'sku_id', 'store_id'),), 'pk_attr': 'id', 'table_description': 'The newest number of a feed that was heard for one SKU in one store.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Inbound',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharEnumField(description='RECEIPT: receipt\nTRANSFER: transfer', enum_type=InboundKind, max_length=10)),
                ('from_store_id', fields.BigIntField(null=True)),
                ('store_id', fields.BigIntField()),
                ('state', fields.CharEnumField(description='ON_THE_WAY: on_the_way\nCLOSED: closed', enum_type=InboundState, max_length=10)),
                ('due_on', fields.DateField(null=True)),
                ('opened_by', fields.CharField(max_length=64)),
                ('opened_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('closed_by', fields.CharField(null=True, max_length=64)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_inbound', 'app': 'stock', 'pk_attr': 'id', 'table_description': "Goods on their way to a store (入库单): a supplier's delivery, or a transfer (调拨)."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Inbound',
            constraint=CheckConstraint(check="(kind = 'transfer') = (from_store_id IS NOT NULL) AND from_store_id <> store_id", name='stock_inbound_from_check'),
        ),
        ops.AddConstraint(
            model_name='Inbound',
            constraint=CheckConstraint(check="(state = 'closed') = (closed_at IS NOT NULL)", name='stock_inbound_closed_check'),
        ),
        ops.CreateModel(
            name='InboundLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inbound', fields.ForeignKeyField('stock.Inbound', source_field='inbound_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('sku_id', fields.BigIntField()),
                ('sent', fields.BigIntField()),
            ],
            options={'table': 'stock_inbound_line', 'app': 'stock', 'unique_together': (('inbound', 'sku_id'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='InboundLine',
            constraint=CheckConstraint(check='sent > 0', name='stock_inbound_line_sent_check'),
        ),
        ops.CreateModel(
            name='Reservation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('sku_id', fields.BigIntField()),
                ('store_id', fields.BigIntField()),
                ('quantity', fields.BigIntField()),
                ('state', fields.CharEnumField(description='HELD: held\nCAPTURED: captured\nRELEASED: released', enum_type=ReservationState, max_length=10)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_reservation', 'app': 'stock', 'unique_together': (('order_no', 'sku_id'),), 'pk_attr': 'id', 'table_description': 'Units of one SKU kept for one order until it is paid, closed or expired.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='Reservation',
            constraint=CheckConstraint(check='quantity > 0', name='stock_reservation_quantity_check'),
        ),
        ops.CreateModel(
            name='StockLevel',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('sku_id', fields.BigIntField()),
                ('store_id', fields.BigIntField(db_index=True)),
                ('on_hand', fields.BigIntField()),
                ('reserved', fields.BigIntField(db_default=0)),
                ('safety', fields.BigIntField(db_default=0)),
                ('in_transit', fields.BigIntField(db_default=0)),
                ('in_returns', fields.BigIntField(db_default=0)),
                ('damaged', fields.BigIntField(db_default=0)),
                ('shortfall', fields.BigIntField(db_default=0)),
                ('counted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('is_dirty', fields.BooleanField(db_default=True)),
                ('told_no', fields.BigIntField(db_default=0)),
            ],
            options={'table': 'stock_level', 'app': 'stock', 'unique_together': (('sku_id', 'store_id'),), 'pk_attr': 'id', 'table_description': "A store's stock of one SKU: on hand (现货), reserved (预占) of it, safety stock (安全库存)."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='StockLevel',
            constraint=CheckConstraint(check='least(reserved, safety, in_transit, in_returns, damaged, shortfall) >= 0', name='stock_level_not_negative_check'),
        ),
        ops.AddConstraint(
            model_name='StockLevel',
            constraint=CheckConstraint(check='reserved <= on_hand + shortfall', name='stock_level_reserved_check'),
        ),
        ops.CreateModel(
            name='StockMovement',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('cause', fields.CharField(unique=True, max_length=200)),
                ('kind', fields.CharEnumField(description='OPENING: opening\nRECEIVED: received\nSOLD: sold\nRETURNED: returned\nPUT_AWAY: put_away\nTRANSFERRED_OUT: transferred_out\nTRANSFERRED_IN: transferred_in\nCOUNTED: counted\nSYNCED: synced\nADJUSTED: adjusted\nSCRAPPED: scrapped\nTO_VENDOR: to_vendor\nLIQUIDATED: liquidated', db_default='sold', enum_type=MovementKind, max_length=16)),
                ('sku_id', fields.BigIntField()),
                ('store_id', fields.BigIntField()),
                ('place', fields.CharEnumField(description='SHELF: shelf\nTRANSIT: transit\nRETURNS: returns\nDAMAGED: damaged', db_default='shelf', enum_type=Place, max_length=8)),
                ('quantity', fields.BigIntField()),
                ('reason', fields.CharField(db_default='', max_length=20)),
                ('actor', fields.CharField(db_default='system', max_length=64)),
                ('document_no', fields.CharField(null=True, max_length=64)),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
                ('booked_at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_movement', 'app': 'stock', 'pk_attr': 'id', 'table_description': 'Stock ledger (库存流水): units that came (+) or went (-). Rows stay; a cause is unique.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='StockMovement',
            constraint=CheckConstraint(check="quantity <> 0 OR kind IN ('counted', 'synced')", name='stock_movement_quantity_check'),
        ),
        # By hand: a ledger is only written on; who holds stock now is asked often; a shelf that
        # changed says so once per sweep, so that a busy one pays nothing for it. No index names
        # on_hand or reserved: their updates stay on the page (HOT), which leaves room for them.
        ops.RunSQL(
            """
            CREATE FUNCTION stock_movement_is_final() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'stock movements are never changed'; END $$;
            CREATE TRIGGER stock_movement_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
            ON stock_movement FOR EACH STATEMENT EXECUTE FUNCTION stock_movement_is_final();
            CREATE INDEX stock_movement_shelf ON stock_movement (store_id, sku_id, at);
            CREATE INDEX stock_movement_document ON stock_movement (document_no)
            WHERE document_no IS NOT NULL;
            CREATE INDEX stock_reservation_held ON stock_reservation (order_no)
            WHERE state = 'held';
            CREATE FUNCTION stock_level_changed() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.is_dirty := true; RETURN NEW; END $$;
            CREATE TRIGGER stock_level_changed BEFORE UPDATE ON stock_level FOR EACH ROW
            WHEN (NOT OLD.is_dirty
                AND (OLD.on_hand, OLD.reserved, OLD.safety, OLD.in_transit)
                IS DISTINCT FROM (NEW.on_hand, NEW.reserved, NEW.safety, NEW.in_transit))
            EXECUTE FUNCTION stock_level_changed();
            CREATE INDEX stock_level_dirty ON stock_level (sku_id, store_id) WHERE is_dirty;
            CREATE INDEX stock_level_short ON stock_level (store_id) WHERE shortfall > 0;
            ALTER TABLE stock_level SET (fillfactor = 70);
            CREATE INDEX stock_inbound_store ON stock_inbound (store_id, state)
            """,
            "DROP TRIGGER stock_movement_is_final ON stock_movement;"
            " DROP FUNCTION stock_movement_is_final; DROP INDEX stock_reservation_held;"
            " DROP TRIGGER stock_level_changed ON stock_level; DROP FUNCTION stock_level_changed",
        ),
    ]
