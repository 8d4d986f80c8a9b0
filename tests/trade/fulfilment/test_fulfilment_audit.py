"""The auditor finds nothing on a true day of stores, and names each corruption of it."""

import pytest

from core.database import sql
from core.settings import Settings
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.fulfilment import ME, a_label, key, people_of, sold, the_task
from tests.scenes.orders import a_shelf, some_rates
from tests.scenes.stores import a_store
from trade.fulfilment.queries import Disposition, RefuseReason
from trade.fulfilment.service import (
    Arrived,
    AskReturn,
    Decision,
    Delivered,
    GiveBack,
    Pieces,
    ask_return,
    dispose,
    pay_back,
    put_away,
    receive_goods,
    refuse,
    ship,
    withdraw_return,
)
from trade.orders.queries import Delivery, OrderView

pytestmark = pytest.mark.usefixtures("db")


ROOMS = ("fulfilment", "orders", "stock", "payments", "settlement")


async def a_day_in_stores() -> None:
    """Sent in parts, refused here and done there, refused for good, brought back and decided."""
    await some_rates()
    shelf, other = await a_shelf(units=40), await a_store()
    staff = people_of(shelf.store_id, other.id)
    for reason in (RefuseReason.DAMAGED, RefuseReason.SOLD):
        order = await sold(shelf, quantity=4, delivery=Delivery.EXPRESS)
        task = await the_task(order)
        two = [Pieces(order.lines[0].id, 2)]
        await ship(scope=staff, task_id=task.public_id, labels=[a_label()], key=key(), pieces=two)
        await refuse(scope=staff, task_id=task.public_id, reason=reason)
    await sold(shelf, delivery=Delivery.EXPRESS)
    await _one_back(shelf.store_id, other.id, await sold(shelf, quantity=3, delivery="taken"))
    await tell_everyone()
    await sql("UPDATE orders_order SET paid_at = paid_at - interval '1 hour'")


async def _one_back(home: int, there: int, order: OrderView) -> None:
    staff, line_id = people_of(home, there), order.lines[0].id
    for number in range(3):
        ask = AskReturn((Pieces(line_id, 1),), key())
        case = await ask_return(scope=ME, order_id=order.public_id, ask=ask)
        if number == 2:
            await withdraw_return(scope=ME, return_id=case.public_id)
            return
        delivered = Delivered(there, (Arrived(line_id, 1),), key())
        case = await receive_goods(scope=staff, return_no=case.return_no, delivered=delivered)
        choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())
        case = await dispose(scope=staff, decision=choice)
        if number == 0:
            await put_away(scope=staff, disposition_id=case.dispositions[0].public_id)
            await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))


CORRUPTIONS = {
    "fulfilment.tasks": [
        "UPDATE fulfilment_store_task SET state = 'cancelled'",
        "DELETE FROM fulfilment_store_task WHERE state = 'open'",
    ],
    "fulfilment.named": [
        "UPDATE fulfilment_store_task SET order_no = 'other'",
        "DELETE FROM fulfilment_store_task",
    ],
    "fulfilment.pieces": [
        "UPDATE fulfilment_shipment_line SET quantity = quantity + 1 WHERE id = 1",
        "DELETE FROM fulfilment_shipment_line WHERE id = 1",
        "UPDATE fulfilment_task_line SET gone = gone - 1 WHERE id = 1",
        "UPDATE fulfilment_task_line SET refused = refused - 1 , quantity = 9 WHERE id = 1",
    ],
    "fulfilment.states": [
        "UPDATE orders_order SET state = 'paid' WHERE state = 'shipped'",
        "UPDATE fulfilment_task_line SET refused = 0 WHERE id = 1",
    ],
    "fulfilment.claimed": [
        "UPDATE fulfilment_line_back SET returned = returned - 1 WHERE returned > 0",
        "UPDATE fulfilment_line_back SET worth_fen = worth_fen - 1",
        "UPDATE fulfilment_line_back SET refused = refused - 1 WHERE refused > 0",
        "UPDATE fulfilment_return SET state = 'withdrawn' WHERE id = 1",
    ],
    "fulfilment.received": [
        "UPDATE fulfilment_return_line SET received = 0 WHERE case_id = 1",
        "UPDATE fulfilment_returned_pieces SET quantity = quantity + 1 WHERE id = 1",
    ],
    "fulfilment.worth": [
        "UPDATE fulfilment_return SET worth_fen = worth_fen + 1 WHERE id = 1",
        "UPDATE fulfilment_return SET asked_fen = asked_fen - 1 WHERE asked_fen > 0",
    ],
    "fulfilment.decided": [
        "UPDATE fulfilment_returned_pieces SET disposed = 0 WHERE id = 1",
        "DELETE FROM fulfilment_disposition WHERE id = 1",
    ],
    "fulfilment.moved": [
        "UPDATE fulfilment_disposition SET put_away_at = now() WHERE put_away_at IS NULL",
        "UPDATE fulfilment_disposition SET put_away_at = NULL WHERE put_away_at IS NOT NULL",
        "UPDATE fulfilment_returned_pieces SET store_id = 1 WHERE id = 1",
        "DELETE FROM stock_movement WHERE cause LIKE 'return:1:%'",
    ],
    "fulfilment.money": [
        "UPDATE fulfilment_return_money SET amount_fen = amount_fen + 1",
        "UPDATE fulfilment_return_money SET state = 'waiting'",
        "UPDATE fulfilment_refusal SET refund_fen = refund_fen + 1 WHERE refund_fen > 0",
        "DELETE FROM payments_refund WHERE batch_key LIKE '%return%'",
    ],
}


async def test_a_true_day_of_stores_finds_nothing(settings: Settings) -> None:
    await a_day_in_stores()

    assert settings.mode == "test"
    assert await named_in(ROOMS) == set()


async def test_every_corruption_of_the_work_of_stores_is_named() -> None:
    await a_day_in_stores()

    assert await overlooked_of(CORRUPTIONS, ROOMS) == []
