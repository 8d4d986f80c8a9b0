"""A throw-away shop for an outside client that plays WeChat against it. Test mode only."""

import asyncio
import csv
import json
import shutil
import signal
import tempfile
from pathlib import Path
from threading import Event
from typing import Any

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from tortoise import Tortoise

from app import credentials
from app.household import Household, Opening, open_household
from app.opening import BRAND, fill, settings_of, world_of
from app.ports import free_port
from app.wiring import orm_config, wire
from core.security.scope import Role
from core.security.sessions import open_session
from crm.people.service import register_member
from trade.catalog.queries import find_sku
from trade.orders.service import OrderedLine, PlaceOrder, place_order
from trade.payments.service import register_payment, register_refund, register_transfer
from trade.stores.models import Staff
from trade.stores.queries import find_store

SKU, STORE = "P9900-11", "S001"


class Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class WeComPart(Part):
    token: str
    encoding_aes_key: str = Field(alias="encodingAesKey")
    corp_id: str
    user_id: str


class AccountPart(Part):
    token: str
    encoding_aes_key: str = Field(alias="encodingAesKey")
    app_id: str
    gh_id: str
    format: str = "xml"


class PayPart(Part):
    mch_id: str
    api_v3_key: str = Field(alias="apiV3Key")
    public_key_id: str
    public_key_pem: str
    app_id: str


class OrderPart(Part):
    payment_no: str
    open_id: str
    total_fen: int = Field(gt=0)


class RefundPart(Part):
    refund_no: str
    refund_fen: int = Field(gt=0)


class TransferPart(Part):
    bill_no: str
    amount_fen: int = Field(gt=0)


class TestbedConfig(Part):
    """The file of `--config`: whose keys the shop has and which orders it has taken."""

    __test__ = False  # its name begins like a test's

    wecom: WeComPart
    official_account: AccountPart
    mini_program: AccountPart
    pay: PayPart
    order: OrderPart
    refund: RefundPart
    transfer: TransferPart


def run(config_file: Path, port: int) -> None:
    """Open the shop, print one line of JSON when it is ready, and close it on SIGTERM or Ctrl-C."""
    try:
        config = TestbedConfig.model_validate_json(config_file.read_bytes())
    except ValidationError as error:
        places = "; ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise click.ClickException(f"{config_file}: these keys do not fit: {places}") from None
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    home = Path(tempfile.mkdtemp(prefix="daogou-testbed-"))
    home.chmod(0o755)
    try:
        _keep_open(config, home, port or free_port(), ended)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _keep_open(config: TestbedConfig, home: Path, port: int, ended: Event) -> None:
    brand, tokens = _brand_of(config, home / "brand"), dict[str, str]()

    def seed(house: Household) -> None:
        tokens.update(asyncio.run(_seed(house, config, brand)))

    opening = Opening(
        home,
        port,
        "test",
        world_of(brand),
        seed,
        fast=True,
        secrets=_secrets_of(config),
    )
    with open_household(opening) as house:
        click.echo(json.dumps(_ready(house, tokens)))
        while not ended.wait(1):
            house.revive()


def _ready(house: Household, tokens: dict[str, str]) -> dict[str, Any]:
    kinds = {
        "wecom": "wecom",
        "officialAccount": "official-account",
        "miniProgram": "mini-program",
        "pay": "pay",
        "refund": "refund",
        "profitSharing": "profit-sharing",
        "transfer": "transfer",
    }
    return {
        "base": house.url,
        "paths": {kind: f"/callbacks/{path}" for kind, path in kinds.items()},
        "openapi": "/openapi.json",
        "tokens": tokens,
    }


def _secrets_of(config: TestbedConfig) -> dict[str, Any]:
    """Fresh secrets, but for those the client knows."""
    made = credentials.make()
    shop = made["shop"]
    wecom = config.wecom
    keys = {"token": wecom.token, "encoding_aes_key": wecom.encoding_aes_key}
    shop["wecom"] |= {"corp_id": wecom.corp_id, **keys}
    news = config.official_account.model_dump(exclude={"format"})
    shop["official_account"] |= news
    shop["mini_program"] |= config.mini_program.model_dump()
    shop["pay"] |= config.pay.model_dump()
    made["world"]["merchants"][0] |= {
        "mch_id": config.pay.mch_id,
        "app_ids": [config.pay.app_id],
        "api_v3_key": config.pay.api_v3_key,
        "platform_key_id": config.pay.public_key_id,
    }
    return made


def _brand_of(config: TestbedConfig, folder: Path) -> Path:
    """The example brand, without reductions, with the client's staff and goods at its price."""
    shutil.copytree(BRAND, folder)
    (folder / "full_reductions.csv").unlink()
    price = config.order.total_fen
    _append(folder / "staff.csv", user_id=config.wecom.user_id, role="guide", store_code=STORE)
    _append(folder / "products.csv", code="P9900", category="测试")
    _append(folder / "skus.csv", product_code="P9900", code=SKU, list_price_fen=str(price))
    _append(folder / "prices.csv", store_code=STORE, sku_code=SKU, price_fen=str(price))
    _append(folder / "stock.csv", store_code=STORE, sku_code=SKU, quantity="1000")
    return folder


def _append(path: Path, **values: str) -> None:
    """One more row, like the last one but for `values` and what must be unique."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    unique = {"barcode": "2990000000002", "login": ""}
    row = rows[-1] | {name: value for name, value in unique.items() if name in rows[-1]} | values
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(rows[-1])).writerow(row)


async def _seed(house: Household, config: TestbedConfig, brand: Path) -> dict[str, str]:
    settings = settings_of(house)
    await fill(settings, house.world["printers"], brand)
    wire(settings)
    assert settings.database_url
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    try:
        return await _take_orders(config)
    finally:
        await Tortoise.close_connections()


async def _take_orders(config: TestbedConfig) -> dict[str, str]:
    """The order, payment, refund and transfer the client knows; answers a token for each role."""
    open_id = config.order.open_id
    member_id = await register_member(app_id=config.pay.app_id, open_id=open_id)
    store, sku = await find_store(STORE), await find_sku(SKU)
    assert store is not None
    assert sku is not None
    wanted = PlaceOrder(
        member_id=member_id,
        store_id=store.id,
        lines=(OrderedLine(sku.id, 1),),
        idempotency_key="testbed-order",
    )
    order = await place_order(wanted)
    payment_no, total = config.order.payment_no, config.order.total_fen
    await register_payment(
        order_id=order.id, payment_no=payment_no, open_id=open_id, total_fen=total
    )
    refund, transfer = config.refund, config.transfer
    await register_refund(
        payment_no=payment_no, refund_no=refund.refund_no, refund_fen=refund.refund_fen
    )
    await register_transfer(bill_no=transfer.bill_no, amount_fen=transfer.amount_fen)
    return {"member": await open_session(role=Role.MEMBER, member_id=member_id)} | {
        role.value: await open_session(role=role, staff_id=await _staff_of(role))
        for role in Role
        if role not in {Role.MEMBER, Role.PARTNER}
    }


async def _staff_of(role: Role) -> int:
    staff = await Staff.filter(role=role, is_active=True).order_by("id").first()
    assert staff is not None
    return staff.id
