"""What the redemption shop offers: written by head office, its stock changed by differences."""

from dataclasses import dataclass
from datetime import date

from core.database import sql, use_case
from crm.points.errors import BadReward, RewardNotFound
from crm.points.models import Reward
from crm.points.rules import Purse, RewardKind

MOST = 10_000_000
RESTOCK = """
UPDATE points_reward SET stock = stock + $2 WHERE public_id = $1 AND stock + $2 >= 0 RETURNING id
"""


@dataclass(frozen=True, slots=True)
class RewardDraft:
    """`stock` None: without limit. `coupon` is a campaign's code, of all kinds but gifts."""

    kind: str
    name: str
    purse: str
    points: int
    valid_from: date
    coupon: str = ""
    stock: int | None = None
    each_most: int | None = None
    keep_days: int = 30
    valid_to: date | None = None


@use_case
async def put_reward(draft: RewardDraft) -> str:
    """Offer something new for points; its public id. Raises BadReward, which names the field."""
    wrong = _wrong(draft)
    if wrong:
        raise BadReward(field=wrong)
    row = await Reward.create(
        kind=RewardKind(draft.kind),
        name=draft.name.strip(),
        purse=Purse(draft.purse),
        points=draft.points,
        coupon=draft.coupon,
        stock=draft.stock,
        each_most=draft.each_most,
        keep_days=draft.keep_days,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
    )
    return row.public_id


def _wrong(draft: RewardDraft) -> str:
    checks = {
        "kind": draft.kind in set(RewardKind),
        "name": 1 <= len(draft.name.strip()) <= 40,
        "purse": draft.purse in set(Purse),
        "points": 0 < draft.points <= MOST,
        "coupon": (draft.kind == RewardKind.GIFT) == (not draft.coupon) and len(draft.coupon) <= 40,
        "stock": draft.stock is None or 0 <= draft.stock <= MOST,
        "each_most": draft.each_most is None or 1 <= draft.each_most <= 1_000,
        "keep_days": 1 <= draft.keep_days <= 365,
        "valid_to": draft.valid_to is None or draft.valid_to >= draft.valid_from,
    }
    return next((name for name, is_fine in checks.items() if not is_fine), "")


@use_case
async def restock(*, reward_id: str, pieces: int) -> None:
    """Add pieces to a stock, or take some out (below zero). Raises RewardNotFound, BadReward."""
    if abs(pieces) > MOST or not await sql(RESTOCK, reward_id, pieces):
        found = await Reward.exists(public_id=reward_id, stock__isnull=False)
        raise BadReward(field="stock") if found else RewardNotFound(reward_id=reward_id)


@use_case
async def offer_reward(*, reward_id: str, is_on: bool) -> None:
    """Put a reward on or off; what was redeemed stays. Raises RewardNotFound."""
    if not await Reward.filter(public_id=reward_id).update(is_on=is_on):
        raise RewardNotFound(reward_id=reward_id)
