"""积分互换. Partners whose points are exchanged with mine."""

from datetime import datetime
from typing import Literal

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.points.errors import (
    AllianceUnknown,
    BadAccount,
    ConsentNeeded,
    ExchangeTooMuch,
    NotEnough,
    NotLinked,
    NotWholeLots,
)
from crm.points.queries import ExchangeState, alliances_for, exchanges_of
from crm.points.service import exchange_points, link_account, unlink_account

router = Router("/api/v1", "alliances")
MEMBER = allow(Role.MEMBER)


class AllianceOut(Schema):
    """`outOurs` of mine become `outTheirs`, `inTheirs` become `inOurs`; 0: not that way."""

    code: str
    name: str
    out_ours: int
    out_theirs: int
    in_theirs: int
    in_ours: int
    most_a_day: int
    is_linked: bool


class AlliancesOut(Schema):
    items: list[AllianceOut]


@router.get("/alliances", who=MEMBER, summary="Partners to exchange points with (积分联盟)")
async def list_alliances(scope: Scope) -> AlliancesOut:
    assert scope.member_id is not None
    return AlliancesOut(items=[AllianceOut.of(one) for one in await alliances_for(scope.member_id)])


class AccountIn(Schema):
    """Kept encrypted; told to the partner alone."""

    account: str = Field(min_length=4, max_length=64)


@router.put(
    "/alliances/{alliance}/account",
    who=MEMBER,
    summary="Which account there is mine (绑定账号)",
    errors=(AllianceUnknown, BadAccount, ConsentNeeded),
)
async def put_account(scope: Scope, alliance: str, body: AccountIn) -> None:
    assert scope.member_id is not None
    await link_account(member_id=scope.member_id, alliance=alliance, account=body.account)


@router.delete(
    "/alliances/{alliance}/account",
    who=MEMBER,
    summary="Forget my account there (解除绑定)",
    errors=(AllianceUnknown,),
)
async def delete_account(scope: Scope, alliance: str) -> None:
    assert scope.member_id is not None
    await unlink_account(member_id=scope.member_id, alliance=alliance)


class ExchangeIn(Schema):
    """`points` are mine when they go out, the partner's when they come in."""

    alliance: str = Field(min_length=1, max_length=40)
    direction: Literal["out", "in"]
    points: int = Field(ge=1, le=10**9)


class ExchangedOut(Schema):
    exchange_no: str
    state: ExchangeState
    ours: int
    theirs: int


@router.post(
    "/alliances/exchanges",
    who=MEMBER,
    status=201,
    summary="Exchange points (积分互换)",
    errors=(AllianceUnknown, NotLinked, NotWholeLots, ExchangeTooMuch, NotEnough),
)
async def post_exchange(scope: Scope, request: Request, body: ExchangeIn) -> ExchangedOut:
    assert scope.member_id is not None
    key = request.headers["idempotency-key"]
    said = await exchange_points(
        member_id=scope.member_id,
        alliance=body.alliance,
        direction=body.direction,
        points=body.points,
        key=key,
    )
    return ExchangedOut.of(said)


class ExchangeOut(Schema):
    """Unknown: the partner has not answered yet; it is asked until it does."""

    exchange_no: str
    alliance: str
    direction: Literal["out", "in"]
    ours: int
    theirs: int
    state: ExchangeState
    at: datetime


class ExchangesOut(Schema):
    items: list[ExchangeOut]


@router.get("/alliances/exchanges", who=MEMBER, summary="My exchanges (互换记录)")
async def list_exchanges(scope: Scope) -> ExchangesOut:
    assert scope.member_id is not None
    return ExchangesOut(items=[ExchangeOut.of(one) for one in await exchanges_of(scope.member_id)])
