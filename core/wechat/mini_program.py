"""The mini-program's account (小程序) and its subscription messages (订阅消息)."""

import re
from collections.abc import Mapping
from enum import StrEnum

from core.errors import NotConfigured
from core.settings import MiniProgram, current
from core.wechat.api import Account, PlatformRefused, call
from core.wechat.errcodes import Meaning

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


class Delivery(StrEnum):
    """How a subscription message (订阅消息) ended."""

    SENT = "sent"
    DECLINED = "declined"  # not allowed, or used up: another channel, never again this one
    UNREACHABLE = "unreachable"  # no such person for our app


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
        await call(account_of(ours()), "POST", "/cgi-bin/message/subscribe/send", body=body)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.DECLINED:
            return Delivery.DECLINED
        if refused.meaning is Meaning.NOBODY:
            return Delivery.UNREACHABLE
        raise
    return Delivery.SENT


def _fitting(key: str, value: str) -> str:
    return value[: MAX_CHARS.get(KIND.sub("", key), len(value))]


def ours() -> MiniProgram:
    """Raises NotConfigured."""
    found = current().mini_program
    if found is None:
        raise NotConfigured(what="mini_program")
    return found


def account_of(app: MiniProgram, *, partner: str = "mini_program") -> Account:
    """By stable_token: a plain token fetched elsewhere does not make ours worthless.

    `partner` is what its calls are counted and rested under; the token is the same for all.
    """
    return Account(
        partner=partner,
        name=f"mini_program:{app.app_id}",
        base_url=app.base_url,
        token_path="/cgi-bin/stable_token",  # noqa: S106
        token_body={
            "grant_type": "client_credential",
            "appid": app.app_id,
            "secret": app.secret.get_secret_value(),
        },
    )
