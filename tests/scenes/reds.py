"""Set the scene: invoiced sales whose money goes back, and the provider's red side."""

from datetime import date
from typing import Any

import httpx2

from core.outbox import pending
from devices.queries import receipt_code_of
from invoicing.queries import sale_of_order
from invoicing.queries.blues import BlueView, blues_of_sale
from invoicing.reds.queries import RedView, reds_of_sale
from invoicing.service import TaxClassDraft, add_tax_class, request_invoice
from tests.scene import make_due, tell_everyone
from tests.scenes.counter import OFFICE
from tests.scenes.invoicing import a_buyer
from tests.scenes.orders import a_shelf, an_order, serial
from tests.scenes.stores import a_store
from tests.scenes.tenders import CASHIER, by_hand
from trade.orders.queries import OrderView, order_of
from trade.payments.service import Counter, refund
from trade.stores.models import Store
from trade.stores.service import renew_receipt_key


async def a_sold_order(*, quantity: int = 3, payable_fen: int | None = None) -> OrderView:
    """Paid in cash, in a store that signs its receipts; everybody was told."""
    shelf = await (a_shelf(list_price_fen=payable_fen) if payable_fen else a_shelf())
    order = await an_order(shelf, quantity=quantity)
    await renew_receipt_key(order.store_id)
    await by_hand(order, order.payable_fen)
    await tell_everyone()
    return await order_of(order.id)


async def work(http: httpx2.AsyncClient, rounds: int = 6, *, advance_s: int = 60) -> None:
    """Let the provider do what is due there, and our worker what is due here."""
    for _ in range(rounds):
        await tell_everyone()
        if not await pending():
            return
        await http.post("/_sim/clock", json={"advance_s": advance_s})
        await make_due()
    await tell_everyone()


async def ask_invoice(order: OrderView, **buyer: str) -> None:
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer(**buyer))


async def an_invoiced_order(
    http: httpx2.AsyncClient, *, quantity: int = 3, payable_fen: int | None = None
) -> OrderView:
    """Sold and invoiced; the file was made and mailed."""
    order = await a_sold_order(quantity=quantity, payable_fen=payable_fen)
    await ask_invoice(order)
    await work(http)
    return order


async def give_back(order: OrderView, fen: int, *, key: str = "") -> str:
    """Cash over the counter: settled at once. Answers the refund number."""
    counter = Counter(order.store_id, CASHIER)
    [made] = await refund(
        order_id=order.id,
        amount_fen=fen,
        reason="降价",
        key=key or f"back-{next(serial)}",
        counter=counter,
    )
    return made.refund_no


async def blues_of(order: OrderView) -> list[BlueView]:
    return list(await blues_of_sale((await sale_of_order(order.id)).id))


async def reds_of(order: OrderView) -> list[RedView]:
    return list(await reds_of_sale((await sale_of_order(order.id)).id))


async def net_invoiced(order: OrderView) -> int:
    """Blue minus red, in fen, as issued."""
    return sum(blue.incl_fen - blue.red_incl_fen for blue in await blues_of(order))


async def book(http: httpx2.AsyncClient, number: str) -> None:
    """The buyer has booked this invoice: red letters of it need them."""
    answer = await http.post("/_sim/tax/booked", json={"number": number})
    assert answer.status_code == 204, answer.text


async def red_forms(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """The confirmation forms the provider has."""
    return list((await http.get("/_sim/tax/forms")).json())


async def buyer_answers(http: httpx2.AsyncClient, form_no: str, act: str) -> None:
    """The buyer confirms or refuses a form."""
    body = {"form_no": form_no, "act": act}
    answer = await http.post("/_sim/tax/forms", json=body)
    assert answer.status_code == 200, answer.text


async def a_store_of_food() -> Store:
    """A store whose box sales have a tax class: food at 6 per cent."""
    store = await a_store()
    food = TaxClassDraft(
        store.tax_entity_id, date(2020, 1, 1), tax_code="1030299990000000000", tax_bp=600
    )
    await add_tax_class(scope=OFFICE, draft=food)
    return store
