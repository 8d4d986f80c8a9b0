"""From the guide's share card to the paid order and everything that follows from it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from tortoise import Tortoise

from app.demo.players import GUIDE, SHOPPER, STORE, Players, expect
from app.opening import settings_of
from app.story import Step, Story, wait_for
from app.wiring import orm_config, wire
from core.ledger import Cause, explain
from core.money import yuan
from trade.catalog.queries import find_sku
from trade.stock.queries import availability
from trade.stores.queries import find_store

T = TypeVar("T")


@dataclass(slots=True)
class Sale:
    """What later steps need to know of the purchase."""

    order_id: str = ""
    order_no: str = ""
    paid_fen: int = 0
    source: str = ""
    product_id: str = ""
    pieces: int = 0
    card: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        return {"order_no": self.order_no, "paid_fen": self.paid_fen}


def tell(story: Story, players: Players) -> Sale:
    sale = Sale()
    with story.step("导购登录企业微信，把商品分享到客户群 (the guide shares a product)") as step:
        _share(step, players, sale)
    with story.step("顾客打开卡片：登录、同意、成为会员 (the shopper comes in)") as step:
        _come_in(step, players, sale)
    with story.step("看商品：本店价格、本店与附近库存 (looking at goods)") as step:
        sku = _look(step, players, sale)
    with story.step("购物车与报价：每一分优惠都说得清 (cart and quote)") as step:
        quote = _fill_cart(step, players, sku)
    with story.step("下单并用微信支付 (order and payment)") as step:
        _buy(step, players, sale, sku, quote)
    with story.step("支付之后：库存、积分、佣金、分成、导购消息 (what follows)") as step:
        _follow(step, players, sale, sku)
    return sale


def _share(step: Step, players: Players, sale: Sale) -> None:
    ask = players.window.get("/wecom/login")
    place = players.sim(f"/members/{GUIDE}/oauth", {"url": ask.headers["location"]})["location"]
    back = urlsplit(place)
    entered = players.window.get(f"{back.path}?{back.query}")
    step.must(entered.status_code in {302, 303}, f"the login ended with {entered.status_code}")
    panel = players.window.get("/wecom/panel")
    step.must(panel.status_code == 200, f"the side panel answered {panel.status_code}")
    [product] = re.findall(r'name="product_id" value="([^"]+)"', panel.text)[:1]
    [group] = re.findall(rf'value="([^"]+)" data-chat="\w*{GUIDE}"', panel.text)[:1]
    [csrf] = re.findall(r'name="csrf" value="([^"]+)"', panel.text)[:1]
    wanted = {"csrf": csrf, "product_id": product, "group_id": group}
    sale.card = expect(players.window.post("/wecom/panel/cards", data=wanted))
    chat = players.sim(f"/members/{GUIDE}/panel", {"chat_id": sale.card["chatId"]})["chat_id"]
    card = {
        name: sale.card[key]
        for name, key in (("title", "title"), ("path", "path"), ("appid", "appId"))
    }
    sent = players.sim(f"/members/{GUIDE}/send_card", {"chat_id": chat, **card})
    opened = players.sim(f"/users/{SHOPPER}/open_card", {"message_id": sent["id"]})
    query = parse_qs(opened["query"])
    sale.source, sale.product_id = query["source"][0], query["id"][0]
    step.prove(f"card “{card['title']}” in group {chat}, source code {sale.source}")


def _come_in(step: Step, players: Players, sale: Sale) -> None:
    code = players.sim(f"/users/{SHOPPER}/login", {})["js_code"]
    body = {"code": code, "source": sale.source, "consentVersion": "membership-2026-01"}
    entered = expect(players.phone.post("/api/v1/login", json=body))
    again = players.phone.post("/api/v1/login", json=body)
    step.must(again.status_code in {401, 409, 422}, "the same login code worked twice")
    players.phone.headers["authorization"] = f"Bearer {entered['token']}"
    step.must(entered["member"]["phone"] is None, "nobody asked for a phone number yet")
    phone = players.sim(f"/users/{SHOPPER}/phone", {})["code"]
    players.change("/api/v1/phone", {"code": phone})
    me = expect(players.phone.get("/api/v1/me"))
    step.must("****" in me["phone"], "the phone number is not masked")
    step.prove(f"member {me['memberId']}, phone {me['phone']}, guide {me['guide']}")


def _product(players: Players, sale: Sale) -> Any:
    path, here = f"/api/v1/products/{sale.product_id}", {"storeCode": STORE}
    return expect(players.phone.get(path, params=here))


def _look(step: Step, players: Players, sale: Sale) -> dict[str, Any]:
    products = expect(players.phone.get("/api/v1/products", params={"storeCode": STORE}))
    page = expect(
        players.phone.get(f"/api/v1/products/{sale.product_id}", params={"storeCode": STORE})
    )
    sku: dict[str, Any] = next(sku for sku in page["skus"] if sku["stock"] in {"plenty", "some"})
    nearby = [f"{place['storeName']} {place['stock']}" for place in sku["nearby"]]
    sale.pieces = asyncio.run(_asked(players, lambda: _pieces(sku["code"])))
    step.prove(f"{len(products['items'])} products on the first page; {page['title']}")
    step.prove(
        f"{sku['code']}: ¥{yuan(sku['priceFen'])}, {sku['stock']} here; nearby: {'; '.join(nearby)}"
    )
    return sku


def _fill_cart(step: Step, players: Players, sku: dict[str, Any]) -> dict[str, Any]:
    lines = [{"skuCode": sku["code"], "quantity": 1}]
    cart = expect(players.phone.put("/api/v1/cart", json={"storeCode": STORE, "lines": lines}))
    quote: dict[str, Any] = expect(
        players.phone.post("/api/v1/quotes", json={"storeCode": STORE, "lines": lines})
    )
    step.must(cart["lines"], "the cart is empty")
    for reason in quote["reasons"]:
        step.prove(f"{'✓' if reason['won'] else '·'} {reason['text']}")
    step.prove(f"to pay ¥{yuan(quote['payableFen'])}, {quote['pointsEarned']} points")
    return quote


def _buy(
    step: Step, players: Players, sale: Sale, sku: dict[str, Any], quote: dict[str, Any]
) -> None:
    lines = [{"skuCode": sku["code"], "quantity": 1}]
    wanted = {"storeCode": STORE, "lines": lines, "delivery": "pickup", "source": sale.source}
    order = players.change("/api/v1/orders", wanted, 201)
    sale.order_id, sale.order_no = order["orderId"], order["orderNo"]
    step.must(order["payableFen"] == quote["payableFen"], "the order costs other than the quote")
    sheet = players.change(f"/api/v1/orders/{sale.order_id}/payments", {})
    forged = {**sheet, "paySign": sheet["paySign"][::-1]}
    refused = players.world.post(f"/_sim/users/{SHOPPER}/pay", json=forged)
    step.must(refused.status_code >= 400, "the phone took a forged paySign")
    paid = players.sim(f"/users/{SHOPPER}/pay", sheet)
    transaction = paid["transaction"]["transaction_id"]
    done = players.paid_order(sale.order_id)
    sale.paid_fen = done["paidFen"]
    step.must(sale.paid_fen == order["payableFen"], "another amount was paid")
    step.prove(f"order {sale.order_no}, ¥{yuan(sale.paid_fen)}, transaction {transaction}")


def _follow(step: Step, players: Players, sale: Sale, sku: dict[str, Any]) -> None:
    def told() -> Any:
        sent = players.world.get("/_sim/outbox", params={"to": GUIDE}).json()
        return [message for message in sent if sale.order_no[-4:] in str(message["body"])]

    message = wait_for("the guide's message", told)[0]
    page = expect(
        players.phone.get(f"/api/v1/products/{sale.product_id}", params={"storeCode": STORE})
    )
    step.must(any(one["code"] == sku["code"] for one in page["skus"]), "the goods are gone")
    left = asyncio.run(_asked(players, lambda: _pieces(sku["code"])))
    step.must(left == sale.pieces - 1, f"{left} pieces are left")
    step.prove(f"stock {sale.pieces} -> {left}")
    for sentence in wait_for(
        "the postings", lambda: asyncio.run(_asked(players, lambda: _explained(sale)))
    ):
        step.prove(sentence)
    step.prove(f"guide told: {message['body']}")


async def _asked(players: Players, question: Callable[[], Awaitable[T]]) -> T:
    """What the shop's own books answer."""
    settings = settings_of(players.house)
    wire(settings)
    assert settings.database_url
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    try:
        return await question()
    finally:
        await Tortoise.close_connections()


async def _pieces(sku_code: str) -> int:
    """What can be promised of it in the store; shoppers are told a word."""
    sku, store = await find_sku(sku_code), await find_store(STORE)
    assert sku is not None
    assert store is not None
    return (await availability([sku.id], [store.id]))[sku.id, store.id].available


async def _explained(sale: Sale) -> list[str]:
    """What the ledger says about this order in words; nothing until all postings are there."""
    kinds = ("order_paid.points", "order_paid.commission", "order_paid.share")
    told = [await explain(Cause(kind, sale.order_no)) for kind in kinds]
    return [sentence for sentences in told for sentence in sentences] if all(told) else []
