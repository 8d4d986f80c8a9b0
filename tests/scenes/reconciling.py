"""Set the scene: a day on both sides, rows that agree and rows that do not."""

from dataclasses import dataclass, field
from datetime import date, datetime

from core.database import sql
from sandbox.world import World
from tests.scenes.bills import (
    a_paid_payment,
    merchant,
    noon,
    paid_there,
    refunded_there,
    rows_like,
    serial,
    ten_past_ten,
)
from trade.payments.bills.fetching import fetch_bill, want_bill
from trade.payments.bills.reconciling import Compared, reconcile_day
from trade.payments.bills.rules import Aspect, Kind
from trade.payments.models import Payment, Refund
from trade.payments.service import refund

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
