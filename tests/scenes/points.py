"""Set the scene: members with points, programs, orders that are paid and paid back."""

from datetime import date, datetime
from itertools import count
from typing import Any

from core import clock
from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, balance, house, post
from crm.people.models import Member
from crm.points.models import ProgramRow, Reward
from crm.points.rules import On, Purse, RewardKind
from crm.points.service import redeem
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, a_shelf, an_order, money_back, money_for, some_rates
from tests.scenes.people import a_member
from trade.orders.queries import OrderView
from trade.payments.queries import payment_of
from trade.payments.service import book_refund, register_refund, settle
from trade.promotions.models import Campaign, Promotion
from trade.promotions.rules import DealKind

serial = count(1)
LONG_AGO = date(2020, 1, 1)
POINTS, BEHAVIOUR = AccountKind.POINTS, AccountKind.BEHAVIOUR_POINTS
ISSUED = {POINTS: AccountKind.POINTS_ISSUED, BEHAVIOUR: AccountKind.BEHAVIOUR_ISSUED}


async def a_program(
    code: str = "base", on: On = On.ORDER, *, purse: Purse = Purse.POINTS, **terms: Any
) -> None:
    """A program in force, with a new version if there is one of this code."""
    more = {name: terms.pop(name) for name in ("valid_from", "valid_to", "is_on") if name in terms}
    await ProgramRow(
        code=code,
        version=await ProgramRow.filter(code=code).count() + 1,
        name=code,
        purse=purse,
        on=on,
        terms=terms,
        **{"valid_from": LONG_AGO, **more},
    ).save()


def purse(member_id: int, kind: AccountKind = POINTS) -> Account:
    return Account(kind, f"member:{member_id}")


async def has(member_id: int, kind: AccountKind = POINTS) -> int:
    return await balance(purse(member_id, kind))


@use_case
async def some_points(
    member_id: int, points: int, expires_at: datetime | None = None, kind: AccountKind = POINTS
) -> None:
    """A member gets points, as if by an old program."""
    entries = [
        Entry(purse(member_id, kind), points, expires_at),
        Entry(house(ISSUED[kind]), -points),
    ]
    await post(Cause("scene.points", str(next(serial))), entries)


@use_case
async def spends(member_id: int, points: int, kind: AccountKind = POINTS) -> None:
    entries = [Entry(purse(member_id, kind), -points), Entry(house(ISSUED[kind]), points)]
    await post(Cause("scene.spent", str(next(serial))), entries)


async def a_paid_order(
    member: Member | None = None, *, fen: int = 39_900, tell: bool = True, **more: Any
) -> OrderView:
    """A member buys one thing for `fen` and pays."""
    if not await sql("SELECT id FROM promotions_program_rate"):
        await some_rates()
    member = member or await a_member()
    order = await an_order(await a_shelf(list_price_fen=fen), member_id=member.id, **more)
    await settle(await money_for(await a_payment(order)))
    if tell:
        await tell_everyone()
    return order


async def pays_back(order: OrderView, fen: int, *, tell: bool = True) -> str:
    """So much of the money goes back to the buyer; answers the refund's number."""
    paid = await payment_of(order.id)
    assert paid is not None
    refund_no = f"R{next(serial):06}"
    await register_refund(payment_no=paid.payment_no, refund_no=refund_no, refund_fen=fen)
    back = money_back(
        paid.payment_no, refund_no, refund_fen=fen, total_fen=order.payable_fen, at=clock.now()
    )
    await book_refund(back)
    if tell:
        await tell_everyone()
    return refund_no


async def no_longer_valid(member_id: int) -> None:
    """As if the day on which the member's lots end had come."""
    await sql(
        "UPDATE core_ledger_lot SET expires_at = now() - interval '1 minute' WHERE account_id IN"
        " (SELECT id FROM core_ledger_account WHERE owner = $1) AND expires_at IS NOT NULL",
        f"member:{member_id}",
    )


async def a_reward(*, points: int, kind: RewardKind = RewardKind.GIFT, **more: Any) -> Reward:
    """Something to be had for points, without limits unless said."""
    facts = {"name": "帆布袋", "purse": Purse.POINTS, "valid_from": LONG_AGO, **more}
    return await Reward.create(kind=kind, points=points, **facts)


async def a_coupon_campaign(code: str, *, quota: int | None = None) -> None:
    """Coupons that take 5.00 off, not to be claimed by oneself."""
    campaign = await Campaign.create(code=code, kind=DealKind.COUPON)
    await Promotion(
        campaign_id=campaign.id,
        version=1,
        name="积分兑换券",
        scope={},
        terms={"off_fen": 500, "claimable": False},
        quota=quota,
        valid_from=LONG_AGO,
    ).save()


async def some_gifts(member_id: int, store_id: int) -> dict[str, str]:
    """Two gifts of a member that lie ready in a store."""
    await some_points(member_id, 20)
    reward = await a_reward(points=10)
    wishes = {"redemption_no": "gift-0001", "handed_no": "gift-0002"}
    return {
        name: (
            await redeem(
                member_id=member_id, reward_id=reward.public_id, key=key, store_id=store_id
            )
        ).redemption_no
        for name, key in wishes.items()
    }
