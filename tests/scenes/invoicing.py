"""What the invoicing tests share: the published vectors, goods, sales that may be scanned."""

import json
import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from core import clock
from core.database import sql
from core.outbox import pending
from core.security.receipt_code import mint, order_key_of
from core.security.scope import Role, Scope
from devices.queries import receipt_code_of
from invoicing.backends.jobs import look
from invoicing.backends.models import Account
from invoicing.backends.rules import Adapter
from invoicing.models import InvoiceRequest
from invoicing.rules.buyers import Buyer, BuyerKind, read_buyer
from invoicing.rules.tax import Goods
from invoicing.service import BoxLine, BoxReceipt, note_box_sale
from tests.scene import make_due, tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.orders import Shelf, a_shelf
from trade.orders.queries import OrderView
from trade.stores.models import Store, TaxEntity
from trade.stores.queries import receipt_key_of
from trade.stores.service import renew_receipt_key

serial = count(1)
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
LONG_AGO = date(2020, 1, 1)
COPY = Path(__file__).resolve().parents[1] / "data/invoicing.json"
VECTORS = Path(os.environ.get("INVOICING_VECTORS", COPY))
CLOTHES = "1040201990000000000"
SELLER_TAX_NO = "91310101MA1DGXY129"
BUYER_TAX_NO = "11310115MA4R207G5L"
MAIL = "finance@buyer.example.cn"


@cache
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    return found


def fen_of(yuan: str) -> int:
    """`-1.05` is -105: exact, without a float."""
    sign = -1 if yuan.startswith("-") else 1
    whole, _, part = yuan.removeprefix("-").partition(".")
    return sign * (int(whole) * 100 + int(part.ljust(2, "0")[:2]))


def goods(*, gross_fen: int = 39_900, discount_fen: int = 0, quantity: int = 1) -> Goods:
    return Goods(
        name="羊绒围巾",
        spec="烟灰",
        unit="条",
        quantity=quantity,
        tax_code=CLOTHES,
        tax_bp=1300,
        gross_fen=gross_fen,
        discount_fen=discount_fen,
    )


def a_buyer(**more: str) -> Buyer:
    facts = {"title": "某某商贸（上海）有限公司", "tax_no": BUYER_TAX_NO, "mail": MAIL, **more}
    return read_buyer(kind=BuyerKind.ENTERPRISE, **facts)


async def later(order: OrderView, **wait: float) -> None:
    """As if the order had been paid that much earlier; its code stays the one of today."""
    moment = clock.now() - timedelta(**wait)
    await sql("UPDATE orders_order SET paid_at = $2 WHERE id = $1", order.id, moment)


async def an_order_known(shelf: Shelf | None = None, *, quantity: int = 1) -> OrderView:
    """A paid order that a code may name."""
    order = await a_paid_order(shelf or await a_shelf(), quantity=quantity)
    await tell_everyone()
    return order


async def a_code(shelf: Shelf | None = None, *, quantity: int = 1) -> str:
    """The code on the receipt of a sale of ours."""
    return await receipt_code_of(await an_order_known(shelf, quantity=quantity))


async def a_box_receipt(
    store: Store,
    *lines: tuple[str, str, int],
    due_fen: int | None = None,
    sold_at: datetime | None = None,
    **more: Any,
) -> BoxReceipt:
    """A sale as a box tells it, with a code that the store's key signed."""
    await renew_receipt_key(store.id)
    at = sold_at or clock.now() - timedelta(minutes=5)
    number = f"T{next(serial)}"
    key = order_key_of(f"{clock.shop_day(at)} {number}")
    total = sum(line[2] for line in lines) if due_fen is None else due_fen
    code = mint(
        await receipt_key_of(store.id), store_id=store.id, order_key=key, amount_fen=total, at=at
    )
    facts: dict[str, Any] = {
        "paper_id": next(serial),
        "box_id": 1,
        "store_id": store.id,
        "order_no": number,
        "order_key": key.hex(),
        "code": code,
        "due_fen": total,
        "sold_at": at,
        "lines": tuple(BoxLine(*line) for line in lines),
    }
    return BoxReceipt(**{**facts, **more})


async def a_box_sale(store: Store, *lines: tuple[str, str, int], **more: Any) -> BoxReceipt:
    receipt = await a_box_receipt(store, *lines, **more)
    await note_box_sale(receipt)
    return receipt


async def another_seller(name: str = "知木餐饮（上海）有限公司") -> TaxEntity:
    number = f"CATER{next(serial)}"
    return await TaxEntity.create(
        code=number, tax_no="91310115MA1K4B2C5X", name=name, drawer="沈知秋"
    )


async def seller_id_of(store_id: int) -> int:
    return (await Store.get(id=store_id)).tax_entity_id


async def an_account(tax_entity_id: int, *, point: str = "", **more: Any) -> Account:
    """A way to issue, through the provider of the settings."""
    facts = {"adapter": Adapter.NUONUO, "name": f"通道{point}", **more}
    return await Account.create(tax_entity_id=tax_entity_id, point=point, **facts)


async def rows_of(*states: str) -> Sequence[InvoiceRequest]:
    """Requests in the order they were made, of these states or of all."""
    rows = InvoiceRequest.all().order_by("id")
    return await (rows.filter(state__in=states) if states else rows)


async def work(http: httpx2.AsyncClient, rounds: int = 6) -> None:
    """Let the provider issue what it has taken, and our worker ask, paint and mail."""
    for _ in range(rounds):
        await tell_everyone()
        if not await pending():
            return
        await http.post("/_sim/clock", json={"advance_s": 60})
        await make_due()
    await tell_everyone()


async def recovered() -> None:
    """Every account is looked at, whatever its clock says."""
    for account in await Account.all():
        await look(account_id=account.id)
    await tell_everyone()
