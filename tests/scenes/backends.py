"""Each tax backend as its adapter, opposite a player in the sandbox; all may be told to err."""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from starlette.applications import Starlette

from core.database import sql
from core.settings import Pay, configure, current
from core.web.api import EXCEPTION_HANDLERS, routes_of
from invoicing.backends.baiwang.gateway import Access as BaiwangAccess
from invoicing.backends.baiwang.gateway import Baiwang
from invoicing.backends.bridge.agent.running import Agent
from invoicing.backends.bridge.agent.running import Settings as AgentSettings
from invoicing.backends.bridge.gateway import Bridge
from invoicing.backends.bridge.signing import public_text
from invoicing.backends.direct.gateway import Access as DirectAccess
from invoicing.backends.direct.gateway import Direct
from invoicing.backends.nuonuo.gateway import Access, Nuonuo
from invoicing.backends.pages.bridge import router as bridge_router
from invoicing.backends.port import (
    Backend,
    Issued,
    Kind,
    Order,
    Pending,
    QueryAnswer,
    RedAnswer,
    RedLine,
    RedOrder,
    RedReason,
    Seller,
)
from invoicing.backends.queries import AccountView, Adapter
from invoicing.backends.service import AccountDraft, enrol_account
from invoicing.backends.wechat.gateway import WechatFapiao
from invoicing.rules.tax import TaxLine, net_lines
from sandbox.world import World
from tests.scenes.invoicing import BUYER_TAX_NO, SELLER_TAX_NO, goods
from tests.scenes.outside import TAX
from tests.scenes.people import head_office
from tests.scenes.stores import a_store
from tests.scenes.wechat_world import KEYRING, MCH, MINI, merchant_entry
from trade.stores.queries import seller_of


def pem_of(key: RSAPrivateKey) -> str:
    form = PrivateFormat.PKCS8
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def public_pem_of(key: RSAPrivateKey) -> str:
    form = PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(Encoding.PEM, form).decode()


NO = "2511211403ABCDEF"
RED_NO = "2511221403REDRED"
SELLER = Seller(
    SELLER_TAX_NO, "知木生活（上海）家居有限公司", "上海市静安区 1 号", "021-1", "", "沈知秋"
)
UNIT_KEY, BUREAU_KEY = (generate_private_key(65537, 2048) for _ in range(2))
USER = {"username": "shop-01", "password": "a-password", "salt": "a-salt"}
PLAYED = {
    "tax_provider": {
        **TAX,
        "sellers": [{"tax_no": SELLER_TAX_NO, "name": SELLER.name}],
        "user": USER,
        "unit": {
            "unit_no": "UNIT01",
            "public_key_pem": public_pem_of(UNIT_KEY),
            "bureau_private_key_pem": pem_of(BUREAU_KEY),
        },
    },
    "merchants": [merchant_entry()],
    "discs": [
        {"id": "D1", "seller": SELLER_TAX_NO},
        {"id": "D2", "seller": SELLER_TAX_NO, "code": "031002600112"},
    ],
}


async def _nothing() -> None: ...


@dataclass
class Opposite:
    """A backend and the world it speaks to. `settle` lets what lies between them do its work."""

    name: str
    backend: Backend
    world: World
    http: httpx2.AsyncClient
    estranged: Backend
    path: str
    settle: Callable[[], Awaitable[None]] = _nothing
    callback_url: str = ""
    blue_no: str = ""  # by which a red letter is asked about, where it has no number of its own

    async def errs(self, kind: str, **facts: Any) -> None:
        """One of the next orders meets this failure."""
        said = await self.http.post("/_sim/tax/faults", json={"kind": kind, **facts})
        assert said.status_code == 201, said.text

    async def breaks(self, kind: str, when: str = "before") -> None:
        """The next call meets this on the wire."""
        wanted = {"match": self.path, "kind": kind, "delay_s": 0.01, "when": when}
        assert (await self.http.post("/_sim/faults", json=wanted)).status_code < 300

    async def behaves(self, **settings: Any) -> None:
        said = await self.http.post("/_sim/tax/settings", json=settings)
        assert said.status_code == 200, said.text

    async def wait(self, seconds: float) -> None:
        """Let the world's clock run ahead."""
        await self.settle()
        await self.http.post("/_sim/clock", json={"advance_s": seconds})
        await self.settle()

    async def ask(self, request_no: str = NO) -> QueryAnswer:
        await self.settle()
        return await self.backend.query(request_no, "", SELLER)

    async def issued(self, **more: Any) -> Issued:
        """An invoice that is there."""
        order = an_order(callback_url=self.callback_url, **more)
        await self.backend.submit(order)
        return await self.becomes_issued(order.request_no)

    async def becomes_issued(self, request_no: str = NO) -> Issued:
        answer = await self.ask(request_no)
        for _ in range(5):
            if not isinstance(answer, Pending):
                break
            await self.wait(5)
            answer = await self.ask(request_no)
        assert isinstance(answer, Issued), answer
        return answer

    async def ask_red(self, red_no: str = RED_NO, form_no: str = "") -> RedAnswer:
        await self.settle()
        return await self.backend.red_query(red_no, form_no or self.blue_no, SELLER)

    async def invoices(self) -> list[dict[str, Any]]:
        """What the bureau has numbered, red ones too."""
        found = (await self.http.get("/_sim/tax/invoices")).json()
        return [doc for doc in found if doc["number"]]

    async def buyer(self, **said: str) -> dict[str, Any]:
        """The buyer answers or opens a form."""
        answer = await self.http.post("/_sim/tax/forms", json=said)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def an_order(**more: Any) -> Order:
    """A scarf for a company."""
    facts: dict[str, Any] = {
        "request_no": NO,
        "seller": SELLER,
        "buyer_title": "某某商贸（上海）有限公司",
        "buyer_tax_no": BUYER_TAX_NO,
        "buyer_is_person": False,
        "lines": tuple(net_lines([goods(quantity=2, gross_fen=79_800)])),
        "remark": "订单号 1",
        "asked_at": datetime(2025, 11, 21, 6, 3, tzinfo=UTC),
        "callback_url": "",
    }
    return Order(**{**facts, **more})


