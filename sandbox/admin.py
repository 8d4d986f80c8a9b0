"""Admin of the world: reset, clock, apps, faults, and looking at what happened."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.routing import BaseRoute

from sandbox import (
    admin_people,
    callbacks,
    faults,
    messages,
    pay_ledger,
    pay_notices,
    pay_phone,
    pay_refunds,
    people,
)
from sandbox.admin_door import Ask, act
from sandbox.config import App, Corp, Merchant
from sandbox.timetable import Doc
from sandbox.world import World


def routes(world: World) -> list[BaseRoute]:
    """Every /_sim call; starts what the timetable delivers."""
    for part in (callbacks, pay_notices, pay_refunds):
        part.start(world)
    return [
        act(world, "POST", "/reset", _reset),
        act(world, "GET", "/clock", _clock),
        act(world, "POST", "/clock", _set_clock),
        act(world, "POST", "/apps", _add_app),
        act(world, "POST", "/corps", _add_corp),
        act(world, "POST", "/merchants", _add_merchant),
        act(world, "POST", "/callback_check", _check_callback),
        act(world, "POST", "/merchants/{mch_id}/refund_outcome", _refund_outcome),
        act(world, "GET", "/outbox", _outbox),
        act(world, "GET", "/calls", _calls),
        act(world, "GET", "/callbacks", _callbacks),
        act(world, "POST", "/callbacks/{callback_id}/resend", _resend),
        act(world, "GET", "/faults", _faults),
        act(world, "POST", "/faults", _add_fault),
        act(world, "DELETE", "/faults", _clear_faults),
        act(world, "GET", "/orders", _orders),
        act(world, "POST", "/orders/{number}/pay", _pay_order),
        act(world, "GET", "/invariants", _invariants),
        *admin_people.routes(world),
    ]


async def _reset(ask: Ask) -> Doc:
    ask.world.clear()
    people.set_up(ask.world)
    return {"ok": True}


async def _clock(ask: Ask) -> Doc:
    return {"now": ask.world.now().isoformat()}


async def _set_clock(ask: Ask) -> Doc:
    """Forward runs what is due in between, in order; backward only moves the clock."""
    world = ask.world
    if "now" in ask.body:
        target = datetime.fromisoformat(ask.text("now"))
        if target.tzinfo is None:
            raise ValueError("now needs an offset, as 2026-11-22T10:00:00+08:00")
    else:
        target = world.now() + timedelta(seconds=float(ask.body["advance_s"]))
    if target < world.now():
        world.set_now(target)
    await world.timetable.advance(target)
    return await _clock(ask)


async def _add_app(ask: Ask) -> Doc:
    made = {
        "app_id": ask.world.new_id("app id", 16, "wx").lower(),
        "secret": secrets.token_hex(16),
        "token": secrets.token_hex(8),
        "encoding_aes_key": _aes_key(),
    }
    app = App.model_validate({**made, **_known(ask.world.apps, ask, "app_id"), **ask.body})
    ask.world.collection("apps")[app.app_id] = app.model_dump(mode="json")
    people.set_up(ask.world)
    return app.model_dump(mode="json")


async def _add_corp(ask: Ask) -> Doc:
    made = {
        "corp_id": ask.world.new_id("corp id", 16, "ww").lower(),
        "agent_id": 1000002,
        "secret": secrets.token_hex(16),
        "contact_secret": secrets.token_hex(16),
        "token": secrets.token_hex(8),
        "encoding_aes_key": _aes_key(),
    }
    corp = Corp.model_validate({**made, **_known(ask.world.corps, ask, "corp_id"), **ask.body})
    ask.world.collection("corps")[corp.corp_id] = corp.model_dump(mode="json")
    people.set_up(ask.world)
    return corp.model_dump(mode="json")


async def _add_merchant(ask: Ask) -> Doc:
    """Answers also the keys that the merchant needs, which no other call shows."""
    merchant_key, platform_key = _rsa(), _rsa()
    made = {
        "mch_id": ask.world.stable_digits("mch", str(ask.world.next_number("mch"))),
        "app_ids": list(ask.world.apps),
        "merchant_serial": secrets.token_hex(20).upper(),
        "merchant_public_key_pem": _public_pem(merchant_key),
        "api_v3_key": secrets.token_hex(16),
        "platform_key_id": "PUB_KEY_ID_" + secrets.token_hex(16),
        "platform_private_key_pem": _private_pem(platform_key),
    }
    merchant = Merchant.model_validate(
        {**made, **_known(ask.world.merchants, ask, "mch_id"), **ask.body}
    )
    ask.world.collection("merchants")[merchant.mch_id] = merchant.model_dump(mode="json")
    people.set_up(ask.world)
    return {
        **merchant.model_dump(mode="json"),
        "merchant_private_key_pem": _private_pem(merchant_key),
        "platform_public_key_pem": _public_pem(platform_key),
    }


def _known(models: Any, ask: Ask, key: str) -> Doc:
    """What an app, corp or merchant has already, so that a call may change one field."""
    found = models.get(ask.body.get(key))
    return found.model_dump(mode="json") if found is not None else {}


def _aes_key() -> str:
    return secrets.token_hex(21) + "0"


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _public_pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


async def _check_callback(ask: Ask) -> Doc:
    """The GET that the platform makes when a callback address is saved."""
    target = ask.text("target")
    found = ask.world.apps.get(target) or ask.world.corps.get(target)
    if found is None:
        raise people.Unknown("app or corp")
    return {"ok": await callbacks.check_url(ask.world, found)}


async def _refund_outcome(ask: Ask) -> Doc:
    """How the merchant's next refund ends: SUCCESS, ABNORMAL or CLOSED."""
    outcome = ask.text("outcome")
    if outcome not in {"SUCCESS", "ABNORMAL", "CLOSED"}:
        raise ValueError("outcome must be SUCCESS, ABNORMAL or CLOSED")
    ask.world.collection("refund_outcomes")[ask.path["mch_id"]] = {"outcome": outcome}
    return {"ok": True}


