"""The clockwork of bills: thin."""

from datetime import date

from core.jobs import every, job
from trade.payments.bills import fetching, reconciling, repairing
from trade.payments.bills.errors import BillMisread, BillTooLarge, BillUnclear


@every("bills.want_bills", seconds=60)
async def want_bills() -> None:
    await fetching.want_bills()


@job("bills.fetch_bill", timeout_s=900)
async def fetch_bill(*, bill_id: int, again: bool = False) -> None:
    """The bill itself remembers what went wrong and when it is asked for next."""
    try:
        await fetching.fetch_bill(bill_id=bill_id, again=again)
    except (BillUnclear, BillMisread, BillTooLarge):
        return


@job("bills.reconcile", timeout_s=300)
async def reconcile(*, mch_id: str, day: str) -> None:
    await reconciling.reconcile_day(mch_id, date.fromisoformat(day))


@job("bills.ask_about")
async def ask_about(*, difference_id: int) -> None:
    await repairing.ask_about(difference_id=difference_id)
