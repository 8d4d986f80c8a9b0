"""Setting the tiers and what they bring. A changed ladder is a new version; nothing is edited."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from crm.tiers.errors import PlanNotFound, TierUnknown
from crm.tiers.models import Benefit, LadderRow
from crm.tiers.reading import ladders
from crm.tiers.rules import (
    BenefitDraft,
    BenefitKind,
    Ladder,
    check_benefit,
    check_ladder,
    ladder_at,
)
from trade.promotions.service import (
    DealKind,
    MemberRateDraft,
    PromotionDraft,
    end_promotion,
    put_member_rates,
    put_promotions,
)

ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('tiers.write'))"
# Everybody is looked at when the new rules begin: who reaches a tier by them has it at once.
LOOK = """
UPDATE tiers_standing SET look_at = least(coalesce(look_at, $1), $1)
"""
HAD = "SELECT id FROM tiers_benefit WHERE tier = $1 AND kind = $2 LIMIT 1"
FREIGHT = "tier-freight-"  # the code of the freight promotion of a tier's benefit


@use_case
async def put_ladder(ladder: Ladder, *, by: Scope | str, since: datetime | None = None) -> int:
    """Set the tiers from a moment on (now) and answer the version. The same again changes nothing.

    Whoever reaches a higher tier by the new bounds has it at once; nobody falls before their tier
    ends. Raises BadLadder.
    """
    check_ladder(ladder)
    await sql(ONE_WRITER)
    known = await ladders()
    moment = since or clock.now()
    last = ladder_at(known, moment)
    if last.version and replace(last, since=ladder.since, version=ladder.version) == ladder:
        return last.version
    version = max((one.version for one in known), default=0) + 1
    actor = by if isinstance(by, str) else by.actor
    await LadderRow(version=version, data=facts_of(ladder), since=moment, by=actor).save()
    await sql(LOOK, moment)
    await record(by, "tiers.ladder", f"v{version}")
    return version


def facts_of(ladder: Ladder) -> dict[str, Any]:
    """What of a ladder is kept as JSON."""
    facts = asdict(ladder)
    del facts["since"], facts["version"]
    return {**facts, "rungs": [asdict(rung) for rung in ladder.rungs]}


@use_case
async def put_benefits(
    drafts: Sequence[BenefitDraft], *, tier: str = "", plan: str = "", by: Scope | str
) -> int:
    """Set all that a tier or a paid membership brings; what is not named any more ends.

    A tier's price and free freight are put where prices are worked out, so cart and order know
    them at once. Answers how many begin or end. Raises BadBenefit, TierUnknown, PlanNotFound.
    """
    for draft in drafts:
        check_benefit(draft)
    await sql(ONE_WRITER)
    await _check_holder(tier, plan)
    now = clock.now()
    open_rows = await Benefit.filter(tier=tier, plan=plan, ended_at=None)
    wanted = [_row(draft) for draft in drafts]
    gone = [row for row in open_rows if _facts(row) not in wanted]
    kept = [_facts(row) for row in open_rows if row not in gone]
    for row in gone:
        await Benefit.filter(id=row.id).update(ended_at=now)
    for facts in wanted:
        if facts not in kept:
            await Benefit(tier=tier, plan=plan, **facts).save()
    changed = len(gone) + sum(facts not in kept for facts in wanted)
    if changed and tier:
        await _tell_prices(tier, drafts, now)
    if changed:
        await record(by, "tiers.benefits", tier or plan, count=changed)
    return changed


NAMES = ("place", "kind", "facts", "zh", "en")


def _row(draft: BenefitDraft) -> dict[str, Any]:
    return {**{name: getattr(draft, name) for name in NAMES}, "facts": dict(draft.facts)}


def _facts(row: Benefit) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in NAMES}


async def _check_holder(tier: str, plan: str) -> None:
    if plan and not await sql("SELECT id FROM tiers_plan WHERE code = $1", plan):
        raise PlanNotFound(plan=plan[:40])
    if not plan and ladder_at(await ladders(), clock.now()).rank_of(tier) is None:
        raise TierUnknown(tier=tier[:20])


async def _tell_prices(tier: str, drafts: Sequence[BenefitDraft], now: datetime) -> None:
    """Calls down: the rate of a tier and its freight are facts of promotions."""
    today = clock.shop_day(now)
    rates = [int(one.facts["rate_bp"]) for one in drafts if one.kind is BenefitKind.PRICE]
    if rates or await sql(HAD, tier, BenefitKind.PRICE):
        await put_member_rates([MemberRateDraft(tier, min(rates, default=10_000), today, None)])
    freights = [one for one in drafts if one.kind is BenefitKind.FREIGHT]
    if freights:
        await put_promotions([_freight(tier, freights, today)])
    elif await sql(HAD, tier, BenefitKind.FREIGHT):
        await end_promotion(f"{FREIGHT}{tier}", at=now)


def _freight(tier: str, freights: Sequence[BenefitDraft], today: Any) -> PromotionDraft:
    first = freights[0]
    places = sorted({one.place for one in freights if one.place})
    return PromotionDraft(
        f"{FREIGHT}{tier}",
        DealKind.FREIGHT,
        name=f"{tier} 会员包邮"[:40],
        terms={
            "deliveries": ["express"],
            "fee_fen": first.facts["fee_fen"],
            "free_from_fen": first.facts["free_from_fen"],
        },
        scope={"tiers": [tier], **({"places": places} if places else {})},
        valid_from=today,
        priority=10,
    )
