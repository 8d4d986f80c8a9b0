"""What stores are asked to do, how far they are, and what happens when they cannot."""

import asyncio

import pytest

from core.database import sql
from core.errors import DomainError
from core.security.scope import Role
from tests.scenes.fulfilment import (
    a_label,
    days_pass,
    key,
    on_hand,
    people_of,
    refunds_arrive,
    sold,
    the_task,
)
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.stores import a_franchisee, a_store
from trade.fulfilment.errors import (
    NotReadyYet,
    TaskCannotMove,
    TaskNotFound,
    TooManyPieces,
    WrongCode,
)
from trade.fulfilment.models import WorkPolicyRow
from trade.fulfilment.queries import (
    RefuseReason,
    TaskState,
    open_tasks_for,
    task_steps,
    tasks_of,
)
from trade.fulfilment.service import (
    Pieces,
    accept_task,
    hand_over,
    mark_ready,
    pick_task,
    read_consignee,
    refuse,
    resend_notice,
    ship,
)
from trade.fulfilment.service.watching import end_waiting, escalate, remind_waiting
from trade.orders.queries import CloseReason, Delivery, OrderState, order_of
from trade.payments.queries import refunds_of
from trade.stock.service import receive_stock

pytestmark = pytest.mark.usefixtures("db")


async def ready_for_pickup(quantity: int = 1) -> tuple[Shelf, str, str]:
    """A paid order whose goods lie under a code: shelf, task and code."""
    shelf = await a_shelf()
    task = await the_task(await sold(shelf, quantity=quantity))
    scope = people_of(shelf.store_id)
    await accept_task(scope=scope, task_id=task.public_id)
    await pick_task(scope=scope, task_id=task.public_id)
    await mark_ready(scope=scope, task_id=task.public_id, hold_place="B-07")
    assert task.code is not None
    return shelf, task.public_id, task.code


async def test_a_store_walks_through_its_task_and_each_step_is_on_record() -> None:
    shelf, _, _ = await ready_for_pickup()

    [task] = await open_tasks_for(people_of(shelf.store_id))

    assert (task.state, task.hold_place, task.notices) == (TaskState.READY, "B-07", 1)
    assert [step.action for step in await task_steps(task.id)] == [
        *("ask", "accept", "pick", "ready", "notice")
    ]


async def test_a_step_again_changes_nothing_and_a_step_too_early_is_refused() -> None:
    shelf = await a_shelf()
    task = await the_task(await sold(shelf))
    scope = people_of(shelf.store_id)

    with pytest.raises(TaskCannotMove):
        await pick_task(scope=scope, task_id=task.public_id)
    await asyncio.gather(*(accept_task(scope=scope, task_id=task.public_id) for _ in range(3)))

    assert [step.action for step in await task_steps(task.id)] == ["ask", "accept"]


async def test_a_store_sees_no_task_of_another_one() -> None:
    task = await the_task(await sold(await a_shelf()))
    stranger = people_of((await a_store()).id)

    assert await open_tasks_for(stranger) == ()
    for work in (accept_task, pick_task, mark_ready, resend_notice, read_consignee):
        with pytest.raises(TaskNotFound):
            await work(scope=stranger, task_id=task.public_id)


async def test_the_ready_notice_is_sent_again_on_request_and_by_the_clock() -> None:
    # hotwax oms-documentation april23: the notice went out once and was missed
    shelf, task_id, _ = await ready_for_pickup()
    await resend_notice(scope=people_of(shelf.store_id), task_id=task_id)
    await days_pass(4)

    reminded = [await remind_waiting(), await remind_waiting()]

    [task] = await open_tasks_for(people_of(shelf.store_id))
    notices = [step.note for step in await task_steps(task.id) if step.action == "notice"]
    assert (reminded, notices) == ([1, 0], ["1", "2", "3"])


