"""Money comes into the account of whoever the store's money belongs to."""

import json
from typing import Any

import pytest

from core import clock
from core.errors import NotConfigured
from core.ledger import Account, AccountKind, balance
from core.settings import Settings, configure, current
from sandbox import pay_crypto, pay_door, pay_phone
from sandbox.config import Merchant
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.orders import a_shelf, an_order, member_scope
from tests.scenes.payments import open_id_of
from tests.scenes.stores import a_store
from tests.trade.payments.test_codes import cashier
from trade.orders.queries import OrderState, order_of
from trade.payments import gateway
from trade.payments.models import Payment, Refund
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.service import ask_payment, refund, show_code, start_payment

pytestmark = pytest.mark.usefixtures("db")
OTHER = "1900009999"
OTHER_KEY = "PUB_KEY_ID_0000000000000000000000009999"


def another_merchant(world: World, store_code: str) -> Merchant:
    """A franchisee's merchant number, at WeChat Pay and in our settings."""
    pay = current().pay
    assert pay is not None
    there = world.merchants[pay.mch_id]
    changed = {"mch_id": OTHER, "platform_key_id": OTHER_KEY, "api_v3_key": "k" * 32}
    world.merchants[OTHER] = there.model_copy(update=changed)
    own = pay.model_dump() | {
        "mch_id": OTHER,
        "public_key_id": OTHER_KEY,
        "api_v3_key": "k" * 32,
        "store_codes": [store_code],
    }
    configure(Settings.model_validate(current().model_dump() | {"more_pay": [own]}))
    return world.merchants[OTHER]


async def test_a_store_collects_under_its_own_merchant(world: World) -> None:
    franchised, direct = await a_store(), await a_store()
    another_merchant(world, franchised.code)
    theirs = await an_order(await a_shelf(store_id=franchised.id, list_price_fen=10_000))
    ours = await an_order(await a_shelf(store_id=direct.id))
    code = await show_code(cashier(theirs), order_id=theirs.public_id)
    await start_payment(member_scope(), order_id=ours.public_id, open_id=open_id_of(world))
    pay_phone.scan(world, "u1", code.code_url)
    payment = await Payment.get(order_id=theirs.id)
    await ask_payment(payment_id=payment.id)
    await refund(order_id=theirs.id, amount_fen=400, reason="退货", key="r")
    await tell_everyone()
    pay = current().pay

    assert pay is not None
    assert (payment.mch_id, (await Payment.get(order_id=ours.id)).mch_id) == (OTHER, pay.mch_id)
    assert (await order_of(theirs.id)).state is OrderState.PAID
    assert await balance(Account(AccountKind.MONEY_WECHAT, f"merchant:{OTHER}")) == 10_000
    assert (await Refund.get()).state == "processing"
    assert {key.partition("/")[0] for key in world.collection("pay_refunds")} == {OTHER}


def notice_of(world: World, merchant: Merchant, mch_id: str) -> tuple[list[Any], bytes]:
    """A notice that WeChat Pay signs and seals for `merchant`, about `mch_id`."""
    said = json.dumps({"mchid": mch_id}).encode()
    resource = {
        "original_type": "transaction",
        "algorithm": "AEAD_AES_256_GCM",
        "associated_data": "transaction",
        "nonce": "n" * 12,
        "ciphertext": pay_crypto.seal(merchant.api_v3_key, said, "transaction", "n" * 12),
    }
    body = json.dumps({"id": "1", "event_type": "TRANSACTION.SUCCESS", "resource": resource})
    headers = pay_door.signature_headers(world, merchant, body.encode())
    return list(headers.items()), body.encode()


async def test_a_notice_is_opened_with_the_keys_of_its_merchant(world: World) -> None:
    merchant = another_merchant(world, "S-1")
    headers, body = notice_of(world, merchant, OTHER)
    notice = gateway.read_notice(headers, body, at=clock.now())
    foreign, foreign_body = notice_of(world, merchant, "1900000000")

    assert json.loads(notice.plaintext) == {"mchid": OTHER}
    with pytest.raises(Untrusted):
        gateway.read_notice(foreign, foreign_body, at=clock.now())


async def test_a_merchant_we_do_not_have_is_not_asked(world: World) -> None:
    assert world.merchants
    with pytest.raises(NotConfigured):
        await gateway.query("P2611220000000001", mch_id="1900000000")
