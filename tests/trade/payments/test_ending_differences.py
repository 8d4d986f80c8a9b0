"""How differences end: by a question to WeChat Pay, by themselves, by a person with a reason."""

from datetime import date

import pytest

from core.audit_log import AuditRow
from core.database import sql
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.bills import (
    a_paid_payment,
    a_past_day,
    differences,
    merchant,
    noon,
    paid_there,
    refunded_there,
    serial,
    spoil,
    ten_past_ten,
)
from tests.scenes.orders import a_payment, an_order, money_for
from tests.scenes.payments import goes_wrong, open_id_of
from tests.scenes.people import head_office
from tests.scenes.reconciling import compare, load
from trade.orders.queries import OrderState, order_of
from trade.payments.bills.errors import (
    DifferenceEnded,
    DifferenceUnknown,
    ResolutionNeedsReason,
)
from trade.payments.bills.fetching import want_bill
from trade.payments.bills.models import Bill, Difference
from trade.payments.bills.reconciling import reconcile_day
from trade.payments.bills.resolving import resolve_difference
from trade.payments.bills.rules import DifferenceState, Kind
from trade.payments.models import Payment, Refund
from trade.payments.queries import PaymentState, RefundState
from trade.payments.service import refund

pytestmark = pytest.mark.usefixtures("db")


async def test_money_whose_notice_was_lost_is_settled_from_the_bill(world: World) -> None:
    day = a_past_day()
    order = await an_order()
    number, transaction_id = await a_payment(order), f"46{next(serial):026}"
    await sql("UPDATE payments_payment SET open_id = $1", open_id_of(world))
    paid_there(world, number, transaction_id, order.payable_fen, noon(day))
    await load(world, day)
    await tell_everyone()

    payment = await Payment.get(payment_no=number)
    assert (payment.state, payment.transaction_id) == (PaymentState.PAID, transaction_id)
    assert (await order_of(order.id)).state is OrderState.PAID
    [row] = await Difference.all()
    assert (row.kind, row.state) == (Kind.PAYMENT_STATE, DifferenceState.GONE)


async def test_a_second_payment_that_only_the_bill_knows_goes_back(world: World) -> None:
    day = a_past_day()
    number, _, fen = await a_paid_payment(world, at=noon(day))
    second = f"46{next(serial):026}"
    paid_there(world, number, second, fen, noon(day))
    await sql("UPDATE payments_payment SET open_id = $1", open_id_of(world))
    await load(world, day)
    await tell_everyone()

    assert await differences(day) == set()
    back = await Refund.all().select_related("surplus")
    assert [row.surplus.transaction_id for row in back if row.surplus] == [second]


async def test_a_refund_whose_notice_was_lost_is_asked_for(world: World) -> None:
    day = a_past_day()
    number, _, _ = await a_paid_payment(world, at=noon(day))
    payment = await Payment.get(payment_no=number)
    await refund(order_id=payment.order_id or 0, amount_fen=500, reason="少件", key="lost")
    row = await Refund.get()
    await sql(
        "UPDATE payments_refund SET state = 'abnormal', created_at = $1, ask_at = NULL", noon(day)
    )
    refunded_there(world, number, row.refund_no, 500, noon(day))
    await load(world, day)
    await tell_everyone()

    assert (await Refund.get()).state is RefundState.SETTLED
    assert await differences(day) == set()


async def test_a_question_without_an_answer_is_put_again(world: World) -> None:
    day = a_past_day()
    order = await an_order()
    number = await a_payment(order)
    await sql("UPDATE payments_payment SET open_id = $1", open_id_of(world))
    paid_there(world, number, f"46{next(serial):026}", order.payable_fen, noon(day))
    await load(world, day)
    goes_wrong(world, "GET /v3/pay/transactions/id/", "http500")
    await tell_everyone()
    assert len(await differences(day)) == 1
    await make_due()
    await tell_everyone()

    assert await differences(day) == set()


async def test_a_number_that_is_not_ours_is_not_asked_about(world: World) -> None:
    day = a_past_day()
    await a_paid_payment(world, at=noon(day))
    paid_there(world, "SOMEBODY-ELSE-1", f"46{next(serial):026}", 100, noon(day))
    await load(world, day)
    await tell_everyone()

    assert len(await differences(day)) == 1
    asked = [call for call in world.calls if "/transactions/id/" in str(call.get("path"))]
    assert asked == []


async def one_difference(world: World, day: date) -> Difference:
    number, _, _ = await a_paid_payment(world, at=noon(day))
    await a_paid_payment(world, at=noon(day))
    spoil(world, day, {"kind": "missing", "number": number})
    await compare(world, day)
    return await Difference.get()


async def test_a_person_settles_a_difference_with_a_reason(world: World) -> None:
    row = await one_difference(world, a_past_day())
    await resolve_difference(head_office(), difference_id=row.id, reason="  商户平台  已核实 ")
    await reconcile_day(merchant(), a_past_day())

    row = await Difference.get()
    assert (row.state, row.reason) == (DifferenceState.RESOLVED, "商户平台 已核实")
    assert row.ended_by == head_office().actor
    [kept] = await AuditRow.filter(action="payments.difference_resolved")
    assert (kept.subject, kept.facts["reason"]) == (f"difference:{row.id}", "商户平台 已核实")


async def test_a_settled_difference_opens_again_when_it_becomes_another(world: World) -> None:
    row = await one_difference(world, a_past_day())
    await resolve_difference(head_office(), difference_id=row.id, reason="商户平台已核实")
    await sql("UPDATE payments_payment SET amount_fen = amount_fen + 1")
    await reconcile_day(merchant(), a_past_day())

    row = await Difference.get(id=row.id)
    assert (row.state, row.reason, row.ended_by) == (DifferenceState.OPEN, None, None)


async def test_settling_needs_a_reason_and_an_open_difference(world: World) -> None:
    row = await one_difference(world, a_past_day())
    for reason in ("", "  ok ", "长" * 201):
        with pytest.raises(ResolutionNeedsReason):
            await resolve_difference(head_office(), difference_id=row.id, reason=reason)
    with pytest.raises(DifferenceUnknown):
        await resolve_difference(head_office(), difference_id=row.id + 1, reason="已核实无误")
    await resolve_difference(head_office(), difference_id=row.id, reason="已核实无误")
    await resolve_difference(head_office(), difference_id=row.id, reason="已核实无误")
    with pytest.raises(DifferenceEnded):
        await resolve_difference(head_office(), difference_id=row.id, reason="另一个原因")


async def test_a_day_whose_bill_is_not_there_is_not_judged(world: World) -> None:
    await a_paid_payment(None, at=noon(a_past_day()))
    await want_bill(merchant(), a_past_day(), at=ten_past_ten(a_past_day()))

    assert not (await reconcile_day(merchant(), a_past_day())).is_judged
    assert (await reconcile_day(merchant(), date(2020, 1, 1))).open == 0
    assert not await Difference.exists()
    assert (await Bill.get()).runs == 0


async def test_late_money_for_a_closed_payment_is_settled_from_the_bill(world: World) -> None:
    day = a_past_day()
    late = await a_payment(await an_order())
    await sql("UPDATE payments_payment SET state = 'closed', open_id = $1", open_id_of(world))
    fact = await money_for(late, at=noon(day))
    paid_there(world, late, fact.transaction_id, fact.total_fen, noon(day))
    await load(world, day)
    await tell_everyone()

    assert (await Payment.get(payment_no=late)).state is PaymentState.PAID
    assert await differences(day) == set()
