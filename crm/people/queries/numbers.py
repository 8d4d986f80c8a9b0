"""Numbers of a day: paid orders with their credit, what they brought, and who joined."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q
from tortoise.functions import Count, Sum

from core.clock import SHOP_ZONE
from core.security.scope import Scope
from crm.people.models import Attribution, Member
from crm.people.queries.members import members_in
from trade.orders.queries import count_placed
from trade.settlement.queries import StoreCredits, credits_by_store


@dataclass(frozen=True, slots=True)
class StoreNumbers:
    """`by_guide_fen` is what came with a guide's credit (导购归属), `by_group_fen` by a group."""

    store_id: int
    paid_orders: int = 0
    paid_fen: int = 0
    points: int = 0
    by_guide_fen: int = 0
    by_group_fen: int = 0
    commission_fen: int = 0
    share_fen: int = 0


@dataclass(frozen=True, slots=True)
class DayNumbers:
    day: date
    placed_orders: int
    new_members: int
    members: int
    stores: dict[int, StoreNumbers]

    def total(self, name: str) -> int:
        """One number over all stores."""
        return sum(getattr(store, name) for store in self.stores.values())


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """From the shop's midnight to the next one."""
    starts = datetime.combine(day, time(), SHOP_ZONE)
    return starts, starts + timedelta(days=1)


async def day_numbers(scope: Scope, day: date) -> DayNumbers:
    """What the asker may know of one day of the shop; a store without sales is left out."""
    starts, ends = day_bounds(day)
    members = Member.filter(members_in(scope))
    worth = {credit.store_id: credit for credit in await credits_by_store(scope, starts, ends)}
    return DayNumbers(
        day=day,
        placed_orders=await count_placed(scope, starts, ends),
        new_members=await members.filter(joined_at__gte=starts, joined_at__lt=ends).count(),
        members=await members.count(),
        stores=await _stores(scope, starts, ends, worth),
    )


async def _stores(
    scope: Scope, starts: datetime, ends: datetime, worth: dict[int, StoreCredits]
) -> dict[int, StoreNumbers]:
    sales = Attribution.filter(scope.stores_q(), at__gte=starts, at__lt=ends).group_by("store_id")
    sums = sales.annotate(
        orders=Count("id"),
        paid=Sum("paid_fen"),
        earned=Sum("points"),
        by_guide=Sum("paid_fen", _filter=Q(guide_id__isnull=False)),
        by_group=Sum("paid_fen", _filter=Q(group_id__isnull=False)),
    )
    asked = ("store_id", "orders", "paid", "earned", "by_guide", "by_group")
    return {
        row["store_id"]: StoreNumbers(
            store_id=row["store_id"],
            paid_orders=row["orders"],
            paid_fen=int(row["paid"]),
            points=int(row["earned"]),
            by_guide_fen=int(row["by_guide"] or 0),
            by_group_fen=int(row["by_group"] or 0),
            commission_fen=_of(worth, row["store_id"]).commission_fen,
            share_fen=_of(worth, row["store_id"]).share_fen,
        )
        for row in await sums.values(*asked)
    }


def _of(worth: dict[int, StoreCredits], store_id: int) -> StoreCredits:
    return worth.get(store_id, StoreCredits(store_id, 0, 0))
