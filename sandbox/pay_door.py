"""The door of WeChat Pay v3: every request is verified strictly, every answer is signed."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import faults, pay_crypto
from sandbox.config import Merchant
from sandbox.msg_crypto import Refused
from sandbox.world import World


class PayError(Exception):
    """A refusal of WeChat Pay: HTTP status, code, message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class PayCall:
    """A verified request of one merchant."""

    world: World
    merchant: Merchant
    body: dict[str, Any]
    path: Mapping[str, str]
    query: Mapping[str, str]
    note: dict[str, Any]

    def check_mchid(self, given: object) -> None:
        """Raises PayError when the number in the request is not the signer's."""
        if given != self.merchant.mch_id:
            raise PayError(400, "PARAM_ERROR", "商户号与签名的商户号不一致")


PayAnswer = Callable[[PayCall], Awaitable[dict[str, Any] | None]]


def pay_api(world: World, method: str, path: str, answer: PayAnswer) -> Route:
    """A route of api.mch.weixin.qq.com; an answer of None is 204 without a body."""

    async def endpoint(request: Request) -> Response:
        note: dict[str, Any] = {"api": path}
        request.state.note = note
        merchant: Merchant | None = None
        fault: faults.Fault | None = None
        try:
            merchant, given = _named(world, request)
            note["mch_id"] = merchant.mch_id
            body = await _verified(world, merchant, given, request)
            fault = _ordered(world, request)
            _fail_before(fault)
            call = PayCall(world, merchant, body, request.path_params, request.query_params, note)
            result = await answer(call)
            _fail_after(fault)
            status, text = (204, b"") if result is None else (200, _dump(result))
        except PayError as no:
            note["code"] = no.code
            status, text = no.status, _dump({"code": no.code, "message": no.message})
        headers = _signed(world, merchant, text, fault) if merchant else {}
        return Response(text, status, headers=headers, media_type="application/json")

    return Route(path, endpoint, methods=[method], name=f"{method} {path}")


def pay_file(world: World, path: str, answer: Callable[[PayCall], Awaitable[bytes]]) -> Route:
    """A download: the request is signed as any other, the bytes that come are not."""

    async def endpoint(request: Request) -> Response:
        note: dict[str, Any] = {"api": path}
        request.state.note = note
        try:
            merchant, given = _named(world, request)
            note["mch_id"] = merchant.mch_id
            await _verified(world, merchant, given, request)
            _fail_before(_ordered(world, request))
            call = PayCall(world, merchant, {}, request.path_params, request.query_params, note)
            return Response(await answer(call), media_type="application/octet-stream")
        except PayError as no:
            note["code"] = no.code
            body = _dump({"code": no.code, "message": no.message})
            return Response(body, no.status, media_type="application/json")

    return Route(path, endpoint, methods=["GET"], name=f"GET {path}")


def signature_headers(
    world: World, merchant: Merchant, body: bytes, fault: str = ""
) -> dict[str, str]:
    """The Wechatpay headers over a body, of an answer or a notice; a fault spoils them."""
    stamp = str(int(world.wall().timestamp()) - (600 if fault == "stale" else 0))
    nonce = world.new_id("pay nonce", 32)
    signature = pay_crypto.sign(
        merchant.platform_private_key_pem, pay_crypto.lines(stamp, nonce, body)
    )
    serial = merchant.platform_key_id
    if fault == "wrong_signature":
        signature = pay_crypto.sign(merchant.platform_private_key_pem, b"something else")
    elif fault == "signtest":
        signature = pay_crypto.PROBE + signature[len(pay_crypto.PROBE) :]
    elif fault == "wrong_serial":
        serial = "PUB_KEY_ID_0000000000000000000000000000"
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": signature,
        "Wechatpay-Signature-Type": pay_crypto.SCHEME,
    }


def _ordered(world: World, request: Request) -> faults.Fault | None:
    path = request.url.path
    kinds = faults.ANSWER | faults.SIGNATURE
    return faults.over_limit(world, path) or faults.take(world, f"{request.method} {path}", kinds)


def _signed(
    world: World, merchant: Merchant, body: bytes, fault: faults.Fault | None
) -> dict[str, str]:
    request_id = {"Request-ID": world.new_id("pay request", 32)}
    kind = fault.kind if fault is not None else ""
    if kind == "unsigned":
        return request_id
    return {**request_id, **signature_headers(world, merchant, body, kind)}


def _fail_before(fault: faults.Fault | None) -> None:
    if fault is not None and not fault.after:
        _fail(fault)


def _fail_after(fault: faults.Fault | None) -> None:
    if fault is not None and fault.after:
        _fail(fault)


def _fail(fault: faults.Fault) -> None:
    if fault.kind == "http500":
        raise PayError(500, "SYSTEM_ERROR", "系统异常，请用相同参数重新调用")
    if fault.kind == "429":
        raise PayError(429, "RATELIMIT_EXCEEDED", "频率限制")
    if fault.kind == "errcode":
        raise PayError(403, fault.code or "RULE_LIMIT", "业务规则限制")


def _named(world: World, request: Request) -> tuple[Merchant, pay_crypto.Authorization]:
    try:
        given = pay_crypto.read_authorization(request.headers.get("authorization", ""))
    except Refused:
        raise PayError(401, "SIGN_ERROR", "Authorization 格式错误") from None
    merchant = world.merchants.get(given.mchid)
    if merchant is None:
        raise PayError(401, "SIGN_ERROR", "商户号不存在")
    return merchant, given


async def _verified(
    world: World, merchant: Merchant, given: pay_crypto.Authorization, request: Request
) -> dict[str, Any]:
    raw = await request.body()
    try:
        _check(world, merchant, given, request, raw)
    except Refused as no:
        raise PayError(401, "SIGN_ERROR", f"签名错误 ({no})") from None
    return _json(raw) if request.method == "POST" else {}


def _check(
    world: World,
    merchant: Merchant,
    given: pay_crypto.Authorization,
    request: Request,
    raw: bytes,
) -> None:
    if given.serial_no != merchant.merchant_serial:
        raise Refused("serial")
    now = world.wall().timestamp()
    window = world.config.limits.signature_window_s
    pay_crypto.check_fresh(given.timestamp, now, window)
    path: bytes = request.scope["raw_path"]
    if request.scope["query_string"]:
        path += b"?" + request.scope["query_string"]
    text = pay_crypto.lines(request.method, path, given.timestamp, given.nonce_str, raw)
    pay_crypto.check(merchant.merchant_public_key_pem, text, given.signature)
    _check_nonce(world, merchant, given.nonce_str, now)


def _check_nonce(world: World, merchant: Merchant, nonce: str, now: float) -> None:
    """A nonce counts once; the older half is forgotten when its timestamps would be refused."""
    if not 1 <= len(nonce) <= 32:
        raise Refused("nonce length")
    window = 2 * world.config.limits.signature_window_s
    young, old = world.nonces.setdefault(merchant.mch_id, ({}, {}))
    if nonce in young or nonce in old:
        raise Refused("nonce used before")
    if young and now - next(iter(young.values())) > window:
        world.nonces[merchant.mch_id] = ({nonce: now}, young)
    else:
        young[nonce] = now


def _json(raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise PayError(400, "PARAM_ERROR", "请求体不是 JSON") from None
    if not isinstance(body, dict):
        raise PayError(400, "PARAM_ERROR", "请求体不是对象")
    return body


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
