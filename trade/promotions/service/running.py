"""Putting promotions and coupons, and ending them. Nothing is changed: versions are added."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from core import clock
from core.database import sql, use_case
from core.upsert import Upserted
from trade.promotions.errors import BadPromotion, PromotionNotFound
from trade.promotions.models import Campaign, Promotion
from trade.promotions.rules import Deal, DealKind, deal_terms, scope_of
from trade.promotions.service.pricing import ONE_WRITER

ONE_AN_ORDER = {DealKind.FULL_REDUCTION, DealKind.COUPON}


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """`terms` are of the kind, `scope` says for whom and what; see docs/why/pricing.md.

    Without an `exclusive_group` an order takes one full reduction, one coupon, and of the others
    any number. The limits: money (`budget_fen`) and times (`budget_times`) in all, and times for
    each member. Times are pieces of a timed price or gift, sets of N for M, else orders.
    A coupon is given out `quota` times, `claims_each` to a member, good for `valid_days`; of what
    it takes off, the franchisee of the store bears `borne_bp`.
    """

    code: str
    kind: DealKind
    name: str
    terms: Mapping[str, Any]
    valid_from: date
    valid_to: date | None = None
    scope: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 100
    exclusive_group: str | None = None
    may_stack: bool = True
    budget_fen: int | None = None
    budget_times: int | None = None
    times_each: int | None = None
    quota: int | None = None
    claims_each: int | None = None
    valid_days: int | None = None
    borne_bp: int = 0
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


COPIED = tuple(one.name for one in fields(PromotionDraft) if one.name not in {"code", "kind"})


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
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
    )


@use_case
async def end_promotion(code: str, *, at: datetime | None = None) -> bool:
    """End a promotion or coupon now: a last version says so. False: it has ended already.

    Coupons in members' hands stay good; what orders hold is not touched. Raises PromotionNotFound.
    """
    await sql(ONE_WRITER)
    newest = await Promotion.filter(campaign__code=code).order_by("-version").first()
    if newest is None:
        raise PromotionNotFound(code=code)
    moment = at or clock.now()
    ended = newest.ends_at is not None and newest.ends_at <= moment
    if ended or (newest.valid_to is not None and newest.valid_to < clock.shop_day(moment)):
        return False
    facts = {name: getattr(newest, name) for name in COPIED}
    facts["ends_at"] = moment
    await Promotion(campaign_id=newest.campaign_id, version=newest.version + 1, **facts).save()
    return True


async def _put(draft: PromotionDraft) -> Upserted:
    facts = _checked(draft)
    code, kind = facts.pop("code"), facts.pop("kind")
    campaign, _ = await Campaign.get_or_create({"kind": kind}, code=code)
    if campaign.kind is not kind:
        raise BadPromotion(field="kind", code=code)
    newest = await Promotion.filter(campaign_id=campaign.id).order_by("-version").first()
    if newest is not None and all(getattr(newest, name) == facts[name] for name in facts):
        return Upserted(same=1)
    version = newest.version + 1 if newest else 1
    await Promotion(campaign_id=campaign.id, version=version, **facts).save()
    return Upserted(changed=1) if newest else Upserted(new=1)


def deal_of_draft(draft: PromotionDraft) -> Deal:
    """The draft as the chain would see it, for a what-if. Raises BadPromotion."""
    facts = _checked(draft)
    return Deal(
        code=draft.code,
        kind=draft.kind,
        name=draft.name,
        version=f"{draft.code} draft",
        terms=deal_terms(draft.kind, draft.terms),
        scope=scope_of(draft.scope),
        priority=draft.priority,
        group=facts["exclusive_group"],
        may_stack=draft.may_stack,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
    )


def _checked(draft: PromotionDraft) -> dict[str, Any]:
    """The columns of a version. Raises BadPromotion for what could not be worked out."""
    deal_terms(draft.kind, draft.terms)
    scope_of(draft.scope)
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        raise BadPromotion(field="valid_to")
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise BadPromotion(field="ends_at")
    for name in ("budget_fen", "budget_times", "times_each", "quota", "claims_each"):
        if (getattr(draft, name) or 0) < 0:
            raise BadPromotion(field=name)
    if draft.valid_days is not None and not 1 <= draft.valid_days <= 36_500:
        raise BadPromotion(field="valid_days")
    if not 0 <= draft.borne_bp <= 10_000:
        raise BadPromotion(field="borne_bp")
    group = draft.exclusive_group
    if group is None:
        group = draft.kind if draft.kind in ONE_AN_ORDER else ""
    facts = asdict(replace(draft, terms={}, scope={}, exclusive_group=str(group)))
    return {**facts, "terms": dict(draft.terms), "scope": dict(draft.scope)}
