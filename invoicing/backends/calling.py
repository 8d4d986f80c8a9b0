"""One call to a provider, and what is certain about it when no answer came."""

from collections.abc import Callable
from ssl import SSLContext

import httpx2

from core.http import client
from core.partners import Answer, NoAnswer, exchange
from invoicing.backends.port import NotSent, Unknown

TIMEOUT_S = 15.0
NEVER_LEFT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "core.partner_resting",
    "core.address_refused",
}
Build = Callable[[httpx2.AsyncClient], httpx2.Request]


async def call(
    partner: str, base_url: str, build: Build, *, tls: SSLContext | None = None
) -> Answer | NotSent | Unknown:
    """The answer of any status below 500, once; NotSent only when no byte can have left us."""
    try:
        async with client(partner, base_url=base_url, timeout_s=TIMEOUT_S, tls=tls) as http:
            answer = await exchange(http, build(http), timeout_s=TIMEOUT_S + 2)
    except NoAnswer as lost:
        why = str(lost.facts.get("why", ""))
        return NotSent(why) if why in NEVER_LEFT else Unknown(why)
    return answer if answer.status < 500 else Unknown(f"http {answer.status}")
