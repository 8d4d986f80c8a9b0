"""A member's points in full (积分明细): what there is, what ends when, what is still to come."""

from dataclasses import dataclass
from datetime import datetime

from core.ledger import Account, AccountKind, balances, explain, lots
from crm.points.models import Earning
from crm.points.rules import On, Purse, State


@dataclass(frozen=True, slots=True)
class LotView:
    """`points` that can be used until `expires_at`, None: for ever."""

    points: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PendingView:
    """Points still to come: `available_at` is None until the goods are handed over."""

    points: int
    on: On
    program: str
    order_no: str | None
    available_at: datetime | None


@dataclass(frozen=True, slots=True)
class PurseView:
    """One kind of points. Below zero they are a debt (欠分), which the next earning pays."""

    purse: Purse
    points: int
    held: int
    owed: int
    lots: tuple[LotView, ...]
    pending: tuple[PendingView, ...]
    told: tuple[str, ...]

    @property
    def coming(self) -> int:
        return sum(one.points for one in self.pending)


async def statement_of(member_id: int, lang: str = "zh") -> dict[Purse, PurseView]:
    """Both kinds, in two dozen round trips at most; an unknown member has nothing."""
    accounts = {purse: Account(AccountKind(purse), f"member:{member_id}") for purse in Purse}
    have = await balances([*accounts.values(), *(one.held for one in accounts.values())])
    waiting = Earning.filter(member_id=member_id, state=State.PENDING)
    pending = await waiting.order_by("available_at", "id").limit(100)
    return {
        purse: PurseView(
            purse=purse,
            points=have[account],
            held=have[account.held],
            owed=max(0, -have[account]),
            lots=tuple(
                LotView(lot.remaining, lot.expires_at)
                for lot in await lots(account)
                if lot.remaining > 0
            ),
            pending=tuple(_pending(row) for row in pending if row.purse is purse),
            told=tuple(await explain(account, lang)),
        )
        for purse, account in accounts.items()
    }


def _pending(row: Earning) -> PendingView:
    """What was refunded meanwhile does not come."""
    left = row.points
    if row.basis_fen:
        left -= (row.points * row.refunded_fen + row.basis_fen // 2) // row.basis_fen
    return PendingView(left, row.on, row.program, row.order_no, row.available_at)


@dataclass(frozen=True, slots=True)
class EarningView:
    """Why an order or a deed earned what it earned, step by step."""

    program: str
    purse: Purse
    on: On
    points: int
    state: State
    refunded_fen: int
    available_at: datetime | None
    steps: tuple[tuple[str, str, int], ...]


async def earnings_of_order(order_id: int) -> list[EarningView]:
    """What each program gave for an order, and how it was worked out."""
    return [
        EarningView(
            program=row.program,
            purse=row.purse,
            on=row.on,
            points=row.points,
            state=row.state,
            refunded_fen=row.refunded_fen,
            available_at=row.available_at,
            steps=tuple((step["zh"], step["en"], step["points"]) for step in row.steps),
        )
        for row in await Earning.filter(order_id=order_id).order_by("id")
    ]
