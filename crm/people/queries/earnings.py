"""What a guide earned, in numbers and in words, as their own window shows it."""

from dataclasses import dataclass

from core import clock
from core.ledger import Account, AccountKind, explain
from crm.people.queries.numbers import day_bounds
from trade.settlement.queries import CreditView, credits_of, earned_between, earned_by


@dataclass(frozen=True, slots=True)
class Earnings:
    """`today_fen` is what today's sales were worth; `balance_fen` has refunds taken back."""

    today_fen: int
    balance_fen: int
    sales: list[CreditView]
    explained: list[str]


async def earnings_of(staff_id: int, *, lang: str = "zh") -> Earnings:
    """Newest first; `explained` tells the newest movements of the commission in words."""
    starts, ends = day_bounds(clock.shop_day(clock.now()))
    return Earnings(
        today_fen=await earned_between(staff_id, starts, ends),
        balance_fen=await earned_by(staff_id),
        sales=list(await credits_of(staff_id)),
        explained=await explain(Account(AccountKind.COMMISSION, f"staff:{staff_id}"), lang),
    )
