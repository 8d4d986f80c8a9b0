"""What the bill and our books say differently: all of it is found, and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

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
    rows_like,
    serial,
    spoil,
    ten_past_ten,
)
from tests.scenes.orders import a_payment, an_order, money_for
from tests.scenes.payments import goes_wrong, open_id_of
from tests.scenes.people import head_office
from trade.orders.queries import OrderState, order_of
from trade.payments.bills.errors import (
    DifferenceEnded,
    DifferenceUnknown,
    ResolutionNeedsReason,
)
from trade.payments.bills.fetching import fetch_bill, want_bill
from trade.payments.bills.models import Bill, Difference
from trade.payments.bills.reconciling import Compared, reconcile_day
from trade.payments.bills.resolving import resolve_difference
from trade.payments.bills.rules import ADVICE, Aspect, DifferenceState, Kind
from trade.payments.models import Payment, Refund
from trade.payments.queries import PaymentState, RefundState
from trade.payments.service import refund

pytestmark = pytest.mark.usefixtures("db")

Found = tuple[str, str, str]


async def load(world: World, day: date) -> None:
    """The bill of a day is fetched, without the jobs that follow."""
    world.set_now(ten_past_ten(day))
    await fetch_bill(bill_id=await want_bill(merchant(), day, at=ten_past_ten(day)), again=True)


async def compare(world: World, day: date) -> Compared:
    await load(world, day)
    return await reconcile_day(merchant(), day)


@dataclass
class Seeds:
    """A day on both sides: many rows that agree, and the ways in which the others do not."""

    world: World
    day: date
    first: int = 0
    refund_like: int = 0
    expected: set[Found] = field(default_factory=set)
    edits: list[dict[str, object]] = field(default_factory=list)

    async def open(self) -> None:
        """One real payment and one real refund, of which the others are copies."""
        number, _, _ = await a_paid_payment(self.world, at=noon(self.day))
        payment = await Payment.get(payment_no=number)
        self.first = payment.id
        await refund(order_id=payment.order_id or 0, amount_fen=100, reason="换货", key="seed")
        row = await Refund.get(payment_id=payment.id)
        self.refund_like = row.id
        at = noon(self.day)
        await sql(
            "UPDATE payments_refund SET state = 'settled', settled_at = $2, created_at = $2"
            " WHERE id = $1",
            *(row.id, at),
        )
        refunded_there(self.world, number, row.refund_no, 100, at)

    def number(self) -> tuple[str, str, datetime]:
        n = next(serial)
        return f"PS{n:08}", f"44{n:026}", noon(self.day, minutes=n % 600 - 300)

    async def ours(self, *, here: bool = True, there: bool = True, **more: object) -> Found:
        """A payment, on one side or both; `more` are other columns of ours."""
        number, transaction_id, at = self.number()
        if there:
            paid_there(self.world, number, transaction_id, 1_000, at)
        row = {
            "id": self.first + int(number[2:]),
            "payment_no": number,
            "transaction_id": transaction_id,
            "amount_fen": 1_000,
            "refunding_fen": 0,
            "order_id": 1_000_000 + int(number[2:]),
            "paid_at": at,
            "created_at": at,
        }
        if here:
            await rows_like("payments_payment", self.first, [row | more])
        return number, transaction_id, str(row["id"])

    async def refunds(
        self, *, here: bool = True, there: bool = True, status: str = "SUCCESS", **more: object
    ) -> str:
        """A refund of a payment that both sides know."""
        number, _, payment_id = await self.ours()
        refund_no, at = f"RS{number[2:]}", noon(self.day)
        if there:
            refunded_there(self.world, number, refund_no, 300, at, status=status)
        row = {
            "id": self.refund_like + int(number[2:]),
            "refund_no": refund_no,
            "request_key": refund_no,
            "payment_id": int(payment_id),
            "amount_fen": 300,
            "settled_at": at,
            "created_at": at,
        }
        if here:
            await rows_like("payments_refund", self.refund_like, [row | more])
        return refund_no

    def expect(self, kind: Kind, aspect: Aspect, subject: str) -> None:
        self.expected.add((kind.value, aspect.value, subject))


async def a_clean_day(world: World, day: date) -> Seeds:
    seeds = Seeds(world, day)
    await seeds.open()
    for _ in range(20):
        await seeds.ours()
    for _ in range(5):
        await seeds.refunds()
    await seeds.refunds(status="PROCESSING", state="processing", settled_at=None)
    await seeds.refunds(status="CLOSED", state="closed", settled_at=None)
    await seeds.refunds(status="ABNORMAL", state="abnormal", settled_at=None)
    return seeds


async def test_a_clean_day_has_no_difference(world: World) -> None:
    day = a_past_day()
    await a_clean_day(world, day)

    compared = await compare(world, day)
    assert (compared.is_judged, compared.open) == (True, 0)
    assert compared.ours_paid_fen == compared.theirs_paid_fen
    assert not await Difference.exists()


async def seed_payments(seeds: Seeds) -> None:
    for _ in range(4):
        _, transaction_id, _ = await seeds.ours(there=False)
        seeds.expect(Kind.PAYMENT_ONLY_HERE, Aspect.WHOLE, transaction_id)
    for _ in range(4):
        _, transaction_id, _ = await seeds.ours(here=False)
        seeds.expect(Kind.PAYMENT_ONLY_THERE, Aspect.WHOLE, transaction_id)
    number, _, _ = await seeds.ours()  # paid a second time, and only WeChat Pay knows
    second = f"45{next(serial):026}"
    paid_there(seeds.world, number, second, 1_000, noon(seeds.day))
    seeds.expect(Kind.PAYMENT_ONLY_THERE, Aspect.WHOLE, second)
    for fen in (999, 1_001, 1, 100_000):
        _, transaction_id, _ = await seeds.ours(amount_fen=fen)
        seeds.expect(Kind.PAYMENT_AMOUNT, Aspect.WHOLE, transaction_id)
    unpaid = {"transaction_id": None, "paid_at": None, "has_paid_order": None}
    for state in ("closed", "prepaid", "unknown", "created", "parked"):
        _, transaction_id, _ = await seeds.ours(state=state, payer_fen=None, **unpaid)
        seeds.expect(Kind.PAYMENT_STATE, Aspect.STATE, transaction_id)


async def seed_refunds(seeds: Seeds) -> None:
    for _ in range(4):
        refund_no = await seeds.refunds(there=False)
        seeds.expect(Kind.REFUND_ONLY_HERE, Aspect.WHOLE, refund_no)
    for _ in range(4):
        refund_no = await seeds.refunds(here=False)
        seeds.expect(Kind.REFUND_ONLY_THERE, Aspect.WHOLE, refund_no)
    for fen in (299, 301, 1):
        refund_no = await seeds.refunds(amount_fen=fen)
        seeds.expect(Kind.REFUND_DIFFERS, Aspect.AMOUNT, refund_no)
    for state in ("processing", "unknown", "abnormal", "created"):
        refund_no = await seeds.refunds(state=state, settled_at=None)
        seeds.expect(Kind.REFUND_DIFFERS, Aspect.STATE, refund_no)
    refund_no = await seeds.refunds(status="CLOSED")
    seeds.expect(Kind.REFUND_DIFFERS, Aspect.STATE, refund_no)
    refund_no = await seeds.refunds(state="unknown", settled_at=None, amount_fen=200)
    seeds.expect(Kind.REFUND_DIFFERS, Aspect.AMOUNT, refund_no)  # both at once
    seeds.expect(Kind.REFUND_DIFFERS, Aspect.STATE, refund_no)


async def seed_odd_entries(seeds: Seeds) -> None:
    midnight = noon(seeds.day) + timedelta(hours=12)
    for at in (midnight, midnight + timedelta(seconds=1), noon(seeds.day, minutes=-721)):
        _, transaction_id, _ = await seeds.ours(paid_at=at)
        seeds.expect(Kind.ODD_ENTRY, Aspect.DAY, transaction_id)
    refund_no = await seeds.refunds(created_at=midnight, settled_at=midnight)
    seeds.expect(Kind.ODD_ENTRY, Aspect.DAY, refund_no)
    for _ in range(3):
        number, transaction_id, _ = await seeds.ours()
        seeds.edits.append({"kind": "duplicate", "number": number})
        seeds.expect(Kind.ODD_ENTRY, Aspect.TWICE, transaction_id)
    refund_no = await seeds.refunds()
    seeds.edits.append({"kind": "duplicate", "number": refund_no})
    seeds.expect(Kind.ODD_ENTRY, Aspect.TWICE, refund_no)
    for fee in ("0.07000", "0.05000", "0.00000"):
        number, transaction_id, _ = await seeds.ours()
        seeds.edits.append({"kind": "altered", "number": number, "cells": {"手续费": fee}})
        seeds.expect(Kind.ODD_ENTRY, Aspect.FEE, transaction_id)
    number, transaction_id, _ = await seeds.ours(amount_fen=999)  # three things at once
    seeds.edits.append({"kind": "altered", "number": number, "cells": {"手续费": "1.00000"}})
    seeds.edits.append({"kind": "duplicate", "number": number})
    seeds.expect(Kind.PAYMENT_AMOUNT, Aspect.WHOLE, transaction_id)
    seeds.expect(Kind.ODD_ENTRY, Aspect.FEE, transaction_id)
    seeds.expect(Kind.ODD_ENTRY, Aspect.TWICE, transaction_id)


async def test_every_seeded_difference_is_found_and_nothing_else(world: World) -> None:
    day = a_past_day()
    seeds = await a_clean_day(world, day)
    await seed_payments(seeds)
    await seed_refunds(seeds)
    await seed_odd_entries(seeds)
    spoil(world, day, *seeds.edits)
    compared = await compare(world, day)

    assert await differences(day) == seeds.expected
    assert compared.open == len(seeds.expected) >= 40
    per_kind = Counter(kind for kind, _, _ in seeds.expected)
    assert set(per_kind) == {kind.value for kind in Kind}
    assert min(per_kind.values()) >= 4
    assert {(Kind(kind), Aspect(aspect)) for kind, aspect, _ in seeds.expected} == set(ADVICE)
    again = await reconcile_day(merchant(), day)
    assert again == compared


async def test_money_that_is_no_wechat_money_is_not_compared(world: World) -> None:
    day = a_past_day()
    seeds = await a_clean_day(world, day)
    await seeds.ours(there=False, mch_id="", transaction_id=None, state="closed", paid_at=None)

    assert (await compare(world, day)).open == 0


async def test_what_differs_is_gone_when_its_cause_is(world: World) -> None:
    day = a_past_day()
    number, transaction_id, _ = await a_paid_payment(world, at=noon(day))
    await a_paid_payment(world, at=noon(day))
    spoil(world, day, {"kind": "missing", "number": number})
    await compare(world, day)
    assert await differences(day) == {("payment_only_here", "whole", transaction_id)}
    spoil(world, day)
    compared = await compare(world, day)

    assert compared.open == 0
    [row] = await Difference.all()
    assert (row.state, row.ended_by) == (DifferenceState.GONE, "reconciliation")


async def test_a_payment_of_the_last_second_is_found_in_the_next_days_bill(world: World) -> None:
    day = a_past_day() - timedelta(days=1)
    midnight = noon(day) + timedelta(hours=12)
    await a_paid_payment(world, at=noon(day))
    number, transaction_id, fen = await a_paid_payment(None, at=midnight - timedelta(seconds=1))
    paid_there(world, number, transaction_id, fen, midnight + timedelta(seconds=1))
    await compare(world, day)
    assert await differences(day) == {("payment_only_here", "whole", transaction_id)}
    await load(world, day + timedelta(days=1))
    await tell_everyone()

    assert await differences(day) == set()
    assert await differences(day + timedelta(days=1)) == {("odd_entry", "day", transaction_id)}


async def test_the_second_bill_with_a_payment_is_the_odd_one(world: World) -> None:
    day = a_past_day() - timedelta(days=1)
    number, transaction_id, fen = await a_paid_payment(world, at=noon(day))
    paid_there(world, number, transaction_id, fen, noon(day + timedelta(days=1)))
    await compare(world, day)
    await compare(world, day + timedelta(days=1))

    assert await differences(day) == set()
    assert await differences(day + timedelta(days=1)) == {("odd_entry", "twice", transaction_id)}


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
