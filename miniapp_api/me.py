"""我的: what a member sees of themselves, their phone and what they agreed to."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.limits import TooManyTries, check_rate
from core.web.policy import allow
from core.wechat.api import AWAY
from crm.people.errors import (
    BadPhone,
    ConsentTextUnknown,
    MemberNotFound,
    NoSuchPurpose,
    PhoneCodeExpired,
    PhoneTaken,
)
from crm.people.queries import consents_of, get_member
from crm.people.service import give_consent, save_phone, withdraw_consent
from trade.stores.queries import get_staff, get_store

router = Router("/api/v1", "me")
MEMBER = allow(Role.MEMBER)


class HomeStoreOut(Schema):
    """The store that looks after a member."""

    store_code: str
    store_name: str


class GuideOut(Schema):
    display_name: str


class MemberOut(Schema):
    """`phone` is masked, 138****1234; `phoneWanted`: now is the moment for the phone button."""

    member_id: str
    tier: str
    points: int
    phone: str | None
    phone_wanted: bool
    store: HomeStoreOut | None
    guide: GuideOut | None
    joined_at: datetime


async def show_member(scope: Scope) -> MemberOut:
    """The asker themselves, ready for the screen. Raises MemberNotFound."""
    view = await get_member(scope)
    assert view.points is not None, "a member sees all of themselves"
    assert view.joined_at is not None
    store = await get_store(view.store_id) if view.store_id else None
    guide = await get_staff(view.guide_id) if view.guide_id else None
    return MemberOut(
        member_id=view.public_id,
        tier=view.tier,
        points=view.points,
        phone=view.phone_masked,
        phone_wanted=view.is_phone_wanted,
        store=HomeStoreOut(store_code=store.code, store_name=store.name) if store else None,
        guide=GuideOut.of(guide) if guide and guide.is_active else None,
        joined_at=view.joined_at,
    )


@router.get("/me", who=MEMBER, summary="Myself (我的)", errors=(MemberNotFound,))
async def get_me(scope: Scope) -> MemberOut:
    return await show_member(scope)


class PhoneIn(Schema):
    """The code of the phone button's event; it is not the login code."""

    code: str = Field(min_length=1, max_length=128)


class PhoneOut(Schema):
    """Masked, 138****1234."""

    phone: str


@router.post(
    "/phone",
    who=MEMBER,
    summary="Save my phone by the phone button's code (手机号)",
    errors=(PhoneCodeExpired, BadPhone, PhoneTaken, TooManyTries, *AWAY),
)
async def post_phone(scope: Scope, body: PhoneIn) -> PhoneOut:
    assert scope.member_id is not None
    await check_rate("member.phone", scope.actor, per_minute=5)  # each success is billed
    return PhoneOut(phone=await save_phone(member_id=scope.member_id, code=body.code))


class ConsentIn(Schema):
    """`version` is that of the text the member read."""

    purpose: Literal[
        "membership",
        "marketing",
        "franchisee",
        "sensitive",
        "other_company",
        "publishing",
        "abroad",
        "ordinary_view",
        "guardian",
    ]
    version: str = Field(max_length=40)


class ConsentOut(Schema):
    purpose: str
    version: str
    text_zh: str
    text_en: str
    given_version: str | None
    given_at: datetime | None


@router.get("/consents", who=MEMBER, summary="What I may agree to, and did (授权)")
async def list_consents(scope: Scope) -> list[ConsentOut]:
    assert scope.member_id is not None
    views = await consents_of(scope.member_id)
    return [ConsentOut.of(view, text_zh=view.zh, text_en=view.en) for view in views]


@router.post(
    "/consents", who=MEMBER, summary="Agree to one purpose (同意)", errors=(ConsentTextUnknown,)
)
async def post_consent(scope: Scope, body: ConsentIn) -> None:
    assert scope.member_id is not None
    await give_consent(
        member_id=scope.member_id,
        purpose=body.purpose,
        version=body.version,
        how="mini_program.consents",
    )


@router.delete(
    "/consents/{purpose}",
    who=MEMBER,
    summary="Take an agreement back (撤回)",
    errors=(NoSuchPurpose,),
)
async def delete_consent(scope: Scope, purpose: str) -> None:
    assert scope.member_id is not None
    await withdraw_consent(member_id=scope.member_id, purpose=purpose)
