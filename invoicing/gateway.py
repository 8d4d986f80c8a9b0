"""The tax provider, reached by HTTP. What is not certain is said to be unknown, never guessed."""

import secrets
import time

import httpx2

from core.http import client
from core.partners import Answer, NoAnswer, exchange
from core.settings import TaxProvider, current
from invoicing.protocol import nuonuo
from invoicing.protocol.provider import NotSent, Order, QueryAnswer, SubmitAnswer, Unknown

TIMEOUT_S = 15.0
NEVER_LEFT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "core.partner_resting",
    "core.address_refused",
}


async def submit(order: Order) -> SubmitAnswer:
    """Ask for an invoice under `order.request_no`. Never raises for a fault of the provider."""
    answer = await _call(nuonuo.SUBMIT, order.seller.tax_no, nuonuo.submit_body(order))
    return answer if isinstance(answer, NotSent | Unknown) else nuonuo.read_submit(answer.body)


async def query(request_no: str, seller_tax_no: str) -> QueryAnswer:
    """Ask what became of a request. Never raises for a fault of the provider."""
    answer = await _call(nuonuo.QUERY, seller_tax_no, nuonuo.query_body(request_no))
    if isinstance(answer, NotSent | Unknown):
        return answer
    return nuonuo.read_query(answer.body, request_no)


def _request(
    http: httpx2.AsyncClient, provider: TaxProvider, method: str, seller_tax_no: str, body: str
) -> httpx2.Request:
    signed = {
        "senid": secrets.token_hex(16),
        "nonce": f"{secrets.randbelow(10**8):08d}",
        "timestamp": str(int(time.time())),
    }
    sign = nuonuo.sign(
        provider.secret.get_secret_value(), app_key=provider.app_key, body=body, **signed
    )
    return http.build_request(
        "POST",
        nuonuo.PATH,
        params={**signed, "appkey": provider.app_key},
        content=body.encode(),
        headers={
            "content-type": "application/json",
            "x-nuonuo-sign": sign,
            "accesstoken": provider.access_token.get_secret_value(),
            "usertax": seller_tax_no,
            "method": method,
        },
    )


async def _call(method: str, seller_tax_no: str, body: str) -> Answer | NotSent | Unknown:
    provider = current().tax_provider
    if provider is None:
        return NotSent("not_configured")
    base_url = provider.base_url.removesuffix(nuonuo.PATH)
    try:
        async with client("tax_provider", base_url=base_url, timeout_s=TIMEOUT_S) as http:
            request = _request(http, provider, method, seller_tax_no, body)
            answer = await exchange(http, request, timeout_s=TIMEOUT_S + 2)
    except NoAnswer as lost:
        why = str(lost.facts.get("why", ""))
        return NotSent(why) if why in NEVER_LEFT else Unknown(why)
    return answer if answer.status == 200 else Unknown(f"http {answer.status}")
