"""Goods come back: who may, where to, what becomes of them, and the money; each by itself."""

import asyncio

import pytest
from tortoise.transactions import in_transaction

from core.database import sql
from core.security.scope import Role, Scope
from tests.scene import tell_everyone
from tests.scenes.fulfilment import (
    ME,
    a_label,
    days_pass,
    key,
    on_hand,
    people_of,
    refunds_arrive,
    sold,
    the_task,
    waiting,
)
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.stores import a_store
from trade.fulfilment.errors import (
    BadPieces,
    CannotReturn,
    GoodsFirst,
    ManagerNeeded,
    NotResellable,
    NotWorthThat,
    ProofNeeded,
    ReturnCannotMove,
    ReturnKeyReused,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.models import ReturnRuleRow
from trade.fulfilment.queries import (
    Condition,
    Disposition,
    MoneyState,
    Proof,
    ReceiptState,
    RefundTo,
    ReturnState,
    ReturnView,
    find_purchases,
    return_for,
    returnable,
    returns_for,
)
from trade.fulfilment.service import (
    Arrived,
    AskReturn,
    Decision,
    Delivered,
    GiveBack,
    Pieces,
    allow_money,
    ask_return,
    ask_return_at_counter,
    close_return,
    confirm_receipt,
    dispose,
    finish_receipt,
    pay_back,
    put_away,
    receive_goods,
    send_back,
    ship,
    withdraw_return,
)
from trade.fulfilment.service.watching import end_forgotten_returns
from trade.orders.queries import Delivery, OrderView, order_of
from trade.payments.queries import payment_of, refunds_of

pytestmark = pytest.mark.usefixtures("db")


async def received_by_member(shelf: Shelf, quantity: int = 3) -> OrderView:
    """An express order that arrived: 3 pieces at 399 yuan."""
    order = await sold(shelf, quantity=quantity, delivery=Delivery.EXPRESS, wechat=True)
    task = await the_task(order)
    scope = people_of(shelf.store_id)
    await ship(scope=scope, task_id=task.public_id, labels=[a_label()], key=key())
    return await confirm_receipt(scope=ME, order_id=order.public_id)


def wish(order: OrderView, pieces: int, **more: object) -> AskReturn:
    facts = {"pieces": (Pieces(order.lines[0].id, pieces),), "key": key(), **more}
    return AskReturn(**facts)  # type: ignore[arg-type]


async def asked(order: OrderView, pieces: int = 1, **more: object) -> ReturnView:
    return await ask_return(scope=ME, order_id=order.public_id, ask=wish(order, pieces, **more))


def brought(case: ReturnView, store_id: int, pieces: int = 1, **more: object) -> Delivered:
    one = Arrived(case.lines[0].line_id, pieces, **more)  # type: ignore[arg-type]
    return Delivered(store_id, (one,), key(), place="R-1")


async def test_a_return_walks_through_receipt_disposition_and_money_by_itself() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    staff = people_of(shelf.store_id)
    case = await asked(order)

    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id)
    )
    lying = (await on_hand(shelf), await waiting(shelf))
    choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())
    case = await dispose(scope=staff, decision=choice)
    decided = (await on_hand(shelf), await waiting(shelf))
    case = await put_away(scope=staff, disposition_id=case.dispositions[0].public_id)
    shelved = (await on_hand(shelf), await waiting(shelf))
    case = await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))
    paying = case.money
    await refunds_arrive(order)
    case = await close_return(scope=staff, return_no=case.return_no)

    # hotwax april-may22: pieces counted as stock before anybody had put them away
    assert (lying, decided, shelved) == ((7, 1), (7, 1), (8, 0))
    assert (paying, case.money) == (MoneyState.ASKED, MoneyState.SETTLED)
    assert case.state is ReturnState.CLOSED
    assert [step.action for step in case.steps] == [
        *("ask", "receive", "dispose", "put_away", "money", "pay_back", "close")
    ]


async def test_goods_can_be_received_without_any_refund() -> None:
    # medusa#4052
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case = await asked(order)

    case = await receive_goods(
        scope=people_of(shelf.store_id),
        return_no=case.return_no,
        delivered=brought(case, shelf.store_id),
    )

    assert (case.receipt, case.money) == (ReceiptState.RECEIVED, MoneyState.NONE)
    assert await refunds_of(order.id) == ()