async def test_a_store_that_does_not_answer_is_told_on_to_its_manager_once() -> None:
    # hotwax bopis-push-notifications: walk-in guests buy the piece when the store reacts late
    shelf = await a_shelf()
    task = await the_task(await sold(shelf))
    early = await escalate()
    await days_pass(1)

    assert (early, await escalate(), await escalate()) == (0, 1, 0)
    assert [step.action for step in await task_steps(task.id)] == ["ask", "late"]


async def test_goods_are_handed_over_once_against_their_code_and_the_order_is_done() -> None:
    shelf, _, code = await ready_for_pickup()
    scope, one = people_of(shelf.store_id), key()

    first = await hand_over(scope=scope, code=code, key=one)
    again = await hand_over(scope=scope, code=code, key=one)
    with pytest.raises(WrongCode):
        await hand_over(scope=scope, code=code, key=key())

    assert first == again
    assert (await order_of(first.order_id)).state is OrderState.DONE
    assert len(await sql("SELECT FROM fulfilment_shipment")) == 1


async def test_of_many_hands_at_one_code_one_gives() -> None:
    shelf, _, code = await ready_for_pickup()
    scope = people_of(shelf.store_id)

    answers = await asyncio.gather(
        *(hand_over(scope=scope, code=code, key=key()) for _ in range(5)), return_exceptions=True
    )

    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert len(refused) == 4
    assert len(await sql("SELECT FROM fulfilment_shipment")) == 1


async def test_a_wrong_code_and_goods_that_are_not_ready_open_nothing() -> None:
    shelf = await a_shelf()
    task = await the_task(await sold(shelf))
    assert task.code is not None

    with pytest.raises(NotReadyYet):
        await hand_over(scope=people_of(shelf.store_id), code=task.code, key=key())
    for scope, code in ((people_of(shelf.store_id), "00000000"), (people_of(999), task.code)):
        with pytest.raises(WrongCode):
            await hand_over(scope=scope, code=code, key=key())


async def test_a_guest_may_take_a_part_now_and_the_rest_later() -> None:
    shelf, _, code = await ready_for_pickup(quantity=3)
    scope = people_of(shelf.store_id)
    [task] = await open_tasks_for(scope)
    [line] = task.lines

    await hand_over(scope=scope, code=code, key=key(), pieces=[Pieces(line.line_id, 1)])
    between = (await order_of(task.order_id)).state
    with pytest.raises(TooManyPieces):
        await hand_over(scope=scope, code=code, key=key(), pieces=[Pieces(line.line_id, 3)])
    await hand_over(scope=scope, code=code, key=key())

    assert between is OrderState.PAID
    assert (await order_of(task.order_id)).state is OrderState.DONE


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        (RefuseReason.SOLD, 10),  # the till's own sale takes the piece
        (RefuseReason.NO_STAFF, 10),
        (RefuseReason.DAMAGED, 9),
        (RefuseReason.NOT_FOUND, 9),
    ],
)
async def test_a_refused_pickup_corrects_the_shelf_and_gives_all_the_money_back(
    reason: RefuseReason, left: int
) -> None:
    shelf = await a_shelf()
    order = await sold(shelf, wechat=True)
    task = await the_task(order)

    scope = people_of(shelf.store_id)
    told = await refuse(scope=scope, task_id=task.public_id, reason=reason)
    await refunds_arrive(order)

    assert (told.store_id, told.refund_fen) == (None, order.payable_fen)
    assert (await order_of(order.id)).close_reason is CloseReason.REFUNDED
    assert await on_hand(shelf) == left


async def test_another_store_that_has_it_is_asked_and_the_first_one_is_left_alone() -> None:
    shelf, other = await a_shelf(), await a_store()
    await receive_stock(cause="second", sku_id=shelf.sku_id, store_id=other.id, quantity=4)
    order = await sold(shelf, quantity=2, delivery=Delivery.EXPRESS)
    task = await the_task(order)

    told = await refuse(
        scope=people_of(shelf.store_id), task_id=task.public_id, reason=RefuseReason.SOLD
    )
    second = await the_task(order)
    await refuse(scope=people_of(other.id), task_id=second.public_id, reason=RefuseReason.NO_STAFF)

    assert (told.store_id, second.store_id) == (other.id, other.id)
    assert [one.state for one in await tasks_of(order.id)] == [TaskState.REFUSED] * 2
    assert [await on_hand(shelf), await on_hand(Shelf(other.id, shelf.sku_id))] == [10, 4]
    assert sum(refund.amount_fen for refund in await refunds_of(order.id)) == order.payable_fen


