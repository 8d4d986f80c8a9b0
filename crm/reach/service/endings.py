"""Tiers and paid memberships that end soon: the member is told, who wants to renew is helped.

The words are the brand's standing notices `tier-ends`, `membership-ends` and `membership-renew`.
Nothing is collected by itself: a renewal is an order the member pays.
"""

from datetime import datetime, timedelta

from core import clock
from core.database import use_case
from crm.reach.queries import template_for
from crm.reach.service.tasks import ask_guide
from crm.reach.service.wanting import want
from crm.tiers.queries import Basis, ladder_now, plans, standing_of, terms_of

ASKED = "会员的付费会员 {plan} 有效期至 {until}，会员希望续费，请协助下单"


@use_case
async def tell_of_tier_end(*, member_id: int, tier: str, until: datetime, missing: int) -> bool:
    """Tell a member that a tier ends, and what is missing to keep it; once for each end.

    A tier that was kept or lost meanwhile is no news. True: the member will be told.
    """
    standing = await standing_of(member_id)
    if (standing.earned, standing.until) != (tier, until) or until <= clock.now():
        return False
    ladder = await ladder_now()
    names = {rung.code: rung.zh for rung in ladder.rungs}
    short = f"{missing / 100:.2f} 元" if ladder.basis is Basis.PAID else f"{missing} 成长值"
    words = {"tier": names.get(tier) or tier, "until": _last_day(until), "missing": short}
    return await _tell(member_id, "tier-ends", f"tier-ends:{member_id}:{until.date()}", words)


@use_case
async def tell_of_membership_end(
    *, member_id: int, plan: str, until: datetime, wants_renewal: bool
) -> bool:
    """Tell a member that a paid membership ends; once for each end. True: the member will be told.

    Who wants to renew hears how, where the brand wrote words for that, and their guide is asked to
    help. One that was renewed or refunded meanwhile is no news.
    """
    own = [one for one in await terms_of(member_id) if one.plan == plan and one.ended_at is None]
    ends = [one.ends_at for one in own if one.ends_at is not None]
    if not ends or max(ends) != until or until <= clock.now():
        return False
    names = {one.code: one.zh for one in await plans()}
    words = {"plan": names.get(plan, plan), "until": _last_day(until)}
    key = f"membership-ends:{member_id}:{until.date()}:{plan}"
    if not wants_renewal:
        return await _tell(member_id, "membership-ends", key, words)
    text, due_on = ASKED.format(**words), clock.shop_day(clock.now())
    await ask_guide(key=key, member_id=member_id, text=text, due_on=due_on)
    wanted = await _tell(member_id, "membership-renew", key, words)
    return wanted or await _tell(member_id, "membership-ends", key, words)


async def _tell(member_id: int, notice: str, key: str, words: dict[str, str]) -> bool:
    template = await template_for(member_id, notice)
    if template is None:
        return False
    return await want(key=key, member_id=member_id, template=template, cause=notice, words=words)


def _last_day(until: datetime) -> str:
    """The last day it holds: an end at midnight is the end of the day before."""
    return clock.shop_day(until - timedelta(seconds=1)).isoformat()
