"""Coming in and going out: a `wx.login` code becomes a bearer token of ours."""

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.security.sessions import end_session
from core.web.api import Router, Schema
from core.web.limits import TooManyTries, check_rate
from core.web.policy import PUBLIC, allow
from core.wechat.api import AWAY
from crm.people.errors import ConsentTextUnknown, LogInAgain, LoginRefused
from crm.people.service import sign_in
from miniapp_api.me import MemberOut, show_member

router = Router("/api/v1", "session")
LOGINS_A_MINUTE = 120  # of one address: a shop's guests share one


class LoginIn(Schema):
    """`source` is the code on the card or QR the shopper came by; a bad one bars nobody."""

    code: str = Field(min_length=1, max_length=128)
    source: str | None = Field(default=None, max_length=200)
    consent_version: str | None = Field(default=None, max_length=20)


class LoginOut(Schema):
    token: str
    is_new: bool
    member: MemberOut


@router.post(
    "/login",
    who=PUBLIC,
    summary="Log in with a wx.login code (登录)",
    errors=(LogInAgain, LoginRefused, ConsentTextUnknown, TooManyTries, *AWAY),
    idempotent=False,
)
async def log_in(body: LoginIn, request: Request) -> LoginOut:
    address = request.client.host if request.client else ""
    await check_rate("member.login", address, per_minute=LOGINS_A_MINUTE)
    done = await sign_in(
        code=body.code, source_code=body.source, consent_version=body.consent_version
    )
    member = await show_member(Scope(Role.MEMBER, member_id=done.member_id))
    return LoginOut(token=done.token, is_new=done.is_new, member=member)


@router.post(
    "/logout", who=allow(Role.MEMBER), summary="End this session (退出登录)", idempotent=False
)
async def log_out(request: Request) -> None:
    await end_session(request.headers["authorization"].partition(" ")[2])
