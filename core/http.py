"""The one way out: every outbound HTTP client is made here (rule C9, threat S11)."""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2
from prometheus_client import Counter

from core.errors import Forbidden, Unavailable
from core.settings import current

CALLS = Counter("daogou_outbound_calls_total", "Calls to partners", ["partner", "outcome"])
CONNECT_S = 2.0
TOTAL_S = 5.0
AT_ONCE = 20
TRIPS_AFTER = 8
RESTS_S = 10.0


class AddressRefused(Forbidden):
    code = "core.address_refused"
    zh = "不允许访问该地址，请检查配置的网址"
    en = "This address may not be called: check the configured URL."


class PartnerResting(Unavailable):
    code = "core.partner_resting"
    zh = "外部系统暂时没有响应，请稍后重试"
    en = "The outside system does not answer for now: try again shortly."


@dataclass(slots=True)
class Partner:
    """How one partner has been doing. After eight failures in a row nobody calls it for 10 s."""

    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    failures: int = 0
    rests_until: float = 0.0

    def check(self) -> None:
        if time.monotonic() < self.rests_until:
            raise PartnerResting

    def note(self, *, failed: bool) -> None:
        self.failures = self.failures + 1 if failed else 0
        if self.failures >= TRIPS_AFTER:
            self.rests_until, self.failures = time.monotonic() + RESTS_S, 0


def is_public(address: str) -> bool:
    """False for loopback, private, link-local, reserved, multicast and addresses that hide one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if hidden is not None:
            return is_public(str(hidden))
    return ip.is_global and not ip.is_multicast


async def check_host(host: str, port: int) -> str:
    """The address to connect to. Raises AddressRefused unless every address of `host` is allowed.

    While playing and for hosts listed in `private_hosts` any address goes.
    """
    settings = current()
    if settings.is_playing or host in settings.private_hosts:
        return host
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise AddressRefused(host=host) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressRefused(host=host)
    return addresses[0]


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """Connects to the address that was checked, so that a name cannot change in between."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        address = await check_host(host, port)
        if address != host:
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address)
        return await super().handle_async_request(request)


_partners: dict[tuple[int, str], Partner] = {}


def _partner(name: str) -> Partner:
    return _partners.setdefault((id(asyncio.get_running_loop()), name), Partner())


class PartnerClient(httpx2.AsyncClient):
    """An httpx client that counts, waits its turn and rests after many failures."""

    partner_name: str = ""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        partner = _partner(self.partner_name)
        partner.check()
        async with partner.gate:
            try:
                response = await super().send(request, **options)
            except httpx2.TransportError:
                partner.note(failed=True)
                CALLS.labels(self.partner_name, "lost").inc()
                raise
        partner.note(failed=response.status_code >= 500)
        CALLS.labels(self.partner_name, f"{response.status_code // 100}xx").inc()
        return response


@cache
def _trusted() -> ssl.SSLContext:
    """Read once: the world's certificates take 36 ms to load, for each client anew."""
    return httpx2.create_ssl_context(trust_env=False)


@asynccontextmanager
async def client(
    partner: str,
    *,
    base_url: str,
    timeout_s: float = TOTAL_S,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client for one partner: no redirects, no proxies of the environment, bounded waits.

    `tls` is for a partner that wants our certificate or has roots of its own.
    Raises PartnerResting and AddressRefused when it is used, and httpx2's own errors.
    """
    one = PartnerClient(
        base_url=base_url,
        timeout=httpx2.Timeout(timeout_s, connect=CONNECT_S),
        transport=GuardedTransport(verify=tls or _trusted(), retries=0, trust_env=False),
        follow_redirects=False,
        trust_env=False,
    )
    one.partner_name = partner
    async with one:
        yield one
