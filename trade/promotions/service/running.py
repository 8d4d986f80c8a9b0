"""Putting promotions and coupons, and ending them. Nothing is changed: versions are added."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from core.database import sql, use_case
from core.upsert import Upserted
from trade.promotions.models import Campaign, Promotion
from trade.promotions.rules import DealKind
from trade.promotions.service.pricing import ONE_WRITER


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """`terms` are of the kind, `scope` says for whom and what; see docs/why/pricing.md.

    The limits: money (`budget_fen`) and times (`budget_times`) in all, times for each member.
    A coupon is given out `quota` times, `claims_each` to a member, good for `valid_days`.
    """

    code: str
    kind: DealKind
    name: str
    terms: Mapping[str, Any]
    valid_from: date
    valid_to: date | None = None
    scope: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 100
    exclusive_group: str = ""
    may_stack: bool = True
    budget_fen: int | None = None
    budget_times: int | None = None
    times_each: int | None = None
    quota: int | None = None
    claims_each: int | None = None
    valid_days: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FullReductionDraft:
    code: str
    name: str
    store_id: int | None
    threshold_fen: int
    reduction_fen: int
    valid_from: date
    valid_to: date | None


@use_case
async def put_promotions(drafts: Iterable[PromotionDraft]) -> Upserted:
    """Set promotions and coupons by code. A changed one becomes a new version; again: nothing."""
    await sql(ONE_WRITER)
    done = Upserted()
    for draft in drafts:
        done += await _put(draft)
    return done


async def put_full_reductions(drafts: Iterable[FullReductionDraft]) -> Upserted:
    """Set simple full-reductions (满减) by code: an order takes the one that gives most."""
    return await put_promotions([_reduction(draft) for draft in drafts])


def _reduction(draft: FullReductionDraft) -> PromotionDraft:
    places = [] if draft.store_id is None else [f"store:{draft.store_id}"]
    return PromotionDraft(
        code=draft.code,
        kind=DealKind.FULL_REDUCTION,
        name=draft.name,
        terms={"steps": [{"threshold_fen": draft.threshold_fen, "off_fen": draft.reduction_fen}]},
        scope={"places": places} if places else {},
        exclusive_group="full_reduction",
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
    )


async def _put(draft: PromotionDraft) -> Upserted:
    facts = asdict(replace(draft, terms=dict(draft.terms), scope=dict(draft.scope)))
    code, kind = facts.pop("code"), facts.pop("kind")
    campaign, _ = await Campaign.get_or_create({"kind": kind}, code=code)
    newest = await Promotion.filter(campaign_id=campaign.id).order_by("-version").first()
    if newest is not None and all(getattr(newest, name) == facts[name] for name in facts):
        return Upserted(same=1)
    version = newest.version + 1 if newest else 1
    await Promotion(campaign_id=campaign.id, version=version, **facts).save()
    return Upserted(changed=1) if newest else Upserted(new=1)
