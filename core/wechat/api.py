"""One call to the platform: token, back-off, errcodes. Rooms say what they want in their gateways.

The token travels in the query, as the platform wants it; no URL of a call may be logged.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import DomainError, NotConfigured, Unavailable
from core.http import client
from core.partners import NoAnswer, exchange
from core.strict_json import NotStrict, read_object
from core.wechat.errcodes import ACCOUNTS, Meaning
from core.wechat.tokens import Fetched, TokenMissing, forget_token, token_of

PAUSES_S = (0.2, 0.6)
Query = Mapping[str, str | int]
Fields = dict[str, Any]


class PlatformRefused(Unavailable):
    """A no with an errcode. `rid` is what the platform's support asks for."""

    code = "core.platform_refused"
    zh = "微信接口拒绝了请求，请稍后重试或联系管理员"
    en = "WeChat refused the request: try again later or ask the operator."

    def __init__(self, errcode: int, meaning: Meaning, errmsg: str = "") -> None:
        rid = errmsg.partition("rid: ")[2][:64]
        super().__init__(errcode=errcode, meaning=meaning.value, rid=rid or None)
        self.errcode = errcode
        self.meaning = meaning


# What any call may end in: for the refusals that an operation declares.
AWAY: tuple[type[DomainError], ...] = (NoAnswer, PlatformRefused, TokenMissing, NotConfigured)


@dataclass(frozen=True, slots=True)
class Account:
    """One secret of one app. `name` names its token, the `token_…` say how to ask for one."""

    partner: str
    name: str
    base_url: str
    token_path: str
    token_query: Mapping[str, str] | None = None
    token_body: Mapping[str, str] | None = None
    meanings: Mapping[int, Meaning] = field(default_factory=lambda: ACCOUNTS)


async def call(
    account: Account, method: str, path: str, *, query: Query | None = None, body: Any = None
) -> Fields:
    """The answer to a call with a token. A refused token is replaced once and the call repeated.

    Raises PlatformRefused for an errcode, NoAnswer when there is none to read.
    """
    try:
        return await _with_token(account, method, path, query, body)
    except PlatformRefused as refused:
        if refused.meaning is not Meaning.STALE:
            raise
        return await _with_token(account, method, path, query, body)


async def ask(
    account: Account, method: str, path: str, *, query: Query | None = None, body: Any = None
) -> Fields:
    """The answer to a call without a token; while they are busy (-1), asked three times in all.

    Raises PlatformRefused and NoAnswer.
    """
    for pause_s in PAUSES_S:
        try:
            return await _once(account, method, path, query, body)
        except PlatformRefused as refused:
            if refused.meaning is not Meaning.BUSY:
                raise
            await asyncio.sleep(pause_s)
    return await _once(account, method, path, query, body)


async def _with_token(
    account: Account, method: str, path: str, query: Query | None, body: Any
) -> Fields:
    async def fetch() -> Fetched:
        return await _fetch(account)

    token = await token_of(account.name, fetch)
    try:
        return await ask(
            account, method, path, query={"access_token": token, **(query or {})}, body=body
        )
    except PlatformRefused as refused:
        if refused.meaning is Meaning.STALE:
            await forget_token(account.name, token)
        raise


async def _fetch(account: Account) -> Fetched:
    method = "GET" if account.token_body is None else "POST"
    query, body = account.token_query, account.token_body
    said = await ask(account, method, account.token_path, query=query, body=body)
    token, lives_s = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token or type(lives_s) is not int or lives_s <= 0:
        raise NoAnswer(why="no token in the answer")
    return Fetched(token, lives_s)


async def _once(account: Account, method: str, path: str, query: Query | None, body: Any) -> Fields:
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    headers = {"content-type": "application/json"} if content else {}
    async with client(account.partner, base_url=account.base_url) as http:
        request = http.build_request(
            method, path, params=dict(query or {}), content=content, headers=headers
        )
        answer = await exchange(http, request)
    if answer.status != 200:
        raise NoAnswer(why=f"http {answer.status}")
    try:
        said = read_object(answer.body)
    except NotStrict:
        raise NoAnswer(why="not an object") from None
    errcode = said.get("errcode", 0)
    if type(errcode) is not int:
        raise NoAnswer(why="a strange errcode")
    if errcode:
        meaning = account.meanings.get(errcode, Meaning.BUG)
        raise PlatformRefused(errcode, meaning, str(said.get("errmsg", "")))
    return said