async def test_another_store_takes_goods_back_into_its_own_books() -> None:
    # magento/inventory#377, spree#4324: returns went to the default source
    shelf, other = await a_shelf(), await a_store()
    order = await received_by_member(shelf)
    case = await asked(order)
    staff = people_of(other.id)

    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, other.id)
    )
    choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())
    case = await dispose(scope=staff, decision=choice)
    await put_away(scope=staff, disposition_id=case.dispositions[0].public_id)

    there = Shelf(other.id, shelf.sku_id)
    assert (await on_hand(shelf), await on_hand(there)) == (7, 1)
    assert (case.sold_store_id, case.store_id) == (shelf.store_id, other.id)
    with pytest.raises(ReturnNotFound):
        await receive_goods(
            scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id)
        )


async def test_what_arrives_may_be_more_or_less_than_what_was_announced() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    more, fewer = await asked(order), await asked(order)
    staff = people_of(shelf.store_id)

    with pytest.raises(TooManyPieces):
        await receive_goods(
            scope=staff, return_no=more.return_no, delivered=brought(more, shelf.store_id, 3)
        )
    more = await receive_goods(
        scope=staff, return_no=more.return_no, delivered=brought(more, shelf.store_id, 2)
    )
    await withdraw_return(scope=ME, return_id=fewer.public_id)
    late = await asked(order)

    assert (more.worth_fen, more.receipt) == (79_800, ReceiptState.RECEIVED)
    assert late.worth_fen == 39_900


async def test_what_never_arrived_stays_the_buyers_and_its_money_with_us() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case = await asked(order, 3)
    staff = people_of(shelf.store_id)
    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id, 2)
    )
    partly = case.receipt

    case = await finish_receipt(scope=staff, return_no=case.return_no)

    assert (partly, case.receipt, case.worth_fen) == (
        ReceiptState.PARTLY,
        ReceiptState.RECEIVED,
        79_800,
    )
    assert (await asked(order)).worth_fen == 39_900


async def test_each_piece_has_its_own_fate_and_none_is_restocked_by_one_tick() -> None:
    # magento/inventory#2851, spree#5928, medusajs/admin#377
    shelf, other = await a_shelf(), await a_store()
    order = await received_by_member(shelf)
    case = await asked(order, 3)
    staff = people_of(shelf.store_id)
    line_id = case.lines[0].line_id
    goods = (Arrived(line_id, 2), Arrived(line_id, 1, Condition.WORN))
    case = await receive_goods(
        scope=staff,
        return_no=case.return_no,
        delivered=Delivered(shelf.store_id, goods, key()),
    )
    intact, worn = case.arrived

    with pytest.raises(NotResellable):
        await dispose(scope=staff, decision=Decision(worn.id, Disposition.RESTOCK, 1, key()))
    with pytest.raises(TooManyPieces):
        await dispose(scope=staff, decision=Decision(intact.id, Disposition.VENDOR, 3, key()))
    await dispose(scope=staff, decision=Decision(worn.id, Disposition.SCRAP, 1, key()))
    await dispose(scope=staff, decision=Decision(intact.id, Disposition.VENDOR, 1, key()))
    case = await dispose(
        scope=staff,
        decision=Decision(intact.id, Disposition.TRANSFER, 1, key(), to_store_id=other.id),
    )

    assert [piece.waiting for piece in case.arrived] == [0, 0]
    assert (await on_hand(shelf), await waiting(shelf)) == (7, 0)
    rows = await sql("SELECT kind FROM stock_movement WHERE place = 'returns' ORDER BY id")
    assert sorted(row["kind"] for row in rows if row["kind"] != "returned") == [
        *("scrapped", "to_vendor", "transferred_out")
    ]


async def test_a_disposition_asked_twice_moves_once() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    staff = people_of(shelf.store_id)
    case = await asked(order, 2)
    case = await receive_goods(
        scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id, 2)
    )
    choice = Decision(case.arrived[0].id, Disposition.RESTOCK, 1, key())

    for _ in range(2):
        case = await dispose(scope=staff, decision=choice)
    await asyncio.gather(
        *(put_away(scope=staff, disposition_id=case.dispositions[0].public_id) for _ in range(4))
    )

    assert (await on_hand(shelf), await waiting(shelf)) == (8, 1)


async def test_a_receipt_noted_twice_is_one_receipt() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case, staff = await asked(order, 2), people_of(shelf.store_id)
    delivered = brought(case, shelf.store_id, 1)

    await asyncio.gather(
        *(
            receive_goods(scope=staff, return_no=case.return_no, delivered=delivered)
            for _ in range(3)
        )
    )

    assert await waiting(shelf) == 1


