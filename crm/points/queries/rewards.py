"""The redemption shop as members and staff see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import clock
from core.database import sql
from crm.points.models import Redemption
from crm.points.rules import Purse, RedemptionState, RewardKind

SHOP = """
SELECT reward.*, coalesce(mine.pieces, 0) AS mine FROM points_reward AS reward
LEFT JOIN (SELECT reward_id, sum(pieces)::bigint AS pieces FROM points_redemption
    WHERE member_id = $1 AND state <> 'cancelled' GROUP BY 1) AS mine ON mine.reward_id = reward.id
WHERE is_on AND $2 BETWEEN valid_from AND coalesce(valid_to, 'infinity') ORDER BY points, reward.id
"""

ALL = """
SELECT reward.*, redeemed AS mine FROM points_reward AS reward ORDER BY is_on DESC, points, id
"""


@dataclass(frozen=True, slots=True)
class RewardView:
    """`left` is None without a limit; `mine` is how many the asker has had."""

    public_id: str
    kind: RewardKind
    name: str
    purse: Purse
    points: int
    coupon: str
    left: int | None
    each_most: int | None
    mine: int
    is_on: bool
    valid_to: date | None

    @property
    def can_redeem(self) -> bool:
        return self.left != 0 and (self.each_most is None or self.mine < self.each_most)


async def rewards_for(member_id: int) -> list[RewardView]:
    """What can be had today, the cheapest first."""
    rows = await sql(SHOP, member_id, clock.shop_day(clock.now()))
    return [_reward(row) for row in rows]


async def all_rewards() -> list[RewardView]:
    """Everything, also what is off or over, those on offer first; `mine` is what all have had."""
    return [_reward(row) for row in await sql(ALL)]


def _reward(row: Mapping[str, Any]) -> RewardView:
    return RewardView(
        public_id=row["public_id"],
        kind=RewardKind(row["kind"]),
        name=row["name"],
        purse=Purse(row["purse"]),
        points=row["points"],
        coupon=row["coupon"],
        left=row["stock"],
        each_most=row["each_most"],
        mine=row["mine"],
        is_on=row["is_on"],
        valid_to=row["valid_to"],
    )


@dataclass(frozen=True, slots=True)
class RedemptionView:
    redemption_no: str
    reward: str
    kind: RewardKind
    member_id: int
    pieces: int
    points: int
    purse: Purse
    state: RedemptionState
    store_id: int | None
    coupons: tuple[str, ...]
    ready_until: datetime | None
    at: datetime


async def redemptions_of(member_id: int, limit: int = 50) -> list[RedemptionView]:
    """A member's own, newest first."""
    rows = Redemption.filter(member_id=member_id).order_by("-id").limit(limit)
    return _views(await rows.select_related("reward"))


async def gifts_to_fetch(store_ids: Iterable[int] | None, limit: int = 100) -> list[RedemptionView]:
    """Gifts that lie ready in these stores (None: all), the longest waiting first."""
    ready = Redemption.filter(state=RedemptionState.READY)
    if store_ids is not None:
        ready = ready.filter(store_id__in=list(store_ids))
    return _views(await ready.order_by("id").limit(limit).select_related("reward"))


def _views(rows: list[Redemption]) -> list[RedemptionView]:
    return [
        RedemptionView(
            redemption_no=row.redemption_no,
            reward=row.reward.name,
            kind=row.reward.kind,
            member_id=row.member_id,
            pieces=row.pieces,
            points=row.points,
            purse=row.purse,
            state=row.state,
            store_id=row.store_id,
            coupons=tuple(row.coupons),
            ready_until=row.ready_until,
            at=row.at,
        )
        for row in rows
    ]
