"""Order tables. Private: other rooms come through `service` and `queries`."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from trade.orders.rules import CloseReason, Delivery, Entrance, OrderState


class Order(Model):
    """A sale and what became of it. Its prices are the quote's, frozen; `reasons` explain them.

    `placed_by` is the actor whose `idempotency_key` it is; nobody's name is needed to sell at a
    till, so `member_id` may be missing. `outside_no` is the number a till or another shop gave it.
    `deposit_fen` (定金) above 0: so much is due first, the rest until `balance_due_at`.
    `guide_id`, `source_store_id` and `group_id` say where it began. `moves_stock` is false for what
    another book of stock has counted already (an imported past). Its indexes are in the migration.
    """

    id = key()
    public_id = public_id("ord")
    order_no = fields.CharField(max_length=32, unique=True)
    member_id = maybe_ref(is_indexed=False)
    store_id = ref(is_indexed=False)
    state = fields.CharEnumField(OrderState, max_length=10)
    entrance = fields.CharEnumField(Entrance, max_length=12)
    outside_no = fields.CharField(max_length=64, null=True)
    placed_by = fields.CharField(max_length=40)
    idempotency_key = fields.CharField(max_length=80)
    fingerprint = fields.CharField(max_length=64)
    goods_fen = fen()
    discount_fen = fen()
    freight_fen = fen()
    payable_fen = fen()
    paid_fen = fields.BigIntField(db_default=0)
    refunded_fen = fields.BigIntField(db_default=0)
    deposit_fen = fields.BigIntField(db_default=0)
    points_spent = fields.BigIntField(db_default=0)
    points_earned = fields.BigIntField()
    tier = fields.CharField(max_length=20, db_default="")
    quote_version = fields.CharField(max_length=16, db_default="")
    reasons = fields.JSONField[list[dict[str, Any]]]()
    delivery = fields.CharEnumField(Delivery, max_length=10)
    guide_id = maybe_ref(is_indexed=False)
    source_store_id = maybe_ref(is_indexed=False)
    group_id = maybe_ref(is_indexed=False)
    note = fields.CharField(max_length=200, db_default="")
    close_reason = fields.CharEnumField(CloseReason, max_length=10, null=True)
    placed_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    balance_due_at = fields.DatetimeField(null=True)
    promised_on = fields.DateField(null=True)
    moves_stock = fields.BooleanField(db_default=True)
    paid_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "orders_order"
        unique_together = (("placed_by", "idempotency_key"),)
        constraints = (
            CheckConstraint(
                "least(goods_fen, discount_fen, freight_fen, payable_fen, points_spent) >= 0"
                " AND payable_fen = goods_fen - discount_fen + freight_fen",
                name="orders_order_payable_fen_check",
            ),
            CheckConstraint(
                "paid_fen BETWEEN 0 AND payable_fen AND refunded_fen BETWEEN 0 AND paid_fen"
                " AND deposit_fen BETWEEN 0 AND payable_fen",
                name="orders_order_paid_fen_check",
            ),
            CheckConstraint(
                "paid_at IS NULL OR paid_fen = payable_fen", name="orders_order_paid_at_check"
            ),
            CheckConstraint(
                "paid_at IS NOT NULL OR state IN ('placed', 'deposited', 'closed')",
                name="orders_order_state_check",
            ),
        )


class OrderLine(Model):
    """One SKU of an order, with what it was called and cost at that moment.

    `list_fen` and `price_fen` are for one unit, `discount_fen` and `payable_fen` for the line.
    `parts` are the stock items one unit is made of, as [[sku_id, quantity]]; empty: itself.
    Quantity 0: no stock is kept of it.
    """

    id = key()
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "orders.Order", related_name="lines"
    )
    order_id: int
    sku_id = ref(is_indexed=False)
    sku_code = fields.CharField(max_length=40)
    title = fields.CharField(max_length=120)
    spec_text = fields.CharField(max_length=80)
    picture = fields.CharField(max_length=200)
    unit = fields.CharField(max_length=10)
    quantity = fields.BigIntField()
    list_fen = fen()
    price_fen = fen()
    discount_fen = fen()
    payable_fen = fen()
    tax_code = fields.CharField(max_length=19)
    tax_bp = fields.IntField()
    is_gift = fields.BooleanField(db_default=False)
    parts = fields.JSONField[list[list[int]]](db_default="[]")
    reasons = fields.JSONField[list[dict[str, Any]]](db_default="[]")

    class Meta(Model.Meta):
        table = "orders_line"
        unique_together = (("order", "sku_id", "is_gift"),)
        constraints = (
            CheckConstraint(
                "quantity > 0 AND least(list_fen, price_fen, discount_fen, payable_fen) >= 0",
                name="orders_line_not_negative_check",
            ),
        )


class OrderMoney(Model):
    """A payment an order took. Never changed; they add up to the order's `paid_fen`."""

    id = key()
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("orders.Order")
    order_id: int
    payment_no = fields.CharField(max_length=32, unique=True)
    amount_fen = fen()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "orders_money"
        constraints = (CheckConstraint("amount_fen >= 0", name="orders_money_amount_fen_check"),)