async def test_money_follows_the_goods_unless_the_policy_pays_first() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case = await asked(order)
    with pytest.raises(GoodsFirst):
        await pay_back(
            scope=people_of(shelf.store_id), return_id=case.public_id, wish=GiveBack(key())
        )
    _ = await ReturnRuleRow.create(
        code="trusted", priority=5, data={"days": 30, "money": "before", "zh": "", "en": ""}
    )

    early = await asked(order)
    early = await pay_back(
        scope=people_of(shelf.store_id), return_id=early.public_id, wish=GiveBack(key())
    )

    assert (early.asked_fen, early.receipt) == (39_900, ReceiptState.AWAITED)
    with pytest.raises(ReturnCannotMove):
        await withdraw_return(scope=ME, return_id=early.public_id)


async def test_staff_above_their_limit_need_a_manager_and_money_goes_once() -> None:
    shelf = await a_shelf()
    _ = await ReturnRuleRow.create(
        code="small", priority=5, data={"money": "before", "manager_over_fen": 30_000}
    )
    order = await received_by_member(shelf)
    case, staff = await asked(order), people_of(shelf.store_id)
    manager = people_of(shelf.store_id, role=Role.STORE_MANAGER)

    case = await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))
    with pytest.raises(ManagerNeeded):
        await allow_money(scope=staff, return_id=case.public_id)
    before = await refunds_of(order.id)
    await asyncio.gather(*(allow_money(scope=manager, return_id=case.public_id) for _ in range(3)))

    assert (case.money, before) == (MoneyState.WAITING, ())
    assert [refund.amount_fen for refund in await refunds_of(order.id)] == [39_900]
    with pytest.raises(NotWorthThat):
        await pay_back(scope=manager, return_id=case.public_id, wish=GiveBack(key(), 1))


async def test_odd_pieces_make_the_money_a_managers_decision() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    case, staff = await asked(order), people_of(shelf.store_id)
    worn = brought(case, shelf.store_id, condition=Condition.WORN)
    await receive_goods(scope=staff, return_no=case.return_no, delivered=worn)

    case = await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key(), 20_000))

    assert (case.money, case.asked_fen) == (MoneyState.WAITING, 20_000)


async def test_store_credit_instead_of_money_where_the_policy_says_so() -> None:
    shelf = await a_shelf()
    _ = await ReturnRuleRow.create(
        code="late", priority=5, data={"days": 30, "origin_days": 7, "money": "before"}
    )
    order = await received_by_member(shelf)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")  # the timeline is never changed
        await sql("UPDATE orders_timeline SET at = at - interval '10 days'")

    case = await asked(order)
    case = await pay_back(
        scope=people_of(shelf.store_id), return_id=case.public_id, wish=GiveBack(key())
    )

    [refund] = await refunds_of(order.id)
    assert (case.refund_to, refund.goes_to) == (RefundTo.CREDIT, "credit")
    assert case.money is MoneyState.SETTLED


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"is_allowed": False}, "excluded"),
        ({"days": 0}, "too_late"),
        ({"entrances": ["till"], "is_allowed": False}, ""),
        ({"deliveries": ["express"], "is_allowed": False}, "excluded"),
        ({"is_presale": True, "is_allowed": False}, ""),
    ],
)
async def test_the_policy_is_data_and_says_why_not(data: dict[str, object], why: str) -> None:
    order = await received_by_member(await a_shelf())
    _ = await ReturnRuleRow.create(code="test", priority=9, data=data)
    if data.get("days") == 0:
        await asyncio.sleep(0.01)

    [line] = (await returnable(await order_of(order.id))).lines

    assert line.why == why
    assert (line.quantity, line.worth_fen) == ((0, 0) if why else (3, 119_700))
    if why:
        with pytest.raises(CannotReturn):
            await asked(order)
        manager = Scope(Role.STORE_MANAGER, staff_id=1, store_ids=frozenset({order.store_id}))
        taken = await ask_return_at_counter(scope=manager, order_id=order.id, ask=wish(order, 1))
        assert taken.worth_fen == 39_900


async def test_goods_of_a_category_or_a_brand_are_excluded_by_a_row() -> None:
    order = await received_by_member(await a_shelf())
    sku_id = order.lines[0].sku_id
    _ = await ReturnRuleRow.create(
        code="underwear", priority=9, data={"sku_ids": [sku_id], "is_allowed": False}
    )
    _ = await ReturnRuleRow.create(
        code="others", priority=10, data={"category_ids": [0], "is_allowed": True}
    )

    [line] = (await returnable(order)).lines

    assert (line.why, line.rule) == ("excluded", "underwear")


