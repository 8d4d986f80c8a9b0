"""What can be asked about bills and differences. Nothing here writes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.database import sql
from trade.payments.bills.models import Bill, Difference
from trade.payments.bills.rules import ADVICE, Advice, Aspect, BillState, DifferenceState, Kind

COUNTS = """
SELECT day, state, count(*) AS n FROM bills_difference
WHERE day BETWEEN $1 AND $2 GROUP BY 1, 2
"""
BATCH = 500


@dataclass(frozen=True, slots=True)
class DayView:
    """One China day of all our merchants. Amounts are None until all of it was compared."""

    day: date
    state: BillState | None
    said: str | None
    rows: int
    theirs_paid_fen: int | None
    theirs_refunded_fen: int | None
    ours_paid_fen: int | None
    ours_refunded_fen: int | None
    open: int
    resolved: int
    gone: int
    compared_at: datetime | None

    @property
    def mark(self) -> str:
        """`none`, `waiting`, `refused`, `open` or `fine`: what a cell of the calendar says."""
        if self.state is None:
            return "none"
        if self.state is BillState.REFUSED:
            return "refused"
        if self.state is BillState.WANTED or self.compared_at is None:
            return "waiting"
        return "open" if self.open else "fine"


@dataclass(frozen=True, slots=True)
class DifferenceView:
    id: int
    mch_id: str
    day: date
    kind: Kind
    aspect: Aspect
    subject: str
    payment_no: str | None
    order_no: str | None
    ours_fen: int | None
    theirs_fen: int | None
    ours: str | None
    theirs: str | None
    state: DifferenceState
    found_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None

    @property
    def advice(self) -> Advice:
        return ADVICE[(self.kind, self.aspect)]


async def days_between(first: date, last: date) -> tuple[DayView, ...]:
    """Every day of a stretch, also those without a bill, the first one first."""
    bills: dict[date, list[Bill]] = {}
    for bill in await Bill.filter(day__range=(first, last)).order_by("mch_id"):
        bills.setdefault(bill.day, []).append(bill)
    counted: dict[tuple[date, str], int] = {
        (row["day"], row["state"]): row["n"] for row in await sql(COUNTS, first, last)
    }
    days = [first + timedelta(days=index) for index in range((last - first).days + 1)]
    return tuple(_day_view(day, bills.get(day, []), counted) for day in days)


WORST_FIRST = (BillState.REFUSED, BillState.WANTED, BillState.LOADED, BillState.EMPTY)


def _day_view(day: date, bills: list[Bill], counted: dict[tuple[date, str], int]) -> DayView:
    states = {bill.state for bill in bills}
    moments = [bill.compared_at for bill in bills if bill.compared_at is not None]
    is_compared = bool(bills) and len(moments) == len(bills)

    def total(amounts: list[int | None]) -> int | None:
        return sum(amount or 0 for amount in amounts) if is_compared else None

    return DayView(
        day=day,
        state=next((state for state in WORST_FIRST if state in states), None),
        said=" ".join(bill.said for bill in bills if bill.said) or None,
        rows=sum(bill.rows for bill in bills),
        theirs_paid_fen=total([bill.paid_fen for bill in bills]),
        theirs_refunded_fen=total([bill.refunded_fen for bill in bills]),
        ours_paid_fen=total([bill.ours_paid_fen for bill in bills]),
        ours_refunded_fen=total([bill.ours_refunded_fen for bill in bills]),
        open=counted.get((day, "open"), 0),
        resolved=counted.get((day, "resolved"), 0),
        gone=counted.get((day, "gone"), 0),
        compared_at=max(moments) if is_compared else None,
    )


async def differences_of(day: date, *, limit: int = 500) -> tuple[DifferenceView, ...]:
    """What differs on a day, the open ones first, then by kind."""
    rows = Difference.filter(day=day)
    found = [_view(row) for row in await rows.order_by("id").limit(limit)]
    order = {state: index for index, state in enumerate(DifferenceState)}
    kinds = {kind: index for index, kind in enumerate(Kind)}
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.state is not DifferenceState.OPEN,
                kinds[one.kind],
                order[one.state],
                one.id,
            ),
        )
    )


async def differences_between(first: date, last: date) -> AsyncIterator[DifferenceView]:
    """All differences of a stretch of days, some hundred at a time."""
    after = 0
    while True:
        rows = Difference.filter(day__range=(first, last), id__gt=after)
        found = await rows.order_by("id").limit(BATCH)
        for row in found:
            yield _view(row)
        if len(found) < BATCH:
            return
        after = found[-1].id


async def difference_of(difference_id: int) -> DifferenceView | None:
    row = await Difference.get_or_none(id=difference_id)
    return _view(row) if row else None


def _view(row: Difference) -> DifferenceView:
    return DifferenceView(
        id=row.id,
        mch_id=row.mch_id,
        day=row.day,
        kind=row.kind,
        aspect=row.aspect,
        subject=row.subject,
        payment_no=row.payment_no,
        order_no=row.order_no,
        ours_fen=row.ours_fen,
        theirs_fen=row.theirs_fen,
        ours=row.ours,
        theirs=row.theirs,
        state=row.state,
        found_at=row.found_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        reason=row.reason,
    )
