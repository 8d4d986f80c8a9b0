"""Gifts of tiers and paid memberships (礼券): on reaching one, on birthdays, every month.

Each is given once for its cause, whatever is told twice or bought, refunded and bought again.
"""

import logging

from core.database import sql, use_case
from core.errors import DomainError
from crm.people.queries import binding_of
from crm.tiers.rules import BenefitKind
from trade.promotions.queries import places_of
from trade.promotions.service import give_coupon
from trade.stores.queries import stores_of

log = logging.getLogger(__name__)

# In the order in which the benefits were put.
OF_TIER = """
SELECT facts->>'coupon' AS coupon, place FROM tiers_benefit
WHERE tier = $1 AND kind = $2 AND ended_at IS NULL ORDER BY id
"""
OF_PLAN = """
SELECT facts->>'coupon' AS coupon, place FROM tiers_benefit
WHERE plan = $1 AND kind = $2 AND ended_at IS NULL ORDER BY id
"""


async def welcome(member_id: int, tier: str) -> int:
    """The gifts of a tier that was reached: once for each member and tier, ever."""
    gifts = await sql(OF_TIER, tier, BenefitKind.WELCOME)
    return await _give(member_id, gifts, f"tier_up:{tier}")


async def welcome_to_plan(member_id: int, plan: str) -> int:
    """The gifts of a paid membership that begins: once for each member and plan, ever."""
    gifts = await sql(OF_PLAN, plan, BenefitKind.WELCOME)
    return await _give(member_id, gifts, f"plan_in:{plan}")


@use_case
async def give_birthday_gift(*, member_id: int, tier: str, year: int) -> int:
    """The birthday gifts of a tier, once a year; answers how many were given or had been."""
    gifts = await sql(OF_TIER, tier, BenefitKind.BIRTHDAY)
    return await _give(member_id, gifts, f"birthday:{year}")


@use_case
async def give_monthly_gift(*, member_id: int, plan: str, month: str) -> int:
    """The monthly gifts of a paid membership, once for `month` (as 2026-11)."""
    gifts = await sql(OF_PLAN, plan, BenefitKind.MONTHLY)
    return await _give(member_id, gifts, f"monthly:{plan}:{month}")


async def _give(member_id: int, gifts: list[dict[str, str]], cause: str) -> int:
    places = await _places(member_id) if any(gift["place"] for gift in gifts) else frozenset()
    given = 0
    for gift in gifts:
        if gift["place"] and gift["place"] not in places:
            continue
        try:
            await give_coupon(member_id=member_id, code=gift["coupon"], cause=cause)
        except DomainError as refusal:  # a tier does not fail because a coupon has run out
            log.warning("no gift", extra={"coupon": gift["coupon"], "why": refusal.code})
            continue
        given += 1
    return given


async def _places(member_id: int) -> frozenset[str]:
    """Where a member is at home: the store they belong to, its franchisee and its region."""
    bound = await binding_of(member_id)
    found = await stores_of([bound.store_id]) if bound else []
    return frozenset(
        place
        for store in found
        for place in places_of(store.id, store.franchisee_id, store.region)
        if place
    )
