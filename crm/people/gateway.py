"""The mini-program's server side (小程序服务端): who logs in, which phone, one message allowed.

No session key leaves this file: what it is for is asked for elsewhere when there is a use for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotConfigured
from core.partners import NoAnswer
from core.settings import MiniProgram, current
from core.wechat.api import Account, Fields, PlatformRefused, ask, call
from core.wechat.errcodes import Meaning
from crm.people.errors import LogInAgain, LoginRefused, PhoneCodeExpired

MAX_CHARS = {  # of a value, by the kind its key begins with; longer ones are refused by 47003
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "phrase": 5,
}
KIND = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds the phone: `open_id` of our app, `union_id` when the app is bound to others."""

    open_id: str
    union_id: str | None


class Delivery(StrEnum):
    """How a subscription message (订阅消息) ended."""

    SENT = "sent"
    DECLINED = "declined"  # not allowed, or used up: another channel, never again this one
    UNREACHABLE = "unreachable"  # no such person for our app


async def code_to_session(code: str) -> Person:
    """Who stands behind a `wx.login` code. A code works once, for five minutes.

    Raises LogInAgain, LoginRefused when WeChat holds the person for risky, Unavailable.
    """
    ours = _ours()
    query = {
        "appid": ours.app_id,
        "secret": ours.secret.get_secret_value(),
        "js_code": code,
        "grant_type": "authorization_code",
    }
    try:
        said = await ask(_account(ours), "GET", "/sns/jscode2session", query=query)
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
    ours = _ours()
    path = "/wxa/business/getuserphonenumber"
    try:
        said = await call(_account(ours), "POST", path, body={"code": code})
    except PlatformRefused as refused:
        if refused.meaning is Meaning.CODE_SPENT:
            raise PhoneCodeExpired from None
        raise
    info = said.get("phone_info")
    watermark = info.get("watermark") if isinstance(info, dict) else None
    if not isinstance(info, dict) or not isinstance(watermark, dict):
        raise NoAnswer(why="no phone in the answer")
    if watermark.get("appid") != ours.app_id:
        raise NoAnswer(why="a phone of another app")
    return _text(info, "phoneNumber")


async def send_subscription(
    *, open_id: str, template_id: str, page: str, data: Mapping[str, str]
) -> Delivery:
    """Send one subscription message; values are cut to what their kind allows.

    Raises Unavailable: nobody knows whether it was sent, or it must wait.
    """
    body = {
        "touser": open_id,
        "template_id": template_id,
        "page": page,
        "data": {key: {"value": _fitting(key, value)} for key, value in data.items()},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }
    try:
        await call(_account(_ours()), "POST", "/cgi-bin/message/subscribe/send", body=body)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.DECLINED:
            return Delivery.DECLINED
        if refused.meaning is Meaning.NOBODY:
            return Delivery.UNREACHABLE
        raise
    return Delivery.SENT


def _fitting(key: str, value: str) -> str:
    return value[: MAX_CHARS.get(KIND.sub("", key), len(value))]


def _ours() -> MiniProgram:
    ours = current().mini_program
    if ours is None:
        raise NotConfigured(what="mini_program")
    return ours


def _account(ours: MiniProgram) -> Account:
    """By stable_token: a plain token fetched elsewhere does not make ours worthless."""
    return Account(
        partner="mini_program",
        name=f"mini_program:{ours.app_id}",
        base_url=ours.base_url,
        token_path="/cgi-bin/stable_token",  # noqa: S106
        token_body={
            "grant_type": "client_credential",
            "appid": ours.app_id,
            "secret": ours.secret.get_secret_value(),
        },
    )


def _text(said: Fields, name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 128:
        raise NoAnswer(why=f"no {name} in the answer")
    return value
