"""What guides and franchisees have earned, and why. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Sum

from core.ledger import Account, AccountKind, Cause, balance, explain
from core.security.scope import Scope
from trade.payments.queries import refunds_of
from trade.settlement.models import GoodsMoved, SaleCredit


@dataclass(frozen=True, slots=True)
class CreditView:
    """What a sale was worth when it was credited; refunds are in the balances, not here."""

    order_id: int
    order_no: str
    store_id: int
    guide_id: int | None
    franchisee_id: int | None
    paid_fen: int
    commission_fen: int
    share_fen: int
    at: datetime


def _view(row: SaleCredit) -> CreditView:
    return CreditView(
        order_id=row.order_id,
        order_no=row.order_no,
        store_id=row.store_id,
        guide_id=row.guide_id,
        franchisee_id=row.franchisee_id,
        paid_fen=row.paid_fen,
        commission_fen=row.commission_fen,
        share_fen=row.share_fen,
        at=row.at,
    )


async def earned_by(staff_id: int) -> int:
    """A guide's commission balance in fen."""
    return await balance(Account(AccountKind.COMMISSION, f"staff:{staff_id}"))


async def shares_of(franchisee_id: int) -> int:
    """A franchisee's share balance in fen."""
    return await balance(Account(AccountKind.FRANCHISE_SHARE, f"franchisee:{franchisee_id}"))


async def credit_of(order_no: str) -> CreditView | None:
    """None when the order was not credited (yet)."""
    row = await SaleCredit.get_or_none(order_no=order_no)
    return _view(row) if row else None


async def credits_of(staff_id: int, *, limit: int = 50) -> tuple[CreditView, ...]:
    """The sales credited to a guide, newest first."""
    rows = SaleCredit.filter(guide_id=staff_id).order_by("-id").limit(min(limit, 200))
    return tuple(_view(row) for row in await rows)


async def explain_sale(order_no: str, lang: str = "zh") -> list[str]:
    """In words: what an order brought to its guide and its franchisee, what refunds took,

    and who owes whom for goods that came back elsewhere.
    """
    credit = await SaleCredit.get_or_none(order_no=order_no)
    if credit is None:
        return []
    refunds = await refunds_of(credit.order_id)
    causes = [
        cause
        for part in ("commission", "share")
        for cause in (
            Cause(f"order_paid.{part}", order_no),
            *(Cause(f"order_refunded.{part}", refund.refund_no) for refund in refunds),
        )
    ]
    moved = await GoodsMoved.filter(order_id=credit.order_id).order_by("id")
    causes += [Cause("return_received.goods", str(row.receipt_id)) for row in moved]
    return [sentence for cause in causes for sentence in await explain(cause, lang)]


@dataclass(frozen=True, slots=True)
class StoreCredits:
    """What the sales of a store brought to its guides and its franchisee."""

    store_id: int
    commission_fen: int
    share_fen: int


async def credits_by_store(scope: Scope, starts: datetime, ends: datetime) -> list[StoreCredits]:
    """Sales credited from `starts` up to `ends`, for each store of the asker that had some."""
    rows = SaleCredit.filter(scope.stores_q(), at__gte=starts, at__lt=ends).group_by("store_id")
    sums = rows.annotate(commission=Sum("commission_fen"), share=Sum("share_fen"))
    return [
        StoreCredits(row["store_id"], int(row["commission"]), int(row["share"]))
        for row in await sums.values("store_id", "commission", "share")
    ]


async def earned_between(staff_id: int, starts: datetime, ends: datetime) -> int:
    """What the sales from `starts` up to `ends` were worth to a guide, in fen."""
    rows = SaleCredit.filter(guide_id=staff_id, at__gte=starts, at__lt=ends)
    [row] = await rows.annotate(commission=Sum("commission_fen")).values("commission")
    return int(row["commission"] or 0)
