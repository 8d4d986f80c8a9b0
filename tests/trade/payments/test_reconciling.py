"""What the bill and our books say differently: all of it is found, and nothing else."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.bills import (
    a_paid_payment,
    a_past_day,
    differences,
    merchant,
    noon,
    paid_there,
    serial,
    spoil,
)
from tests.scenes.reconciling import Seeds, a_clean_day, compare, load
from trade.payments.bills.models import Difference
from trade.payments.bills.reconciling import reconcile_day
from trade.payments.bills.rules import ADVICE, Aspect, DifferenceState, Kind

pytestmark = pytest.mark.usefixtures("db")


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
    unpaid: dict[str, Any] = {"transaction_id": None, "paid_at": None, "has_paid_order": None}
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
