"""The redemption shop (积分商城): points for a gift or a coupon, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.ledger import Cause, Entry, InsufficientBalance, house, mirror, name_cause, post
from core.outbox import publish
from crm.points.errors import (
    BadAmount,
    NotEnough,
    RedemptionNotFound,
    RedemptionNotReady,
    RewardGone,
    RewardNotFound,
    RewardTakenOften,
    StoreNeeded,
)
from crm.points.events import RewardRedeemed
from crm.points.models import Redemption, Reward
from crm.points.rules import RedemptionState, RewardKind
from crm.points.service.giving import ISSUED, purse_of
from crm.points.service.limiting import TAKE_TURNS
from trade.promotions.errors import CouponClaimedOften, CouponNotFound, CouponsAllGone
from trade.promotions.service import give_coupon

REDEEMED, RETURNED = "points.redeemed", "points.redemption_cancelled"
MOST_PIECES = 20
name_cause(REDEEMED, zh="积分兑换", en="points redeemed")
name_cause(RETURNED, zh="兑换取消，积分退回", en="a redemption was cancelled, points returned")

TAKE = """
UPDATE points_reward SET stock = stock - $2, redeemed = redeemed + $2
WHERE id = $1 AND is_on AND (stock IS NULL OR stock >= $2)
    AND $3 BETWEEN valid_from AND coalesce(valid_to, 'infinity') RETURNING id
"""
TAKEN = """
SELECT coalesce(sum(pieces), 0)::bigint AS pieces FROM points_redemption
WHERE reward_id = $1 AND member_id = $2 AND state <> 'cancelled'
"""
PUT_BACK = """
UPDATE points_reward SET stock = stock + $2, redeemed = redeemed - $2 WHERE id = $1
"""
END = """
UPDATE points_redemption SET state = $2, ended_at = $3, by = $4
WHERE id = $1 AND state = 'ready' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """`coupons` are the public ids of what a coupon reward gave."""

    redemption_no: str
    points: int
    state: RedemptionState
    coupons: tuple[str, ...]


@use_case
async def redeem(
    *, member_id: int, reward_id: str, key: str, pieces: int = 1, store_id: int | None = None
) -> Redeemed:
    """Take a reward for points; `key` is the member's own word for this once.

    However many ask at once, no more is given than is there, and to each no more than allowed. A
    gift lies ready in `store_id`, a coupon is given at once. Repeating a key answers the first.

    Raises BadAmount, RewardNotFound, RewardGone, RewardTakenOften, StoreNeeded, NotEnough.
    """
    if not 0 < pieces <= MOST_PIECES:
        raise BadAmount(pieces=pieces)
    await sql(TAKE_TURNS, member_id)
    known = await Redemption.get_or_none(member_id=member_id, request_key=key)
    if known is not None:
        return _said(known)
    reward = await Reward.get_or_none(public_id=reward_id, is_on=True)
    if reward is None:
        raise RewardNotFound(reward_id=reward_id)
    if reward.kind is RewardKind.GIFT and store_id is None:
        raise StoreNeeded
    await _take(reward, member_id, pieces)
    row = await _write(reward, member_id, key, pieces, store_id)
    await _pay(row)
    if reward.kind is not RewardKind.GIFT:
        row.coupons = await _coupons(reward, row)
        await row.save(update_fields=["coupons"])
    await publish(
        RewardRedeemed(member_id, row.redemption_no, reward.public_id, row.points, row.at)
    )
    return _said(row)


async def _take(reward: Reward, member_id: int, pieces: int) -> None:
    if reward.each_most is not None:
        [taken] = await sql(TAKEN, reward.id, member_id)
        if taken["pieces"] + pieces > reward.each_most:
            raise RewardTakenOften(most=reward.each_most)
    if not await sql(TAKE, reward.id, pieces, clock.shop_day(clock.now())):
        raise RewardGone(reward_id=reward.public_id)