def red_lines(lines: tuple[TaxLine, ...]) -> tuple[RedLine, ...]:
    """All of each line."""
    return tuple(
        RedLine(
            at,
            line.name,
            line.spec,
            line.unit,
            str(line.quantity),
            line.tax_code,
            line.tax_bp,
            line.incl_fen,
            line.ex_fen,
            line.tax_fen,
        )
        for at, line in enumerate(lines, start=1)
    )


def a_red(blue: Issued, **more: Any) -> RedOrder:
    """The whole of `an_order`, given back."""
    facts: dict[str, Any] = {
        "red_no": RED_NO,
        "form_no": "",
        "seller": SELLER,
        "number": blue.number,
        "code": blue.code,
        "issued_at": blue.issued_at,
        "buyer_title": "某某商贸（上海）有限公司",
        "buyer_tax_no": BUYER_TAX_NO,
        "lines": red_lines(an_order().lines),
        "is_full": True,
        "reason": RedReason.RETURNED,
        "callback_url": "",
        "blue_request_no": NO,
        "blue_serial": blue.serial,
        "kind": Kind.GENERAL,
    }
    return RedOrder(**{**facts, **more})


def half_red(blue: Issued, **more: Any) -> RedOrder:
    """One of the two scarves."""
    [line] = red_lines(an_order().lines)
    one = replace(line, quantity="1", incl_fen=39_900, ex_fen=35_310, tax_fen=4_590)
    return a_red(blue, lines=(one,), is_full=False, **more)


@asynccontextmanager
async def nuonuo(world: World, http: httpx2.AsyncClient) -> AsyncIterator[Opposite]:
    access = Access(world.http, TAX["app_key"], TAX["secret"], TAX["access_token"])
    estranged = Nuonuo(replace(access, secret="not-the-secret"))
    yield Opposite("nuonuo", Nuonuo(access), world, http, estranged, "/open/v1/services")


@asynccontextmanager
async def baiwang(world: World, http: httpx2.AsyncClient) -> AsyncIterator[Opposite]:
    access = BaiwangAccess(world.http, TAX["app_key"], TAX["secret"], **USER)
    estranged = Baiwang(replace(access, password="not-the-password"))
    yield Opposite("baiwang", Baiwang(access), world, http, estranged, "/router/rest")


@asynccontextmanager
async def direct(world: World, http: httpx2.AsyncClient) -> AsyncIterator[Opposite]:
    access = DirectAccess(world.http, "UNIT01", pem_of(UNIT_KEY), public_pem_of(BUREAU_KEY))
    estranged = Direct(replace(access, unit_no="UNIT02"), 2)
    yield Opposite("direct", Direct(access, 1), world, http, estranged, "/leqi/v1/invoices")


AGENT_KEY = Ed25519PrivateKey.generate()


async def a_disc(disc: str = "D1") -> AccountView:
    """An account of our shop whose agent has `AGENT_KEY`."""
    tax_entity_id = (await seller_of((await a_store()).id)).tax_entity_id
    draft = AccountDraft(tax_entity_id, Adapter.BRIDGE, "税控盘", point=disc)
    key = {"public_key": public_text(AGENT_KEY)}
    return await enrol_account(scope=head_office(), draft=draft, secrets=key)


def agent_for(account: AccountView, url: str, shop: httpx2.AsyncClient) -> Agent:
    """The agent beside one disc, speaking to the shop through `shop`."""
    key = b64encode(AGENT_KEY.private_bytes_raw()).decode()
    return Agent(AgentSettings("http://shop", key, {account.public_id: url}), shop)


@asynccontextmanager
async def bridge(world: World, http: httpx2.AsyncClient) -> AsyncIterator[Opposite]:
    account = await a_disc()
    app = Starlette(routes=routes_of(bridge_router), exception_handlers=EXCEPTION_HANDLERS)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as shop:
        agent = agent_for(account, f"tcp://127.0.0.1:{world.discs['D1']}", shop)

        async def settle() -> None:
            await sql("UPDATE backends_task SET leased_until = now() WHERE state = 'leased'")
            await agent.look(account.public_id)

        backend = Bridge(account.id)
        await settle()
        yield Opposite("bridge", backend, world, http, backend, "", settle)


@asynccontextmanager
async def wechat(world: World, http: httpx2.AsyncClient) -> AsyncIterator[Opposite]:
    pay = {
        "mch_id": MCH,
        "app_id": MINI,
        "merchant_serial": KEYRING["merchant"]["serial_no"],
        "merchant_key_pem": KEYRING["merchant"]["private_key"],
        "api_v3_key": KEYRING["apiv3_key"],
        "public_key_id": KEYRING["platform_public_key_mode"]["id"],
        "public_key_pem": KEYRING["platform_public_key_mode"]["public_key"],
        "base_url": world.http,
    }
    configure(current().model_copy(update={"pay": Pay.model_validate(pay), "more_pay": ()}))
    backend, estranged = WechatFapiao(), WechatFapiao("1900000000")
    path = "/v3/new-tax-control-fapiao"
    yield Opposite("wechat", backend, world, http, estranged, path, blue_no=NO)


OPPOSITES: dict[str, Callable[..., Any]] = {
    "nuonuo": nuonuo,
    "baiwang": baiwang,
    "direct": direct,
    "bridge": bridge,
    "wechat": wechat,
}
