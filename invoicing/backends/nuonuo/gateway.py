"""Nuonuo (诺诺), reached by HTTP. What is not certain is said to be unknown, never guessed."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qs

import httpx2

from core.partners import Answer
from invoicing.backends.calling import call
from invoicing.backends.fetching import fetch_files
from invoicing.backends.nuonuo import protocol, reds, standing
from invoicing.backends.port import (
    Accepted,
    Capabilities,
    DeliverAnswer,
    FilesAnswer,
    FormAnswer,
    Format,
    Health,
    HealthAnswer,
    Held,
    Issued,
    Kind,
    ListAnswer,
    Listed,
    NotFound,
    NotSent,
    Order,
    QueryAnswer,
    RedAnswer,
    RedOrder,
    Seller,
    SubmitAnswer,
    Unknown,
)

MOST_PAGES = 2000
MOST_CALLBACK_BYTES = 1_000_000
CAPABILITIES = Capabilities(
    kinds=frozenset({Kind.GENERAL, Kind.SPECIAL}),
    formats=frozenset({Format.PDF, Format.OFD, Format.XML}),
    delivers=True,
    callback_answer={"status": "0000", "message": "同步成功"},
)


@dataclass(frozen=True, slots=True)
class Access:
    """What opens the door of the provider. The secrets are never printed."""

    base_url: str
    app_key: str
    secret: str
    access_token: str

    def __repr__(self) -> str:
        return f"Access({self.base_url}, {self.app_key})"


class Nuonuo:
    """One application at the provider; the seller stands in each call."""

    def __init__(self, access: Access, point: str = "") -> None:
        self._access, self._point = access, point

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def submit(self, order: Order) -> SubmitAnswer:
        """An order that failed only because its seller could not issue is tried again there."""
        body = protocol.submit_body(order, self._point)
        said = await self._call(protocol.SUBMIT, order.seller, body)
        if isinstance(said, NotSent | Unknown):
            return said
        answer = protocol.read_submit(said)
        if answer != Accepted():  # a serial: it is new there
            return answer
        known = await self.query(order.request_no, "", order.seller)
        return await self._again(order) if isinstance(known, Held) else answer

    async def _again(self, order: Order) -> SubmitAnswer:
        said = await self._call(protocol.AGAIN, order.seller, protocol.again_body(order.request_no))
        return said if isinstance(said, NotSent | Unknown) else protocol.read_submit(said)

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        """By our number, always: it is known even when the answer with the serial was lost."""
        said = await self._call(protocol.QUERY, seller, protocol.query_body(request_no))
        if isinstance(said, NotSent | Unknown):
            return said
        return protocol.read_query(said, request_no)

    async def red_submit(self, red: RedOrder) -> SubmitAnswer:
        said = await self._call(reds.SAVE, red.seller, reds.save_body(red))
        return said if isinstance(said, NotSent | Unknown) else reds.read_save(said)

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> RedAnswer:
        """The red invoice if there is one, and else where its form stands."""
        answer = await self.query(red_no, "", seller)
        if not isinstance(answer, NotFound):
            return answer
        said = await self._call(reds.QUERY, seller, reds.form_body(red_no, form_no))
        return said if isinstance(said, NotSent | Unknown) else reds.read_form(said)

    async def form_confirm(self, form_no: str, seller: Seller) -> FormAnswer:
        return await self._act(reds.CONFIRM, seller, reds.confirm_body(form_no))

    async def form_cancel(self, form_no: str, seller: Seller) -> FormAnswer:
        return await self._act(reds.CANCEL, seller, reds.cancel_body(form_no))

    async def _act(self, method: str, seller: Seller, body: str) -> FormAnswer:
        said = await self._call(method, seller, body)
        return said if isinstance(said, NotSent | Unknown) else reds.read_act(said)

    async def files(self, issued: Issued, formats: frozenset[Format]) -> FilesAnswer:
        links = {
            Format.PDF: issued.pdf_url,
            Format.OFD: issued.ofd_url,
            Format.XML: issued.xml_url,
        }
        return await fetch_files({kind: links[kind] for kind in sorted(formats)})

    async def deliver(
        self, issued: Issued, seller: Seller, *, mail: str, phone: str
    ) -> DeliverAnswer:
        body = standing.deliver_body(issued, mail, phone)
        said = await self._call(standing.DELIVER, seller, body)
        return said if isinstance(said, NotSent | Unknown) else standing.read_delivery(said)

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        return numbers_in(body)

    async def health(self, seller: Seller, *, quota_too: bool = True) -> HealthAnswer:
        """The quota is asked of a seller that is logged in; without an answer it stays unknown."""
        said = await self._call(standing.LOGIN, seller, "{}")
        if isinstance(said, NotSent | Unknown):
            return said
        health = standing.read_login(said)
        if not isinstance(health, Health) or not health.is_logged_in or not quota_too:
            return health
        quota = await self._call(standing.QUOTA, seller, "{}")
        left = standing.read_quota(quota) if isinstance(quota, bytes) else None
        return replace(health, quota_fen=left)

    async def login_link(self, seller: Seller) -> str:
        """May be asked once a minute and 20 times a day."""
        said = await self._call(standing.LOGIN_QR, seller, "{}")
        return standing.read_link(said) if isinstance(said, bytes) else ""

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> ListAnswer:
        found: list[Listed] = []
        for page in range(1, MOST_PAGES + 1):
            said = await self._call(standing.LIST, seller, standing.list_body(since, until, page))
            if isinstance(said, NotSent | Unknown):
                return said
            rows = standing.read_list(said)
            if not isinstance(rows, list):
                return rows
            found += rows
            if len(rows) < standing.PAGE:
                return found
        return Unknown("endless list")

    async def _call(self, method: str, seller: Seller, body: str) -> bytes | NotSent | Unknown:
        def build(http: httpx2.AsyncClient) -> httpx2.Request:
            return _request(http, self._access, method, seller.tax_no, body)

        base_url = self._access.base_url.removesuffix(protocol.PATH)
        said = await call("tax_provider", base_url, build)
        if not isinstance(said, Answer):
            return said
        return said.body if said.status == 200 else Unknown(f"http {said.status}")


def numbers_in(body: bytes) -> list[str]:
    """A form names one order; what it says of it is not looked at."""
    if len(body) > MOST_CALLBACK_BYTES:
        return []
    try:
        fields = parse_qs(body.decode(), max_num_fields=20)
    except ValueError:
        return []
    is_one = fields.get("operater") == ["callback"]
    return [one[:40] for one in fields.get("orderno", []) if one][:1] if is_one else []


def _request(
    http: httpx2.AsyncClient, access: Access, method: str, seller_tax_no: str, body: str
) -> httpx2.Request:
    signed = {
        "senid": secrets.token_hex(16),
        "nonce": f"{secrets.randbelow(10**8):08d}",
        "timestamp": str(int(time.time())),
    }
    sign = protocol.sign(access.secret, app_key=access.app_key, body=body, **signed)
    return http.build_request(
        "POST",
        protocol.PATH,
        params={**signed, "appkey": access.app_key},
        content=body.encode(),
        headers={
            "content-type": "application/json",
            "x-nuonuo-sign": sign,
            "accesstoken": access.access_token,
            "usertax": seller_tax_no,
            "method": method,
        },
    )
