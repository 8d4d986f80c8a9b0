"""Answers of the provider that are lost: no second number. `INVOICE_FAULTS=2000` for the long run.

Seven are lost one after another, for an eighth would let the partner rest: then nothing is sent.
"""

import os
from collections import Counter
from typing import Any

import httpx2
import pytest

from invoicing.models import Invoice
from invoicing.reds.models import RedLetter
from invoicing.service import BoxReceipt, note_box_refund, request_invoice
from tests.scenes.invoicing import a_box_receipt, a_box_sale, a_buyer, rows_of, work
from tests.scenes.reds import a_store_of_food
from trade.stores.models import Store

IN_A_ROW = 7
MANY = pytest.param(int(os.environ.get("INVOICE_FAULTS", "2000")), marks=pytest.mark.long)
pytestmark = [pytest.mark.usefixtures("shop"), pytest.mark.parametrize("faults", [IN_A_ROW, MANY])]


async def lose(http: httpx2.AsyncClient, number: int) -> None:
    await http.post("/_sim/tax/faults", json={"kind": "lose_answer", "times": number})


async def wishes(store: Store, number: int) -> list[BoxReceipt]:
    sales = [await a_box_sale(store, ("牛肉面", "2", 3600)) for _ in range(number)]
    for sale in sales:
        await request_invoice(codes=[sale.code], buyer=a_buyer(mail=""))
    return sales


async def at_the_provider(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return list((await http.get("/_sim/tax/invoices")).json())


async def test_requests_whose_answers_are_lost_are_each_issued_once(
    http: httpx2.AsyncClient, faults: int
) -> None:
    store = await a_store_of_food()
    for done in range(0, faults, IN_A_ROW):
        number = min(IN_A_ROW, faults - done)
        await lose(http, number)
        await wishes(store, number)
        await work(http)

    theirs = Counter(one["order_no"] for one in await at_the_provider(http))
    assert set(theirs.values()) == {1}
    assert len(theirs) == await Invoice.all().count() == faults
    assert set(theirs) == {row.request_no for row in await rows_of()}


async def test_red_letters_whose_answers_are_lost_are_each_issued_once(
    http: httpx2.AsyncClient, faults: int
) -> None:
    store = await a_store_of_food()
    for done in range(0, faults, IN_A_ROW):
        sales = await wishes(store, min(IN_A_ROW, faults - done))
        await work(http)
        await lose(http, len(sales))
        for sale in sales:
            back = await a_box_receipt(store, ("牛肉面", "2", 3600), origin_key=sale.order_key)
            await note_box_refund(back)
        await work(http)

    reds = [one for one in await at_the_provider(http) if one["red_of"]]
    assert Counter(one["red_of"] for one in reds) == Counter(
        await Invoice.all().values_list("number", flat=True)
    )
    letters = await RedLetter.all()
    assert {one["number"] for one in reds} == {letter.number for letter in letters}
    assert len(letters) == faults