async def test_the_second_store_ships_and_the_order_is_shipped() -> None:
    shelf, other = await a_shelf(), await a_store()
    await receive_stock(cause="second", sku_id=shelf.sku_id, store_id=other.id, quantity=4)
    order = await sold(shelf, quantity=2, delivery=Delivery.EXPRESS)
    task = await the_task(order)
    [line] = task.lines
    one = [Pieces(line.line_id, 1)]
    scope = people_of(shelf.store_id)
    await ship(scope=scope, task_id=task.public_id, labels=[a_label()], key=key(), pieces=one)
    reason = RefuseReason.NOT_FOUND
    await refuse(scope=scope, task_id=task.public_id, reason=reason)
    between = (await order_of(order.id)).state

    second = await the_task(order)
    await ship(scope=people_of(other.id), task_id=second.public_id, labels=[a_label()], key=key())

    assert (between, (await order_of(order.id)).state) == (OrderState.PAID, OrderState.SHIPPED)
    assert [await on_hand(shelf), await on_hand(Shelf(other.id, shelf.sku_id))] == [8, 3]


async def test_the_stock_of_another_owner_is_never_asked_for() -> None:
    # saleor#9970: a franchise store's stock was allocated to web orders of others
    shelf, other = await a_shelf(), await a_store(franchisee=await a_franchisee())
    await receive_stock(cause="theirs", sku_id=shelf.sku_id, store_id=other.id, quantity=4)
    order = await sold(shelf, delivery=Delivery.EXPRESS)
    task = await the_task(order)

    told = await refuse(
        scope=people_of(shelf.store_id), task_id=task.public_id, reason=RefuseReason.SOLD
    )

    assert (told.store_id, told.refund_fen) == (None, order.payable_fen)


async def test_what_is_refused_last_ends_an_order_of_which_a_part_was_handed_over() -> None:
    shelf, task_id, code = await ready_for_pickup(quantity=3)
    scope = people_of(shelf.store_id)
    [task] = await open_tasks_for(scope)
    one = [Pieces(task.lines[0].line_id, 1)]
    await hand_over(scope=scope, code=code, key=key(), pieces=one)

    told = await refuse(scope=scope, task_id=task_id, reason=RefuseReason.DAMAGED)

    order = await order_of(task.order_id)
    assert (order.state, told.refund_fen) == (OrderState.DONE, order.payable_fen * 2 // 3)


async def test_goods_nobody_came_for_go_back_only_if_the_policy_says_so() -> None:
    shelf, _, _ = await ready_for_pickup()
    await days_pass(8)
    kept = await end_waiting()
    _ = await WorkPolicyRow.create(
        data={"pickup_refund": True, "pickup_days": 7}, by="head_office:1"
    )

    ended = await end_waiting()

    [refund] = await sql("SELECT amount_fen FROM payments_refund")
    assert (kept, ended, refund["amount_fen"]) == (0, 1, 39_900)
    assert await on_hand(shelf) == 10


async def test_whom_a_parcel_goes_to_is_read_by_the_packing_store_alone_and_on_record() -> None:
    shelf = await a_shelf()
    task = await the_task(await sold(shelf, delivery=Delivery.EXPRESS))

    read = await read_consignee(scope=people_of(shelf.store_id), task_id=task.public_id)
    with pytest.raises(TaskNotFound):
        await read_consignee(scope=people_of(role=Role.HEAD_OFFICE), task_id=task.public_id)

    rows = await sql("SELECT actor, subject FROM core_audit_log WHERE action LIKE '%consignee%'")
    assert read is not None
    assert read.name == "林晓"
    assert [(row["actor"], row["subject"]) for row in rows] == [
        ("guide:31", f"order:{task.order_id}")
    ]
