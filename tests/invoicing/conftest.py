"""A world with a tax provider and a mail server, and a shop that finds them there."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from app.web import build
from core.settings import Mail, Settings, TaxProvider, configure
from sandbox.server import running
from sandbox.world import World
from tests.scenes.invoicing import SELLER_TAX_NO
from tests.scenes.outside import TAX, outside


@pytest.fixture
async def world() -> AsyncIterator[World]:
    sellers = [{"tax_no": SELLER_TAX_NO, "name": "知木生活（上海）家居有限公司"}]
    async with running(outside(tax_provider={**TAX, "sellers": sellers})) as started:
        yield started


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """The world's switches."""
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as client:
        yield client


@pytest.fixture
def shop(settings: Settings, world: World, db: None) -> Settings:
    """Our settings, with the world's addresses."""
    tax = TaxProvider.model_validate({**TAX, "base_url": world.http})
    sender = "invoice@shop.example.cn"
    mail = Mail(host="127.0.0.1", port=world.smtp_port, sender=sender, tls=False)
    made = settings.model_copy(update={"tax_provider": tax, "mail": mail})
    configure(made)
    return made


@pytest.fixture
async def client(shop: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """The shop over HTTP, with the world's addresses."""
    app = build(shop)
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://shop")
    async with app.router.lifespan_context(app), http:
        yield http
