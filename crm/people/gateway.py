"""The mini-program's server side (小程序服务端): who logs in, and with which phone.

No session key leaves this file: what it is for is asked for elsewhere when there is a use for it.
"""

from dataclasses import dataclass

from core.partners import NoAnswer
from core.wechat.api import Fields, PlatformRefused, ask, call
from core.wechat.errcodes import Meaning
from core.wechat.mini_program import account_of, ours
from crm.people.errors import LogInAgain, LoginRefused, PhoneCodeExpired


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds the phone: `open_id` of our app, `union_id` when the app is bound to others."""

    open_id: str
    union_id: str | None


async def code_to_session(code: str) -> Person:
    """Who stands behind a `wx.login` code. A code works once, for five minutes.

    Raises LogInAgain, LoginRefused when WeChat holds the person for risky, Unavailable.
    """
    app = ours()
    query = {
        "appid": app.app_id,
        "secret": app.secret.get_secret_value(),
        "js_code": code,
        "grant_type": "authorization_code",
    }
    try:
        said = await ask(account_of(app), "GET", "/sns/jscode2session", query=query)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.CODE_SPENT:
            raise LogInAgain from None
        if refused.meaning is Meaning.RISKY:
            raise LoginRefused from None
        raise
    union_id = _text(said, "unionid") if said.get("unionid") else None
    return Person(_text(said, "openid"), union_id)


async def phone_of_code(code: str) -> str:
    """The number behind the code of the phone button (which is not the login code), as written.

    Raises PhoneCodeExpired, Unavailable.
    """
    app = ours()
    path = "/wxa/business/getuserphonenumber"
    try:
        said = await call(account_of(app), "POST", path, body={"code": code})
    except PlatformRefused as refused:
        if refused.meaning is Meaning.CODE_SPENT:
            raise PhoneCodeExpired from None
        raise
    info = said.get("phone_info")
    watermark = info.get("watermark") if isinstance(info, dict) else None
    if not isinstance(info, dict) or not isinstance(watermark, dict):
        raise NoAnswer(why="no phone in the answer")
    if watermark.get("appid") != app.app_id:
        raise NoAnswer(why="a phone of another app")
    return _text(info, "phoneNumber")


def _text(said: Fields, name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 128:
        raise NoAnswer(why=f"no {name} in the answer")
    return value
