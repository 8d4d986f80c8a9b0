from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.db_defaults import Now
from trade.stock.rules import ReservationState
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Reservation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order_no', fields.CharField(max_length=32)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
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
                ('sku_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('on_hand', fields.BigIntField()),
                ('reserved', fields.BigIntField(db_default=0)),
                ('safety', fields.BigIntField(db_default=0)),
            ],
            options={'table': 'stock_level', 'app': 'stock', 'unique_together': (('sku_id', 'store_id'),), 'pk_attr': 'id', 'table_description': "A store's shelf: on hand (现货), reserved (预占) of it, and safety stock (安全库存)."},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='StockLevel',
            constraint=CheckConstraint(check='reserved >= 0 AND safety >= 0', name='stock_level_not_negative_check'),
        ),
        ops.AddConstraint(
            model_name='StockLevel',
            constraint=CheckConstraint(check='reserved <= on_hand', name='stock_level_reserved_check'),
        ),
        ops.CreateModel(
            name='StockMovement',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('cause', fields.CharField(unique=True, max_length=160)),
                ('sku_id', fields.BigIntField(db_index=True)),
                ('store_id', fields.BigIntField(db_index=True)),
                ('quantity', fields.BigIntField()),
                ('at', fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_movement', 'app': 'stock', 'pk_attr': 'id', 'table_description': 'Stock ledger (库存流水): units that came (+) or went (-). Rows stay; a cause is unique.'},
            bases=['Model'],
        ),
        # By hand: CreateModel drops constraints without a word.
        ops.AddConstraint(
            model_name='StockMovement',
            constraint=CheckConstraint(check='quantity <> 0', name='stock_movement_quantity_check'),
        ),
        # By hand: a ledger is only written on; and who holds stock now is asked often.
        ops.RunSQL(
            """
            CREATE FUNCTION stock_movement_is_final() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'stock movements are never changed'; END $$;
            CREATE TRIGGER stock_movement_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
            ON stock_movement FOR EACH STATEMENT EXECUTE FUNCTION stock_movement_is_final();
            CREATE INDEX stock_reservation_held ON stock_reservation (order_no)
            WHERE state = 'held'
            """,
            "DROP TRIGGER stock_movement_is_final ON stock_movement;"
            " DROP FUNCTION stock_movement_is_final; DROP INDEX stock_reservation_held",
        ),
    ]
