"""A drawer counted at the end of a shift: what should be there, once, and why it is not."""

import pytest
from httpx2 import AsyncClient

from core.audit_log import AuditRow
from core.database import sql
from core.ledger import Account, AccountKind, balance
from core.security.scope import Role, Scope
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.console import csrf_of, enter
from tests.scenes.orders import a_shelf, an_order
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tenders import a_purse, a_sale, by_hand
from trade.payments.errors import CountAmount, CountedMeanwhile, CountNeedsReason
from trade.payments.models import CashCount, Payment
from trade.payments.queries import cash_counts, drawers
from trade.payments.service import Counter, Drawer, Method, count_drawer, refund
from trade.stores.errors import StoreNotFound
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)


async def a_shift() -> int:
    """100 yuan in cash for an order, 30 given back, and 50 by card that is none of the drawer's."""
    order = await a_sale(15_000)
    await by_hand(order, 10_000)
    await by_hand(order, 5_000, Method.CARD)
    counter = Counter(order.store_id, "store_manager:1")
    await refund(order_id=order.id, amount_fen=4_500, reason="退货", key="a", counter=counter)
    return order.store_id


async def test_a_count_expects_what_was_left_taken_and_given_back() -> None:
    store_id = await a_shift()
    first = await count_drawer(OFFICE, Drawer(store_id, 50_000, 20_000, 0), key="1")
    assert (first.difference_fen, first.to_bank_fen) == (0, 30_000)
    await a_purse(3_000, store_id=store_id)
    waiting = (await drawers([store_id]))[store_id]
    assert waiting.expected_fen == 23_000
    with pytest.raises(CountNeedsReason):
        await count_drawer(OFFICE, Drawer(store_id, waiting.expected_fen - 100, 0, 1), key="2")
    assert (await drawers([store_id]))[store_id] == waiting
    short = Drawer(store_id, waiting.expected_fen - 100, 20_000, 1, "找零时少收了一元")
    kept = await count_drawer(OFFICE, short, key="2")
    again = await count_drawer(OFFICE, short, key="2")
    after = (await drawers([store_id]))[store_id]

    assert again == kept
    assert (kept.difference_fen, kept.expected_fen) == (-100, waiting.expected_fen)
    assert (after.opened_fen, after.taken_fen, after.given_fen) == (20_000, 0, 0)
    assert [one.number for one in await cash_counts(OFFICE)] == [2, 1]
    assert await AuditRow.filter(action="payments.cash_count").count() == 2


async def of_store(kind: AccountKind, store_id: int) -> int:
    return await balance(Account(kind, f"store:{store_id}"))


async def test_the_book_says_what_lies_in_the_drawer_what_was_short_and_what_went_to_the_bank() -> (
    None
):
    store_id = await a_shift()
    banked = await of_store(AccountKind.MONEY_BANK, store_id)
    await count_drawer(OFFICE, Drawer(store_id, 50_000, 20_000, 0), key="1")
    await a_purse(3_000, store_id=store_id)
    short = Drawer(store_id, 22_900, 15_000, 1, "找零时少收了一元")
    for _ in range(2):
        await count_drawer(OFFICE, short, key="2")
    await a_purse(700, store_id=store_id)

    assert await of_store(AccountKind.MONEY_CASH, store_id) == 15_700
    assert await of_store(AccountKind.CASH_DIFFERENCE, store_id) == 100
    assert await of_store(AccountKind.MONEY_BANK, store_id) - banked == 30_000 + 7_900
    assert await named_in({"payments"}) == set()


async def test_cash_of_a_shift_is_taken_less_what_went_back() -> None:
    store = await a_store()
    await count_drawer(OFFICE, Drawer(store.id, 20_000, 20_000, 0), key="1")
    order = await an_order(await a_shelf(list_price_fen=15_000, store_id=store.id))
    await by_hand(order, 10_000)
    await by_hand(order, 5_000, Method.CARD)
    counter = Counter(store.id, "store_manager:1")
    await refund(order_id=order.id, amount_fen=4_500, reason="退货", key="a", counter=counter)
    waiting = (await drawers([store.id]))[store.id]

    assert (waiting.taken_fen, waiting.given_fen, waiting.expected_fen) == (10_000, 3_000, 27_000)


async def test_what_cannot_be_counted_is_refused() -> None:
    store = await a_store()
    with pytest.raises(CountAmount):
        await count_drawer(OFFICE, Drawer(store.id, 100, 200, 0), key="1")
    await count_drawer(OFFICE, Drawer(store.id, 100, 100, 0), key="1")
    with pytest.raises(CountedMeanwhile):
        await count_drawer(OFFICE, Drawer(store.id, 100, 100, 0), key="2")
    other = Scope(Role.STORE_MANAGER, staff_id=2, store_ids=frozenset({store.id + 1}))
    with pytest.raises(StoreNotFound):
        await count_drawer(other, Drawer(store.id, 100, 100, 1), key="3")


async def test_a_drawer_is_counted_on_its_page(client: AsyncClient) -> None:
    manager = await a_member_of_staff(Role.STORE_MANAGER)
    await enter(client, manager)
    page = await client.get("/store/cash")
    store = await Store.get(id=manager.store_id)
    facts = {"csrf": csrf_of(page), "store": store.code, "after": "0", "key": "k"}
    wrong = await client.post("/store/cash", data={**facts, "counted": "1e3", "left": "0"})
    kept = await client.post("/store/cash", data={**facts, "counted": "300", "left": "200"})
    short = {**facts, "after": "1", "key": "l", "counted": "199", "left": "199"}
    refused = await client.post("/store/cash", data=short)
    shown = (await client.get("/store/cash")).text

    assert (wrong.status_code, 'id="wrong"' in wrong.text) == (422, True)
    assert kept.status_code == 303
    assert (refused.status_code, 'aria-describedby="wrong"' in refused.text) == (422, True)
    assert "¥100.00" in shown
    assert await CashCount.all().count() == 1


async def test_the_auditor_sees_a_count_that_is_not_its_cash() -> None:
    store_id = (await a_sale()).store_id
    await a_purse(3_000, store_id=store_id)
    await count_drawer(OFFICE, Drawer(store_id, 3_000, 2_000, 0), key="1")
    await a_purse(1_000, store_id=store_id)
    await count_drawer(OFFICE, Drawer(store_id, 3_000, 2_000, 1), key="2")
    assert await Payment.filter(cash_count_id=None, method="cash").count() == 0
    corruptions = {
        "payments.counted": [
            "UPDATE payments_cash_count SET taken_fen = taken_fen + 1, reason = 'was changed'",
            "UPDATE payments_payment SET cash_count_id = NULL WHERE method = 'cash'",
            "UPDATE payments_cash_count SET left_fen = left_fen - 1 WHERE number = 1",
            "DELETE FROM payments_cash_count WHERE number = 1",
        ],
        "payments.booked": [
            "UPDATE payments_cash_count SET counted_fen = counted_fen + 1, reason = 'was changed'",
        ],
    }

    assert await overlooked_of(corruptions, {"payments"}) == []
    assert await sql("SELECT 1 FROM payments_cash_count WHERE number = 2")
