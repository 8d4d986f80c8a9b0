"""Coming in and going out: a `wx.login` code becomes a bearer token of ours."""

from pydantic import Field
from starlette.requests import Request

from core.errors import NotConfigured
from core.security.scope import Role, Scope
from core.security.sessions import end_session
from core.web.api import Router, Schema
from core.web.limits import TooManyTries, check_rate
from core.web.policy import PUBLIC, allow
from core.wechat.api import AWAY
from crm.behaviour.service import tie_visitor
from crm.people.errors import (
    BadEmail,
    BadPhone,
    CodeRefused,
    ConsentTextUnknown,
    LogInAgain,
    LoginRefused,
)
from crm.people.service import register_by_code, send_code, sign_in
from miniapp_api.behaviour import VisitorToken
from miniapp_api.me import MemberOut, show_member

router = Router("/api/v1", "session")
LOGINS_A_MINUTE = 120  # of one address: a shop's guests share one


class LoginIn(Schema):
    """`source` is the code on the card or QR the shopper came by; a bad one bars nobody.

    `scene` is the number of `wx.getLaunchOptionsSync`: by which entrance they came. `visitor` is
    the phone's own number in what it told of steps: those before the login become theirs.
    """

    code: str = Field(min_length=1, max_length=128)
    source: str | None = Field(default=None, max_length=200)
    consent_version: str | None = Field(default=None, max_length=40)
    scene: int | None = Field(default=None, ge=0, le=9999)
    visitor: VisitorToken | None = None


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
        code=body.code,
        source_code=body.source,
        consent_version=body.consent_version,
        scene=body.scene,
    )
    if body.visitor is not None:
        await tie_visitor(member_id=done.member_id, visitor=body.visitor)
    member = await show_member(Scope(Role.MEMBER, member_id=done.member_id))
    return LoginOut(token=done.token, is_new=done.is_new, member=member)


class CodeIn(Schema):
    """A phone of mainland China, or an e-mail."""

    contact: str = Field(min_length=3, max_length=120)


@router.post(
    "/register/code",
    who=PUBLIC,
    summary="Send a code to a phone or an e-mail (验证码)",
    errors=(BadPhone, BadEmail, TooManyTries, NotConfigured),
    idempotent=False,
)
async def post_code(body: CodeIn, request: Request) -> None:
    """One answer for who is a member and who is not (S10)."""
    address = request.client.host if request.client else ""
    await check_rate("register.address", address, per_minute=20)
    await check_rate("register.contact", body.contact.strip().lower(), per_minute=1)
    await send_code(contact=body.contact)


class RegisterIn(Schema):
    contact: str = Field(min_length=3, max_length=120)
    code: str = Field(pattern=r"^[0-9]{6}$")
    consent_version: str | None = Field(default=None, max_length=40)


@router.post(
    "/register",
    who=PUBLIC,
    summary="Join, or come in, by phone or e-mail and its code (注册)",
    errors=(BadPhone, BadEmail, CodeRefused, ConsentTextUnknown, TooManyTries),
    idempotent=False,
)
async def post_register(body: RegisterIn, request: Request) -> LoginOut:
    address = request.client.host if request.client else ""
    await check_rate("register.address", address, per_minute=20)
    done = await register_by_code(
        contact=body.contact, code=body.code, consent_version=body.consent_version
    )
    member = await show_member(Scope(Role.MEMBER, member_id=done.member_id))
    return LoginOut(token=done.token, is_new=done.is_new, member=member)


@router.post(
    "/logout", who=allow(Role.MEMBER), summary="End this session (退出登录)", idempotent=False
)
async def log_out(request: Request) -> None:
    await end_session(request.headers["authorization"].partition(" ")[2])