class OrderMoneyBack(Model):
    """A refund an order was told of. Never changed; they add up to its `refunded_fen`."""

    id = key()
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("orders.Order")
    order_id: int
    refund_no = fields.CharField(max_length=32, unique=True)
    amount_fen = fen()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "orders_money_back"
        constraints = (CheckConstraint("amount_fen > 0", name="orders_money_back_amount_check"),)


class OrderNote(Model):
    """A remark on an order (备注). Inner ones are for staff only."""

    id = key()
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField("orders.Order")
    order_id: int
    text = fields.CharField(max_length=500)
    is_inner = fields.BooleanField()
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "orders_note"


class OrderDraft(Model):
    """A sale a guide has prepared (代客下单草稿): its prices are frozen until `valid_until`.

    `code` is what a card shows; `wanted` and `quote` are the choice and its price as JSON. The
    order it became, once, has it in `placed_by`.
    """

    id = key()
    code = public_id("drf")
    store_id = ref(is_indexed=False)
    member_id = maybe_ref(is_indexed=False)
    guide_id = ref()
    wanted = fields.JSONField[dict[str, Any]]()
    quote = fields.JSONField[dict[str, Any]]()
    payable_fen = fen()
    note = fields.CharField(max_length=200, db_default="")
    order_id = maybe_ref(is_indexed=False)
    valid_until = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "orders_draft"
        constraints = (
            CheckConstraint(
                "order_id IS NULL OR withdrawn_at IS NULL", name="orders_draft_once_check"
            ),
        )


class Cart(Model):
    """What a member has laid aside in one store (购物车), as [{"sku_id": 1, "quantity": 2}].

    Nothing is reserved and no price is kept: both are asked for whenever the cart is looked at.
    """

    id = key()
    member_id = ref()
    store_id = ref()
    lines = fields.JSONField[list[dict[str, int]]]()
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "orders_cart"
        unique_together = (("member_id", "store_id"),)


class ConsigneeRow(Model):
    """Who receives an express parcel (收货人), encrypted. `id` is the order's."""

    id = fields.BigIntField(primary_key=True, generated=False)
    cipher = fields.TextField()

    class Meta(Model.Meta):
        table = "orders_consignee"


class TimelineRow(Model):
    """One step of an order: what was done, why (`cause`), by whom (`actor`). Never changed."""

    id = key()
    order: fields.ForeignKeyRelation[Order] = fields.ForeignKeyField(
        "orders.Order", related_name="timeline"
    )
    order_id: int
    action = fields.CharField(max_length=20)
    state = fields.CharEnumField(OrderState, max_length=10)
    cause = fields.CharField(max_length=80)
    actor = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "orders_timeline"
