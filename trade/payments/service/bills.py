"""The door to bills (对账单): fetching, comparing, settling, and what can be asked about them."""

from datetime import date

from trade.payments.bills.errors import (
    BillMisread,
    BillTooLarge,
    BillUnclear,
    DayNotOver,
    DayUnknown,
    DifferenceEnded,
    DifferenceUnknown,
    ResolutionNeedsReason,
)
from trade.payments.bills.export import csv_of
from trade.payments.bills.fetching import fetch_bill, owe_bill, want_bill, want_bills
from trade.payments.bills.gateway import merchants
from trade.payments.bills.questions import (
    DayView,
    DifferenceView,
    days_between,
    difference_of,
    differences_between,
    differences_of,
)
from trade.payments.bills.reconciling import Compared, reconcile_day
from trade.payments.bills.resolving import resolve_difference
from trade.payments.bills.rules import Aspect, BillState, DifferenceState, Kind

__all__ = [
    "Aspect",
    "BillMisread",
    "BillState",
    "BillTooLarge",
    "BillUnclear",
    "Compared",
    "DayNotOver",
    "DayUnknown",
    "DayView",
    "DifferenceEnded",
    "DifferenceState",
    "DifferenceUnknown",
    "DifferenceView",
    "Kind",
    "ResolutionNeedsReason",
    "csv_of",
    "days_between",
    "difference_of",
    "differences_between",
    "differences_of",
    "fetch_and_compare",
    "owe_bill",
    "reconcile_day",
    "resolve_difference",
    "want_bill",
    "want_bills",
]


async def fetch_and_compare(day: date, *, again: bool = False) -> tuple[Compared, ...]:
    """Have the bills of a day, now and not by the timetable, and compare them with our books.

    A bill that is kept is not fetched anew unless `again`. Raises DayNotOver, BillUnclear,
    BillMisread, BillTooLarge. One result for each merchant of ours.
    """
    results = []
    for pay in merchants():
        await fetch_bill(bill_id=await want_bill(pay.mch_id, day), again=again)
        results.append(await reconcile_day(pay.mch_id, day))
    return tuple(results)
