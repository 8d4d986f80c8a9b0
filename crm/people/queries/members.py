"""Members as others may see them: a phone is masked here and nowhere later."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from core.clock import SHOP_ZONE
from core.ledger import Account, AccountKind, balances, explain
from core.security.scope import NOTHING, Role, Scope
from core.security.vault import blind_indexes
from crm.people import identities
from crm.people.errors import MemberNotFound
from crm.people.models import Binding, Consent, Member, Parting, Touch
from crm.people.queries.handling import terms_of
from crm.people.rules import (
    LAST4,
    MAY_REVEAL,
    Entrance,
    IdKind,
    Purpose,
    is_phone_wanted,
    mask_phone,
)
from crm.people.rules.handling import Shared


@dataclass(frozen=True, slots=True)
class MemberView:
    """None is what there is not, or what the asker's contract does not share (P12)."""

    id: int
    public_id: str
    tier: str
    points: int | None
    phone_masked: str | None
    is_phone_wanted: bool
    guide_id: int | None
    store_id: int | None
    entrance: Entrance | None
    joined_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """`next_cursor` is None on the last page."""

    members: tuple[MemberView, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class BindingView:
    guide_id: int
    store_id: int
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class TouchView:
    guide_id: int | None
    store_id: int | None
    group_id: int | None
    product_id: int | None
    at: datetime


FIELDS = {
    "points": Shared.POINTS,
    "phone_masked": Shared.PHONE,
    "guide_id": Shared.GUIDE,
    "entrance": Shared.PROFILE,
    "joined_at": Shared.JOINED,
}
LIVE = Q(merged_into_id__isnull=True, erased_at__isnull=True)


def members_in(scope: Scope) -> Q:
    """Whom the asker may see: a member themselves, a guide whom they look after now, a store those
    it looks after or whose home it is, head office and marketers everybody; nobody who has left.
    """
    if scope.role is Role.PARTNER:
        return NOTHING
    if scope.sees_all_stores:
        return LIVE
    if scope.role is Role.MEMBER:
        return LIVE & Q(id=scope.member_id) if scope.member_id else NOTHING
    if scope.role is Role.GUIDE:
        return _bound(Q(bindings__guide_id=scope.staff_id)) if scope.staff_id else NOTHING
    if not scope.store_ids:
        return NOTHING
    return LIVE & _of_stores(sorted(scope.store_ids))


async def named_in(scope: Scope) -> Q:
    """Whom the asker may see one by one: by contract some only with the member's consent (P3), and
    nobody who has left their company (P12)."""
    terms, named = await terms_of(scope), members_in(scope)
    if terms.company_id is not None:
        gone = Parting.filter(company_id=terms.company_id, back_at__isnull=True)
        named &= ~Q(id__in=Subquery(gone.values("member_id")))
    if terms.needs_consent:
        agreed = Consent.filter(purpose=Purpose.FRANCHISEE, withdrawn_at__isnull=True)
        named &= Q(id__in=Subquery(agreed.values("member_id")))
    return named


def _of_stores(store_ids: list[int]) -> Q:
    held = Binding.filter(unbound_at__isnull=True, store_id__in=store_ids).values("member_id")
    return Q(id__in=Subquery(held)) | Q(home_store_id__in=store_ids)


def _bound(whose: Q) -> Q:
    return LIVE & whose & Q(bindings__id__not_isnull=True, bindings__unbound_at__isnull=True)


async def sees_phones(scope: Scope) -> bool:
    """Whether the asker may see masked phones; a franchisee was promised to members not to."""
    return Shared.PHONE in (await terms_of(scope)).shared


def may_reveal(scope: Scope) -> bool:
    """Whether the asker may see a whole phone at all, with a reason and on record."""
    return scope.role in MAY_REVEAL


async def member_view(scope: Scope, public_id: str) -> MemberView:
    """Raises MemberNotFound outside the asker's scope, as for one that does not exist."""
    row = await Member.filter(await named_in(scope), public_id=public_id).first()
    if row is None:
        raise MemberNotFound()
    return (await views_of(scope, [row]))[0]


async def get_member(scope: Scope) -> MemberView:
    """The asker themselves. Raises MemberNotFound when the asker is no member."""
    row = await Member.get_or_none(id=scope.member_id) if scope.member_id else None
    if row is None:
        raise MemberNotFound()
    return (await views_of(scope, [row]))[0]


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """What narrows a list of members; what is left out narrows nothing."""

    entrance: Entrance | None = None
    store_id: int | None = None
    tier: str = ""
    has_phone: bool | None = None
    joined_from: date | None = None
    joined_to: date | None = None

    def apply(self, rows: QuerySet[Member]) -> QuerySet[Member]:
        """The rows that fit."""
        if self.entrance is not None:
            rows = rows.filter(entrance=self.entrance)
        if self.store_id is not None:
            rows = rows.filter(_of_stores([self.store_id]))
        if self.tier:
            rows = rows.filter(tier=self.tier)
        if self.joined_from is not None:
            rows = rows.filter(joined_at__gte=_midnight(self.joined_from))
        if self.joined_to is not None:
            rows = rows.filter(joined_at__lt=_midnight(self.joined_to + timedelta(days=1)))
        if self.has_phone is not None:
            known = RawSQL(HAS_PHONE)
            rows = rows.annotate(known=known).filter(known=self.has_phone)
        return rows


HAS_PHONE = """EXISTS (SELECT FROM people_identity AS own WHERE own.member_id = people_member.id
    AND own.kind = 'phone' AND own.until IS NULL)"""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHOP_ZONE)


