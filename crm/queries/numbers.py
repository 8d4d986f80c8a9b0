"""Numbers of a day from this room's own books: paid orders with their credit, and who joined."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.clock import SHOP_ZONE
from core.security.scope import Scope
from crm.models import Attribution, Member
from crm.queries.members import members_in


@dataclass(frozen=True, slots=True)
class StoreNumbers:
    store_id: int
    paid_orders: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """`by_guide_fen` is what came with a guide's credit (导购归属), of `paid_fen`."""

    day: date
    paid_orders: int
    paid_fen: int
    points: int
    by_guide_fen: int
    by_group_fen: int
    new_members: int
    members: int
    stores: list[StoreNumbers]
    order_nos: list[str]


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """From the shop's midnight to the next one."""
    starts = datetime.combine(day, time(), SHOP_ZONE)
    return starts, starts + timedelta(days=1)


async def day_numbers(scope: Scope, day: date) -> DayNumbers:
    """What the asker may know of one day of the shop; stores with the most money first."""
    starts, ends = day_bounds(day)
    rows = await Attribution.filter(scope.stores_q(), at__gte=starts, at__lt=ends)
    stores: dict[int, StoreNumbers] = {}
    for row in rows:
        known = stores.get(row.store_id, StoreNumbers(row.store_id, 0, 0))
        stores[row.store_id] = StoreNumbers(
            row.store_id, known.paid_orders + 1, known.paid_fen + row.paid_fen
        )
    members = Member.filter(members_in(scope))
    return DayNumbers(
        day=day,
        paid_orders=len(rows),
        paid_fen=sum(row.paid_fen for row in rows),
        points=sum(row.points for row in rows),
        by_guide_fen=sum(row.paid_fen for row in rows if row.guide_id is not None),
        by_group_fen=sum(row.paid_fen for row in rows if row.group_id is not None),
        new_members=await members.filter(joined_at__gte=starts, joined_at__lt=ends).count(),
        members=await members.count(),
        stores=sorted(stores.values(), key=lambda store: -store.paid_fen),
        order_nos=[row.order_no for row in rows],
    )
