"""Points for what members do besides buying: signing in, sharing, reviewing, their birthday …"""

from datetime import datetime

from core import clock
from core.database import use_case
from core.ledger import name_cause
from crm.points.errors import BadAmount
from crm.points.models import Earning
from crm.points.programs import programs_for
from crm.points.rules import (
    On,
    Program,
    Purse,
    State,
    Step,
    Worked,
    available_at,
    expires_at,
    points_of_deed,
)
from crm.points.rules.terms import MOST, Expiry
from crm.points.rules.words import Span
from crm.points.service.giving import give
from crm.points.service.limiting import within_limits
from crm.points.service.writing import write_earning
from trade.promotions.errors import CouponClaimedOften, CouponNotFound, CouponsAllGone
from trade.promotions.service import give_coupon

NAMES: dict[On, tuple[str, str]] = {
    On.SIGN_IN: ("签到", "signed in"),
    On.JOIN: ("入会", "joined"),
    On.BIRTHDAY: ("生日", "birthday"),
    On.REVIEW: ("评价", "reviewed"),
    On.SHARE: ("分享", "shared"),
    On.FAVOURITE: ("收藏", "kept a favourite"),
    On.VISIT: ("到店", "came to a store"),
    On.FOLLOW: ("关注", "followed"),
    On.GIFT: ("赠送", "a gift"),
}
for on, (zh, en) in NAMES.items():
    name_cause(f"points.{on}", zh=f"{zh}积分", en=f"points: {en}")


@use_case
async def reward(*, member_id: int, on: On, key: str, at: datetime, streak: int = 0) -> int:
    """What the programs of that day give a member for something done; answers how many points.

    `key` says which time it was: told again, nothing is given twice. A program that gives a coupon
    whose quota is used up still gives its points.
    """
    given = 0
    for program in await programs_for(on, clock.shop_day(at)):
        given += await _reward(program, member_id, key, at, streak)
    return given


async def _reward(program: Program, member_id: int, key: str, at: datetime, streak: int) -> int:
    worked = points_of_deed(program.terms, streak)
    day, cause_key = clock.shop_day(at), f"{program.code}:{key}"
    usable = available_at(program.terms.pending, at, at)
    assert usable is not None
    draft = Earning(
        program=program.code,
        program_id=program.id,
        member_id=member_id,
        purse=program.purse,
        on=program.on,
        cause_kind=f"points.{program.on}",
        cause_key=cause_key,
        basis_fen=0,
        day=day,
        earned_at=at,
        available_at=usable,
        expires_at=expires_at(program.terms.expires, usable),
        terms=program.terms.model_dump(mode="json"),
    )
    counted = await within_limits(worked, program, member_id, day)
    earning_id = await write_earning(draft, counted, base=worked.points)
    if earning_id is None:
        return 0
    is_within = counted.points > 0 or not worked.points
    if program.terms.coupon and is_within:
        await _add_coupon(earning_id, program.terms.coupon, member_id)
    await give_if_due(earning_id)
    return counted.points


async def _add_coupon(earning_id: int, code: str, member_id: int) -> None:
    try:
        coupon = await give_coupon(member_id=member_id, code=code, cause=f"points:{earning_id}")
    except (CouponNotFound, CouponsAllGone, CouponClaimedOften):
        return
    await Earning.filter(id=earning_id).update(coupon=coupon)


async def give_if_due(earning_id: int) -> None:
    earning = await Earning.get(id=earning_id)
    usable = earning.available_at
    if earning.state is State.PENDING and usable is not None and usable <= clock.now():
        await give(earning)


@use_case
async def give_points(
    *, member_id: int, points: int, cause: str, purse: str = "points", days: int | None = None
) -> int:
    """Give a member points for a reason of its own, as `journey:31:7`; the same `cause` gives once.

    They can be used for `days` days to come and today, None: for ever. Answers how many were given
    now, 0 on repetition. Raises BadAmount.
    """
    if not 0 < points <= MOST:
        raise BadAmount(points=points)
    now = clock.now()
    expiry = None if days is None else Expiry(count=days, span=Span.DAY, to_end_of=Span.DAY)
    draft = Earning(
        program="",
        member_id=member_id,
        purse=Purse(purse),
        on=On.GIFT,
        cause_kind=f"points.{On.GIFT}",
        cause_key=cause[:120],
        basis_fen=0,
        day=clock.shop_day(now),
        earned_at=now,
        available_at=now,
        expires_at=expires_at(expiry, now),
        terms={},
    )
    worked = Worked((Step("赠送", "a gift", points),))
    earning_id = await write_earning(draft, worked, base=points)
    if earning_id is None:
        return 0
    await give_if_due(earning_id)
    return points