async def _write(
    reward: Reward, member_id: int, key: str, pieces: int, store_id: int | None
) -> Redemption:
    now, is_gift = clock.now(), reward.kind is RewardKind.GIFT
    return await Redemption.create(
        redemption_no=new_no("PX"),
        reward_id=reward.id,
        member_id=member_id,
        request_key=key,
        pieces=pieces,
        points=reward.points * pieces,
        purse=reward.purse,
        state=RedemptionState.READY if is_gift else RedemptionState.DONE,
        store_id=store_id if is_gift else None,
        coupons=[],
        ready_until=now + timedelta(days=reward.keep_days) if is_gift else None,
        at=now,
        ended_at=None if is_gift else now,
    )


async def _pay(row: Redemption) -> None:
    mine = purse_of(row.member_id, row.purse)
    entries = [Entry(mine, -row.points), Entry(house(ISSUED[row.purse]), row.points)]
    try:
        await post(Cause(REDEEMED, row.redemption_no), entries, {"redemption": row.redemption_no})
    except InsufficientBalance as short:
        raise NotEnough(needed=row.points, balance=short.facts.get("balance")) from None


async def _coupons(reward: Reward, row: Redemption) -> list[str]:
    given = []
    for piece in range(row.pieces):
        cause = f"redeemed:{row.redemption_no}:{piece + 1}"
        try:
            given.append(
                await give_coupon(member_id=row.member_id, code=reward.coupon, cause=cause)
            )
        except CouponClaimedOften as often:
            raise RewardTakenOften(most=often.facts.get("most")) from None
        except (CouponNotFound, CouponsAllGone):
            raise RewardGone(reward_id=reward.public_id) from None
    return given


def _said(row: Redemption) -> Redeemed:
    return Redeemed(row.redemption_no, row.points, row.state, tuple(row.coupons))


@use_case
async def hand_over_gift(*, redemption_no: str, by: str, store_ids: frozenset[int] | None) -> None:
    """The member has fetched the gift. Doing it again changes nothing.

    `store_ids` are the stores of whoever hands it over, None: all. Raises RedemptionNotFound also
    for one of another store, RedemptionNotReady when it was cancelled.
    """
    row = await _of_store(redemption_no, store_ids)
    if row.state is RedemptionState.HANDED_OVER:
        return
    if not await sql(END, row.id, RedemptionState.HANDED_OVER, clock.now(), by):
        raise RedemptionNotReady(redemption_no=redemption_no)


async def _of_store(redemption_no: str, store_ids: frozenset[int] | None) -> Redemption:
    row = await Redemption.get_or_none(redemption_no=redemption_no[:32])
    if row is None or (store_ids is not None and row.store_id not in store_ids):
        raise RedemptionNotFound(redemption_no=redemption_no)
    return row


@use_case
async def cancel_redemption(
    *, redemption_no: str, member_id: int | None = None, by: str = "member"
) -> None:
    """A gift that was not fetched goes back, and its points to the lots they came from.

    Doing it again changes nothing. `member_id` given: only their own. Raises RedemptionNotFound,
    RedemptionNotReady for what was handed over, and for coupons.
    """
    row = await Redemption.get_or_none(redemption_no=redemption_no[:32])
    if row is None or (member_id is not None and row.member_id != member_id):
        raise RedemptionNotFound(redemption_no=redemption_no)
    if row.state is RedemptionState.CANCELLED:
        return
    if not await sql(END, row.id, RedemptionState.CANCELLED, clock.now(), by):
        raise RedemptionNotReady(redemption_no=redemption_no)
    await sql(PUT_BACK, row.reward_id, row.pieces)
    await mirror(
        Cause(RETURNED, redemption_no),
        of=Cause(REDEEMED, redemption_no),
        numerator=1,
        denominator=1,
        memo={"redemption": redemption_no},
    )


async def cancel_unfetched(limit: int = 200, at: datetime | None = None) -> int:
    """Cancel gifts that lay ready longer than promised, each on its own; how many there were."""
    late = Redemption.filter(state=RedemptionState.READY, ready_until__lte=at or clock.now())
    rows = await late.order_by("id").limit(limit)
    for row in rows:
        try:
            await cancel_redemption(redemption_no=row.redemption_no, by="nobody came")
        except RedemptionNotReady:
            continue  # fetched at the last moment
    return len(rows)
