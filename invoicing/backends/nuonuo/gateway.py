"""Nuonuo (诺诺), reached by HTTP. What is not certain is said to be unknown, never guessed."""

import secrets
import time
from dataclasses import dataclass

import httpx2

from core.partners import Answer
from invoicing.backends.calling import call
from invoicing.backends.nuonuo import protocol
from invoicing.backends.port import (
    Capabilities,
    Format,
    Kind,
    NotSent,
    Order,
    QueryAnswer,
    Seller,
    SubmitAnswer,
    Unknown,
)

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

    def __init__(self, access: Access) -> None:
        self._access = access

    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def submit(self, order: Order) -> SubmitAnswer:
        said = await self._call(protocol.SUBMIT, order.seller, protocol.submit_body(order))
        return said if isinstance(said, NotSent | Unknown) else protocol.read_submit(said)

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        """By our number, always: it is known even when the answer with the serial was lost."""
        said = await self._call(protocol.QUERY, seller, protocol.query_body(request_no))
        return (
            said if isinstance(said, NotSent | Unknown) else protocol.read_query(said, request_no)
        )

    async def _call(self, method: str, seller: Seller, body: str) -> bytes | NotSent | Unknown:
        def build(http: httpx2.AsyncClient) -> httpx2.Request:
            return _request(http, self._access, method, seller.tax_no, body)

        base_url = self._access.base_url.removesuffix(protocol.PATH)
        said = await call("nuonuo", base_url, build)
        if not isinstance(said, Answer):
            return said
        return said.body if said.status == 200 else Unknown(f"http {said.status}")


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
