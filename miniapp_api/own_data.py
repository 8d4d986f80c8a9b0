"""我的资料: what a member tells of themselves, a copy of all of it, and the way out (P7)."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.limits import TooManyTries, check_rate
from core.web.policy import allow
from crm.people.errors import (
    BadBirthday,
    BadCard,
    BadEmail,
    BadName,
    ClaimRefused,
    CodeRefused,
    CompanyNotFound,
    GuardianNeeded,
    IdTaken,
    MemberNotFound,
    MergeWaits,
    MoneyLeft,
)
from crm.people.queries import Gender, handlers_of, profile_of
from crm.people.service import (
    Profile,
    ask_to_leave,
    claim_card,
    come_back,
    copy_own_data,
    leave_company,
    save_email,
    save_profile,
)

router = Router("/api/v1", "me")
MEMBER = allow(Role.MEMBER)


class ProfileOut(Schema):
    """The member's own words; `email` is masked."""

    name: str | None
    birthday: date | None
    gender: Gender | None
    email: str | None
    card_no: str | None


class ProfileIn(Schema):
    """What is left out stays as it is; `forget` takes facts away."""

    name: str | None = Field(default=None, max_length=60)
    birthday: date | None = None
    gender: Gender | None = None
    forget: list[Literal["name", "birthday", "gender"]] = Field(default=[], max_length=3)


@router.get("/me/profile", who=MEMBER, summary="What I told of myself", errors=(MemberNotFound,))
async def get_profile(scope: Scope) -> ProfileOut:
    assert scope.member_id is not None
    view = await profile_of(scope.member_id)
    return ProfileOut.of(view, email=view.email_masked)


@router.put(
    "/me/profile",
    who=MEMBER,
    summary="Correct what I told of myself (更正)",
    errors=(BadName, BadBirthday, GuardianNeeded, MemberNotFound),
)
async def put_profile(scope: Scope, body: ProfileIn) -> ProfileOut:
    assert scope.member_id is not None
    said = Profile(body.name, body.birthday, body.gender, frozenset(body.forget))
    await save_profile(member_id=scope.member_id, profile=said)
    return await get_profile(scope)


class EmailIn(Schema):
    """`code` is what was sent there by `POST /register/code`."""

    email: str = Field(min_length=3, max_length=120)
    code: str = Field(pattern=r"^[0-9]{6}$")


class EmailOut(Schema):
    """Masked, l***@example.com."""

    email: str


@router.post(
    "/me/email",
    who=MEMBER,
    summary="Save my e-mail by the code sent there",
    errors=(BadEmail, CodeRefused, IdTaken, TooManyTries),
)
async def post_email(scope: Scope, body: EmailIn) -> EmailOut:
    assert scope.member_id is not None
    await check_rate("member.email", scope.actor, per_minute=5)
    return EmailOut(
        email=await save_email(member_id=scope.member_id, email=body.email, code=body.code)
    )


class CardIn(Schema):
    """An old card of a store, and the last four digits of the phone that was left there."""

    card_no: str = Field(min_length=4, max_length=32)
    phone_end: str = Field(pattern=r"^[0-9]{4}$")


@router.post(
    "/me/card",
    who=MEMBER,
    summary="Claim my old membership by its card (老会员认领)",
    errors=(BadCard, ClaimRefused, MergeWaits, TooManyTries),
)
async def post_card(scope: Scope, body: CardIn) -> ProfileOut:
    assert scope.member_id is not None
    await check_rate("member.claim", scope.actor, per_minute=3)
    await claim_card(member_id=scope.member_id, card_no=body.card_no, phone_end=body.phone_end)
    return await get_profile(scope)


class OwnDataOut(Schema):
    """Rows by table, as they are kept; ciphers in plain."""

    tables: dict[str, list[dict[str, Any]]]


@router.get(
    "/me/data",
    who=MEMBER,
    summary="A copy of everything kept of me (个人信息副本)",
    errors=(TooManyTries,),
)
async def get_own_data(scope: Scope) -> OwnDataOut:
    await check_rate("member.copy", scope.actor, per_minute=3)
    return OwnDataOut(tables=await copy_own_data(scope=scope))


class CompanyOut(Schema):
    """A company whose stores deal with me; `sees` is what they see, nothing after `partedAt`."""

    code: str
    name: str
    role: Literal["own", "entrusted", "joint", "provided"]
    sees: list[str]
    parted_at: datetime | None


class CompaniesOut(Schema):
    companies: list[CompanyOut]


@router.get("/me/companies", who=MEMBER, summary="Companies whose stores see me (加盟商)")
async def list_companies(scope: Scope) -> CompaniesOut:
    assert scope.member_id is not None
    found = [
        CompanyOut(
            code=view.code,
            name=view.name,
            role=view.handling.value,
            sees=[one.value for one in view.shared],
            parted_at=view.parted_at,
        )
        for view in await handlers_of(scope.member_id)
    ]
    return CompaniesOut(companies=found)


@router.put(
    "/me/companies/{company}/parting",
    who=MEMBER,
    summary="Leave one company: its stores see me no more (退出加盟商)",
    errors=(CompanyNotFound, MemberNotFound),
)
async def put_parting(scope: Scope, company: str) -> CompaniesOut:
    await leave_company(scope=scope, company=company)
    return await list_companies(scope)


@router.delete(
    "/me/companies/{company}/parting",
    who=MEMBER,
    summary="Deal with that company again",
    errors=(CompanyNotFound,),
)
async def delete_parting(scope: Scope, company: str) -> CompaniesOut:
    await come_back(scope=scope, company=company)
    return await list_companies(scope)


class LeftOut(Schema):
    """`isDone` is false while an unpaid order has to end first; it happens by itself then."""

    is_done: bool


@router.delete(
    "/me",
    who=MEMBER,
    summary="Erase my membership (注销)",
    errors=(MoneyLeft, MemberNotFound),
)
async def delete_me(scope: Scope) -> LeftOut:
    assert scope.member_id is not None
    return LeftOut(is_done=await ask_to_leave(member_id=scope.member_id, actor=scope.actor))