async def _outbox(ask: Ask) -> list[Doc]:
    query = ask.query
    return messages.outbox(ask.world, to=query.get("to", ""), channel=query.get("channel", ""))


async def _calls(ask: Ask) -> list[Doc]:
    path = ask.query.get("path", "")
    return [line for line in ask.world.calls if path in str(line.get("path", ""))]


async def _callbacks(ask: Ask) -> list[Doc]:
    """Tries of callbacks and notices; what was encrypted is shown as `plain` or `content`."""
    target, kind = ask.query.get("target", ""), ask.query.get("kind", "")
    return [
        {name: value for name, value in doc.items() if name not in {"body", "query"}}
        for doc in ask.world.collection("callbacks").values()
        if target in ("", doc["target"]) and kind in ("", doc["kind"])
    ]


async def _resend(ask: Ask) -> Doc:
    callback_id, fault = ask.path["callback_id"], ask.text("fault", "")
    doc = ask.world.collection("callbacks")[callback_id]
    if doc["kind"] == "event":
        return await callbacks.resend(ask.world, callback_id)
    if fault and fault not in faults.NOTICE | faults.SIGNATURE:
        raise ValueError("no such fault of a notice")
    return await pay_notices.resend(ask.world, callback_id, fault)


async def _faults(ask: Ask) -> list[Doc]:
    return list(ask.world.collection("faults").values())


async def _add_fault(ask: Ask) -> Doc:
    return faults.order(ask.world, ask.body)


async def _clear_faults(ask: Ask) -> Doc:
    ask.world.collection("faults").clear()
    return {"ok": True}


async def _orders(ask: Ask) -> list[Doc]:
    return list(ask.world.collection("pay_orders").values())


async def _pay_order(ask: Ask) -> Doc:
    """Pay past the phone: before the prepay answer, after the close, or `again` a second time."""
    mch_id = ask.text("mch_id", next(iter(ask.world.merchants), ""))
    again = ask.body.get("again") is True
    return pay_phone.force(ask.world, mch_id, ask.path["number"], again=again)


async def _invariants(ask: Ask) -> Doc:
    return pay_ledger.invariants(ask.world)