async def test_nothing_comes_back_that_never_left_or_came_back_already() -> None:
    shelf = await a_shelf()
    paid = await sold(shelf, delivery=Delivery.EXPRESS)
    with pytest.raises(TooManyPieces):
        await asked(paid)
    order = await received_by_member(shelf)
    await asked(order, 2)

    with pytest.raises(TooManyPieces):
        await asked(order, 2)
    with pytest.raises(BadPieces):
        await ask_return(scope=ME, order_id=order.public_id, ask=AskReturn((Pieces(0, 1),), key()))


async def test_many_taps_open_one_case_and_another_wish_needs_another_key() -> None:
    order = await received_by_member(await a_shelf())
    ask = wish(order, 2)

    cases = await asyncio.gather(
        *(ask_return(scope=ME, order_id=order.public_id, ask=ask) for _ in range(4))
    )
    with pytest.raises(ReturnKeyReused):
        await ask_return(scope=ME, order_id=order.public_id, ask=wish(order, 1, key=ask.key))

    assert len({case.id for case in cases}) == 1


async def test_two_cases_at_once_never_claim_more_than_was_bought() -> None:
    order = await received_by_member(await a_shelf())

    answers = await asyncio.gather(*(asked(order, 2) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(answer, ReturnView) for answer in answers) == 1
    [row] = await sql("SELECT returned, worth_fen FROM fulfilment_line_back")
    assert (row["returned"], row["worth_fen"]) == (2, 79_800)


async def test_a_return_that_never_comes_is_withdrawn_and_may_be_asked_again() -> None:
    order = await received_by_member(await a_shelf())
    case = await asked(order, 3)
    early = await end_forgotten_returns()
    await days_pass(20)

    ended = await end_forgotten_returns()

    assert (early, ended) == (0, 1)
    assert (await return_for(ME, case.public_id)).state is ReturnState.WITHDRAWN
    assert (await asked(order, 3)).worth_fen == 119_700


async def test_a_parcel_on_its_way_back_is_known_and_a_wrong_number_is_not() -> None:
    order = await received_by_member(await a_shelf())
    case = await asked(order)

    case = await send_back(
        scope=ME, return_id=case.public_id, carrier="SF", tracking_no="SF1234567890123"
    )

    assert (case.receipt, case.carrier) == (ReceiptState.ON_WAY, "SF")


async def test_members_and_stores_see_their_own_cases_only() -> None:
    order = await received_by_member(await a_shelf())
    case = await asked(order)
    for stranger in (
        Scope(Role.MEMBER, member_id=8),
        people_of((await a_store()).id),
        Scope(Role.MEMBER),
    ):
        with pytest.raises(ReturnNotFound):
            await return_for(stranger, case.public_id)
        assert await returns_for(stranger) == ()


async def test_a_purchase_is_found_by_each_proof_and_by_nothing_else() -> None:
    order = await received_by_member(await a_shelf())
    payment = await payment_of(order.id)
    assert payment is not None
    assert payment.transaction_id is not None

    found = [
        await find_purchases(Proof.ORDER, order.order_no),
        await find_purchases(Proof.PAYMENT, payment.transaction_id),
        await find_purchases(Proof.PAYMENT, payment.payment_no),
    ]

    assert [[one.id for one in orders] for orders in found] == [[order.id]] * 3
    for proof in (Proof.ORDER, Proof.PAYMENT, Proof.RECEIPT):
        with pytest.raises(ProofNeeded):
            await find_purchases(proof, "nothing")


async def test_a_refund_mirrors_the_book_of_every_party() -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf)
    staff = people_of(shelf.store_id)
    for _ in range(3):
        case = await asked(order)
        case = await receive_goods(
            scope=staff, return_no=case.return_no, delivered=brought(case, shelf.store_id)
        )
        await pay_back(scope=staff, return_id=case.public_id, wish=GiveBack(key()))
    await refunds_arrive(order)
    await tell_everyone()

    done = await order_of(order.id)
    assert (done.refunded_fen, done.paid_fen) == (119_700, 119_700)
    [row] = await sql(
        "SELECT count(*) AS n FROM core_ledger_journal AS j"
        " WHERE cause_kind = 'order_refunded.sale'"
    )
    assert row["n"] == 3
