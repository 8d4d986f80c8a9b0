"""Who may give what back: by policy, by proof, once, and only their own."""

import asyncio

import pytest

from core.database import sql
from core.security.scope import Role, Scope
from tests.scenes.fulfilment import (
    ME,
    days_pass,
    key,
    people_of,
    sold,
)
from tests.scenes.orders import a_shelf
from tests.scenes.returns import a_case, a_wish, received_by_member
from tests.scenes.stores import a_store
from trade.fulfilment.errors import (
    BadPieces,
    CannotReturn,
    ProofNeeded,
    ReturnKeyReused,
    ReturnNotFound,
    TooManyPieces,
)
from trade.fulfilment.models import ReturnRuleRow
from trade.fulfilment.queries import (
    Proof,
    ReceiptState,
    ReturnState,
    ReturnView,
    find_purchases,
    return_for,
    returnable,
    returns_for,
)
from trade.fulfilment.service import (
    AskReturn,
    Pieces,
    ask_return,
    ask_return_at_counter,
    send_back,
)
from trade.fulfilment.service.watching import end_forgotten_returns
from trade.orders.queries import Delivery, order_of
from trade.payments.queries import payment_of

pytestmark = pytest.mark.usefixtures("db")


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
            await a_case(order)
        manager = Scope(Role.STORE_MANAGER, staff_id=1, store_ids=frozenset({order.store_id}))
        taken = await ask_return_at_counter(scope=manager, order_id=order.id, ask=a_wish(order, 1))
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
        await a_case(paid)
    order = await received_by_member(shelf)
    await a_case(order, 2)

    with pytest.raises(TooManyPieces):
        await a_case(order, 2)
    with pytest.raises(BadPieces):
        await ask_return(scope=ME, order_id=order.public_id, ask=AskReturn((Pieces(0, 1),), key()))


async def test_many_taps_open_one_case_and_another_wish_needs_another_key() -> None:
    order = await received_by_member(await a_shelf())
    ask = a_wish(order, 2)

    cases = await asyncio.gather(
        *(ask_return(scope=ME, order_id=order.public_id, ask=ask) for _ in range(4))
    )
    with pytest.raises(ReturnKeyReused):
        await ask_return(scope=ME, order_id=order.public_id, ask=a_wish(order, 1, key=ask.key))

    assert len({case.id for case in cases}) == 1


async def test_two_cases_at_once_never_claim_more_than_was_bought() -> None:
    order = await received_by_member(await a_shelf())

    answers = await asyncio.gather(*(a_case(order, 2) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(answer, ReturnView) for answer in answers) == 1
    [row] = await sql("SELECT returned, worth_fen FROM fulfilment_line_back")
    assert (row["returned"], row["worth_fen"]) == (2, 79_800)


async def test_a_return_that_never_comes_is_withdrawn_and_may_be_asked_again() -> None:
    order = await received_by_member(await a_shelf())
    case = await a_case(order, 3)
    early = await end_forgotten_returns()
    await days_pass(20)

    ended = await end_forgotten_returns()

    assert (early, ended) == (0, 1)
    assert (await return_for(ME, case.public_id)).state is ReturnState.WITHDRAWN
    assert (await a_case(order, 3)).worth_fen == 119_700


async def test_a_parcel_on_its_way_back_is_known_and_a_wrong_number_is_not() -> None:
    order = await received_by_member(await a_shelf())
    case = await a_case(order)

    case = await send_back(
        scope=ME, return_id=case.public_id, carrier="SF", tracking_no="SF1234567890123"
    )

    assert (case.receipt, case.carrier) == (ReceiptState.ON_WAY, "SF")


async def test_members_and_stores_see_their_own_cases_only() -> None:
    order = await received_by_member(await a_shelf())
    case = await a_case(order)
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
