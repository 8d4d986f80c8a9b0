"""Baiwang (百望), reached by HTTP, with a token that all our processes share."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import httpx2

from core.partners import Answer
from core.wechat.tokens import Fetched, TokenMissing, forget_token, token_of
from invoicing.backends.baiwang import protocol, reds
from invoicing.backends.baiwang.reading import BadAnswer, Reply, read_reply
from invoicing.backends.calling import call
from invoicing.backends.fetching import fetch_files
from invoicing.backends.port import (
    Capabilities,
    DeliverAnswer,
    FilesAnswer,
    FormAnswer,
    Format,
    Health,
    HealthAnswer,
    Held,
    Hold,
    Issued,
    Kind,
    ListAnswer,
    Listed,
    NotFound,
    NotReady,
    NotSent,
    Order,
    QueryAnswer,
    RedAnswer,
    RedOrder,
    Refused,
    Seller,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import compact

CAPABILITIES = Capabilities(
    kinds=frozenset({Kind.GENERAL, Kind.SPECIAL}),
    formats=frozenset({Format.PDF, Format.OFD, Format.XML}),
    callback_answer={"code": "0", "message": "success"},
)
LOGIN, QUOTA = "baiwang.output.etax.loginstatus", "baiwang.output.etax.creditline"
LOGIN_QR = "baiwang.output.etax.loginqrcode"  # these three: as the sandbox plays them
PAGE, MOST_PAGES = 50, 2000
Read = TypeVar("Read")
MOST_CALLBACK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Access:
    """What opens the door of the provider. The secrets are never printed."""

    base_url: str
    app_key: str
    secret: str
    username: str
    password: str
    salt: str

    def __repr__(self) -> str:
        return f"Access({self.base_url}, {self.app_key})"


class NoToken(Exception):
    """The token call failed; `answer` says how sure we are that nothing else was sent."""

    def __init__(self, answer: NotSent | Held) -> None:
        super().__init__(str(answer))
        self.answer = answer


class Baiwang:
    """One application and login at the provider; the seller stands in each body."""

    def __init__(self, access: Access) -> None:
        self._access = access
        seed = f"{access.base_url} {access.app_key} {access.username}"
        self._token_name = f"baiwang:{hashlib.sha256(seed.encode()).hexdigest()[:32]}"

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def submit(self, order: Order) -> SubmitAnswer:
        body, number = protocol.issue_body(order), order.request_no
        return await self._ask(protocol.ISSUE, body, lambda raw: protocol.read_issue(raw, number))

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        body = protocol.query_body(seller.tax_no, request_no)
        return await self._ask(
            protocol.QUERY, body, lambda raw: protocol.read_query(raw, request_no)
        )

    async def red_submit(self, red: RedOrder) -> SubmitAnswer:
        return await self._ask(reds.ADD, reds.add_body(red), reds.read_add, version="7.0")

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> RedAnswer:
        """The red invoice if there is one, and else where its form stands."""
        answer = await self.query(red_no, "", seller)
        if not isinstance(answer, NotFound):
            return answer
        body = reds.info_body(seller.tax_no, red_no, form_no)
        return await self._ask(reds.INFO, body, reds.read_info, version="7.0")

    async def form_confirm(self, form_no: str, seller: Seller) -> FormAnswer:
        return await self._operate(form_no, seller, reds.CONFIRM)

    async def form_cancel(self, form_no: str, seller: Seller) -> FormAnswer:
        return await self._operate(form_no, seller, reds.WITHDRAW)

    async def _operate(self, form_no: str, seller: Seller, act: str) -> FormAnswer:
        body = reds.operate_body(seller.tax_no, form_no, act)
        return await self._ask(reds.OPERATE, body, reds.read_operate, version="7.0")

    async def files(self, issued: Issued, formats: frozenset[Format]) -> FilesAnswer:
        """By the links of the layout files (版式文件), which are asked for anew each time."""
        data = {"invoiceNo": issued.number, "invoiceCode": issued.code}
        body = compact({"taxNo": issued.seller_tax_no or "", "data": data})
        said = await self._call(protocol.FORMAT, body)
        reply = _reply(said)
        if reply is None or not reply.success:
            return NotReady("no layout file yet")
        links = {kind: reply.text(f"{kind}Url") for kind in sorted(formats)}
        return await fetch_files(links)

    async def deliver(
        self, issued: Issued, seller: Seller, *, mail: str, phone: str
    ) -> DeliverAnswer:
        return Refused("unsupported", "not offered here")

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        return numbers_in(body)

    async def health(self, seller: Seller, *, quota_too: bool = True) -> HealthAnswer:
        said = await self._call(LOGIN, compact({"taxNo": seller.tax_no, "data": {}}))
        if isinstance(said, Held):
            return Health(is_logged_in=True, hold=Hold.CREDENTIAL, text=said.text[:200])
        reply = _reply(said)
        if reply is None:
            return said if isinstance(said, NotSent | Unknown) else Unknown("unreadable")
        if not reply.success:
            return _unwell(reply)
        health = Health(
            is_logged_in=reply.text("loginStatus") == "1",
            needs_face=reply.text("faceStatus") == "0",
        )
        return await self._with_quota(health, seller) if quota_too else health

    async def _with_quota(self, health: Health, seller: Seller) -> Health:
        said = await self._call(QUOTA, compact({"taxNo": seller.tax_no, "data": {}}))
        reply = _reply(said)
        try:
            left = Decimal(reply.text("availableCredit")) if reply else Decimal("NaN")
        except InvalidOperation:
            return health
        return replace(health, quota_fen=int(left * 100)) if left.is_finite() else health

    async def login_link(self, seller: Seller) -> str:
        said = await self._call(LOGIN_QR, compact({"taxNo": seller.tax_no, "data": {}}))
        reply = _reply(said)
        return reply.text("qrCode")[:300] if reply and reply.success else ""

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> ListAnswer:
        found: list[Listed] = []
        for page in range(1, MOST_PAGES + 1):
            body = protocol.list_body(seller.tax_no, since, until, page)
            rows = await self._ask(protocol.QUERY, body, protocol.read_list)
            if not isinstance(rows, list):
                return rows
            found += rows
            if len(rows) < PAGE:
                return found
        return Unknown("endless list")

    async def _ask(
        self, method: str, body: str, read: Callable[[bytes], Read], *, version: str = "6.0"
    ) -> Read | Held | NotSent | Unknown:
        said = await self._call(method, body, version=version)
        return read(said) if isinstance(said, bytes) else said

    async def _call(
        self, method: str, body: str, *, version: str = "6.0"
    ) -> bytes | Held | NotSent | Unknown:
        """A token that is not taken proves that nothing was done: once more with a new one."""
        said: bytes | Held | NotSent | Unknown = NotSent("no token")
        for _ in range(2):
            try:
                token = await token_of(self._token_name, self._fetch)
            except NoToken as without:
                return without.answer
            except TokenMissing:
                return NotSent("token")
            said = await self._send(method, body, version, token)
            if not isinstance(said, bytes) or not _is_token_bad(said):
                return said
            await forget_token(self._token_name, token)
        return said

    async def _fetch(self) -> Fetched:
        access = self._access
        body = protocol.token_body(access.secret, access.username, access.password, access.salt)
        said = await self._send(protocol.TOKEN, body, "7.0", "")
        if not isinstance(said, bytes):
            raise NoToken(NotSent(said.reason))
        try:
            reply = read_reply(said)
            token, lives_s = reply.text("access_token"), int(reply.text("expires_in") or 0)
        except (BadAnswer, ValueError):
            raise NoToken(NotSent("unreadable token")) from None
        if not reply.success or not token:
            raise NoToken(Held(reply.said.code, reply.said.message, Hold.CREDENTIAL))
        return Fetched(token, lives_s)

    async def _send(
        self, method: str, body: str, version: str, token: str
    ) -> bytes | NotSent | Unknown:
        params = {
            "method": method,
            "version": version,
            "appKey": self._access.app_key,
            "format": "json",
            "timestamp": str(int(time.time() * 1000)),
            "type": "sync",
            "requestId": secrets.token_hex(16),
        }
        params |= {"token": token} if token else {}
        sign = protocol.sign(self._access.secret, params, body)

        def build(http: httpx2.AsyncClient) -> httpx2.Request:
            return http.build_request(
                "POST",
                protocol.PATH,
                params={**params, "sign": sign},
                content=body.encode(),
                headers={"content-type": "application/json"},
            )

        base_url = self._access.base_url.removesuffix(protocol.PATH)
        said = await call("tax_baiwang", base_url, build)
        if not isinstance(said, Answer):
            return said
        return said.body if said.status == 200 else Unknown(f"http {said.status}")


def numbers_in(body: bytes) -> list[str]:
    """`{"serialNo": …}`; what it says of the order is not looked at."""
    if len(body) > MOST_CALLBACK_BYTES:
        return []
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    number = said.get("serialNo") if isinstance(said, dict) else None
    return [number[:40]] if isinstance(number, str) and number else []


def _reply(said: bytes | Held | NotSent | Unknown) -> Reply | None:
    if not isinstance(said, bytes):
        return None
    try:
        return read_reply(said)
    except BadAnswer:
        return None


def _is_token_bad(said: bytes) -> bool:
    reply = _reply(said)
    return reply is not None and reply.said.code in protocol.TOKEN_BAD


def _unwell(reply: Reply) -> HealthAnswer:
    said = protocol.other(reply.said)
    if isinstance(said, Held):
        is_login = said.why is Hold.LOGIN
        return Health(not is_login, hold=None if is_login else said.why, text=said.text[:200])
    return Unknown(f"code {reply.said.code[:20]}")