async def find_members(
    scope: Scope,
    *,
    digits: str = "",
    narrow: MemberFilter | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> MemberPage:
    """Newest first, within the scope; `digits` is a whole phone or its last four, or a card.

    Anything else in `digits` finds nobody. Raises MemberNotFound for a cursor no page gave.
    """
    named = await named_in(scope)
    rows = (narrow or MemberFilter()).apply(Member.filter(named))
    if digits:
        rows = rows.filter(_with_phone(digits) if await sees_phones(scope) else NOTHING)
    if cursor is not None:
        last = await Member.filter(named, public_id=cursor).first()
        if last is None:
            raise MemberNotFound()
        rows = rows.filter(id__lt=last.id)
    size = max(1, min(limit, 200))
    found = await rows.order_by("-id").limit(size + 1)
    views = await views_of(scope, found[:size])
    return MemberPage(tuple(views), views[-1].public_id if len(found) > size else None)


async def shown_members(scope: Scope, member_ids: Collection[int]) -> list[MemberView]:
    """These members as the asker may see them, by id; whom the scope does not name is left out."""
    rows = await Member.filter(await named_in(scope), id__in=sorted(member_ids)).order_by("id")
    return await views_of(scope, rows)


def _with_phone(digits: str) -> Q:
    known = Q(identities__kind=IdKind.PHONE, identities__until__isnull=True)
    if len(digits) == 4 and digits.isdecimal():
        return known & Q(identities__tail_index__in=blind_indexes(digits, LAST4))
    if not digits.isdecimal() or len(digits) != len("13800138000"):
        card = Q(identities__kind=IdKind.TILL_CARD, identities__until__isnull=True)
        return card & Q(identities__known_as=digits.upper())
    return known & Q(identities__known_as__in=identities.searched(IdKind.PHONE, digits))


def _purse(member_id: int) -> Account:
    return Account(AccountKind.POINTS, f"member:{member_id}")


async def views_of(scope: Scope, rows: list[Member]) -> list[MemberView]:
    """Masked, and cut to what the asker's contract shares. A few questions for any number."""
    ids = [row.id for row in rows]
    held = await Binding.filter(member_id__in=ids, unbound_at=None)
    bound = {binding.member_id: binding for binding in held}
    points = await balances(_purse(row.id) for row in rows)
    phones = await identities.texts_of(ids, IdKind.PHONE)
    views = [
        _view(row, points[_purse(row.id)], bound.get(row.id), phones.get(row.id)) for row in rows
    ]
    shared = (await terms_of(scope)).shared
    hidden: dict[str, Any] = {name: None for name, field in FIELDS.items() if field not in shared}
    return [replace(view, **hidden) for view in views] if hidden else views


def _view(row: Member, points: int, bound: Binding | None, phone: str | None) -> MemberView:
    return MemberView(
        id=row.id,
        public_id=row.public_id,
        tier=row.tier,
        points=points,
        phone_masked=mask_phone(phone) if phone else None,
        is_phone_wanted=is_phone_wanted(points=points, has_phone=phone is not None),
        guide_id=bound.guide_id if bound else None,
        store_id=bound.store_id if bound else row.home_store_id,
        entrance=row.entrance,
        joined_at=row.joined_at,
    )


async def binding_of(member_id: int) -> BindingView | None:
    """Who looks after a member now."""
    row = await Binding.get_or_none(member_id=member_id, unbound_at=None)
    return BindingView(row.guide_id, row.store_id, row.bound_at) if row else None


async def touches_of(member_id: int) -> tuple[TouchView, TouchView] | None:
    """The first and the last signed source a member came by; None when there was none."""
    rows = Touch.filter(member_id=member_id)
    first, last = await rows.order_by("id").first(), await rows.order_by("-id").first()
    return (_touch(first), _touch(last)) if first and last else None


def _touch(row: Touch) -> TouchView:
    return TouchView(row.guide_id, row.store_id, row.group_id, row.product_id, row.at)


async def explain_points(member_id: int, lang: str = "zh") -> list[str]:
    """The newest movements of a member's points in words."""
    return await explain(_purse(member_id), lang)
