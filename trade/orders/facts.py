"""What orders say of a member: each line and each order that was paid, and what they add up to.

An order that was closed with all its money back is no purchase. Amounts are in fen.
"""

from core.audience import Attribute, Choice, Happening, Kind, Trait, register
from trade.catalog.queries.audience import (
    SKU_GOODS,
    brand_choices,
    category_choices,
    product_choices,
)
from trade.orders.rules import Entrance
from trade.stores.queries import all_stores

BOUGHT = "o.member_id IS NOT NULL AND o.paid_at IS NOT NULL AND o.state <> 'closed'"
LINES = f"""
SELECT o.member_id, o.paid_at AS at, l.payable_fen AS amount, l.quantity,
    l.discount_fen AS discount, o.store_id::text AS store, o.entrance::text AS entrance,
    o.guide_id AS guide, g.product, g.categories AS category, g.brand
FROM orders_order AS o JOIN orders_line AS l ON l.order_id = o.id
LEFT JOIN ({SKU_GOODS}) AS g ON g.sku_id = l.sku_id
WHERE {BOUGHT}
"""  # noqa: S608  our own words
ORDERS = f"""
SELECT o.member_id, o.paid_at AS at, o.paid_fen - o.refunded_fen AS amount,
    o.discount_fen AS discount, o.store_id::text AS store, o.entrance::text AS entrance,
    o.guide_id AS guide, o.group_id AS customer_group
FROM orders_order AS o WHERE {BOUGHT}
"""  # noqa: S608  our own words
BACK = """
SELECT o.member_id, b.at, b.amount_fen AS amount, o.store_id::text AS store
FROM orders_money_back AS b JOIN orders_order AS o ON o.id = b.order_id
WHERE o.member_id IS NOT NULL
"""
ENTRANCES = (
    Choice(Entrance.MINI_PROGRAM, "小程序", "mini-program"),
    Choice(Entrance.GUIDE, "导购代下单", "a guide's draft"),
    Choice(Entrance.LIVE, "直播", "live"),
    Choice(Entrance.TILL, "收银机", "till"),
    Choice(Entrance.IMPORT, "历史导入", "imported past"),
    Choice(Entrance.EXCHANGE, "换货", "exchange"),
    Choice(Entrance.COUNTER, "柜台收银", "counter"),
)


async def store_choices() -> list[Choice]:
    return [Choice(str(store.id), store.name, store.name) for store in await all_stores()]


STORE = Attribute(Kind.CHOICE, "门店", "store", store_choices)
ENTRANCE = Attribute(Kind.CHOICE, "下单入口", "entrance", ENTRANCES)
AMOUNT = Attribute(Kind.FEN, "金额", "amount")
DISCOUNT = Attribute(Kind.FEN, "优惠", "discount")
GUIDE = Attribute(Kind.NUMBER, "导购编号", "guide's number", adds_up=False)

register(
    Happening(
        "orders.bought",
        "购买商品",
        "bought goods",
        LINES,
        {
            "amount": AMOUNT,
            "quantity": Attribute(Kind.NUMBER, "件数", "pieces"),
            "discount": DISCOUNT,
            "store": STORE,
            "product": Attribute(Kind.CHOICE, "商品", "product", product_choices),
            "category": Attribute(Kind.CHOICE, "类目", "category", category_choices, is_many=True),
            "brand": Attribute(Kind.CHOICE, "品牌", "brand", brand_choices),
            "entrance": ENTRANCE,
            "guide": GUIDE,
        },
    )
)
register(
    Happening(
        "orders.paid",
        "支付订单",
        "paid an order",
        ORDERS,
        {
            "amount": AMOUNT,
            "discount": DISCOUNT,
            "store": STORE,
            "entrance": ENTRANCE,
            "guide": GUIDE,
            "customer_group": Attribute(
                Kind.NUMBER, "客户群编号", "customer group's number", adds_up=False
            ),
        },
    )
)
register(
    Happening("orders.refunded", "退款", "got money back", BACK, {"amount": AMOUNT, "store": STORE})
)


def _total(name: str, kind: Kind, zh: str, en: str, value: str) -> None:
    query = f"""
    SELECT o.member_id, {value} AS value FROM orders_order AS o WHERE {BOUGHT} GROUP BY o.member_id
    """  # noqa: S608  our own words
    register(Trait(f"orders.{name}", kind, zh, en, query))


_total("count", Kind.NUMBER, "累计订单数", "orders ever", "count(*)")
_total("total", Kind.FEN, "累计消费", "spent ever", "sum(o.paid_fen - o.refunded_fen)::bigint")
_total(
    "basket",
    Kind.FEN,
    "客单价",
    "mean basket",
    "(sum(o.paid_fen - o.refunded_fen) / count(*))::bigint",
)
_total(
    "discount_share",
    Kind.NUMBER,
    "优惠占比（%）",
    "share of discounts (%)",
    "(100 * sum(o.discount_fen) / nullif(sum(o.goods_fen), 0))::bigint",
)
_total("first", Kind.MOMENT, "首次购买", "first purchase", "min(o.paid_at)")
_total("last", Kind.MOMENT, "最近购买", "last purchase", "max(o.paid_at)")
