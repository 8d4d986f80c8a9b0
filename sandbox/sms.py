"""An SMS provider: signed requests in, an inbox out; one id is sent once.

`POST /sms/send` with JSON `{"to", "text", "id"}` and the headers `X-Sms-App`, `X-Sms-Timestamp`
(seconds), `X-Sms-Nonce` and `X-Sms-Sign` = hex HMAC-SHA256(secret, timestamp + nonce + body).
"""

import hashlib
import hmac
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.timetable import Doc
from sandbox.world import World

WINDOW_S = 300
LONGEST = 500
_PHONE = re.compile(r"1[3-9]\d{9}")
_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class Refused(Exception):
    """A request that is not sent: HTTP status, code and words."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


def routes(world: World) -> list[BaseRoute]:
    """The provider's one call, and the inbox."""

    async def send(request: Request) -> Response:
        try:
            message = _checked(world, request, await request.body())
            return JSONResponse(_sent(world, message))
        except Refused as no:
            return JSONResponse({"code": no.code, "message": no.words}, status_code=no.status)

    async def inbox(request: Request) -> Response:
        return JSONResponse(messages(world, request.query_params.get("to", "")))

    return [Route("/sms/send", send, methods=["POST"]), Route("/_sim/sms", inbox)]


def messages(world: World, to: str = "") -> list[Doc]:
    """Every message, newest first, of one phone or of all."""
    found = reversed(world.collection("sms").values())
    return [message for message in found if to in ("", message["to"])]


def _checked(world: World, request: Request, raw: bytes) -> dict[str, Any]:
    _check_signature(world, request, raw)
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refused(400, "bad_json", "the body is not JSON") from None
    if not isinstance(body, dict) or set(body) != {"to", "text", "id"}:
        raise Refused(400, "bad_fields", "exactly to, text and id are expected")
    if not all(isinstance(value, str) for value in body.values()):
        raise Refused(400, "bad_fields", "to, text and id are texts")
    if not _PHONE.fullmatch(body["to"]):
        raise Refused(422, "bad_phone", "to is no mobile number")
    if not _ID.fullmatch(body["id"]) or not 1 <= len(body["text"]) <= LONGEST:
        raise Refused(422, "bad_text", f"id has 1-64 characters, text 1-{LONGEST}")
    return body


def _check_signature(world: World, request: Request, raw: bytes) -> None:
    config, head = world.config.sms, request.headers
    if config is None or head.get("x-sms-app") != config.app_key:
        raise Refused(401, "unknown_app", "no such app")
    stamp, nonce = head.get("x-sms-timestamp", ""), head.get("x-sms-nonce", "")
    is_fresh = stamp.isdigit() and abs(world.wall().timestamp() - int(stamp)) <= WINDOW_S
    if not is_fresh or not nonce:
        raise Refused(401, "stale", "timestamp or nonce is missing or old")
    signed = hmac.new(config.secret.encode(), f"{stamp}{nonce}".encode() + raw, hashlib.sha256)
    if not hmac.compare_digest(signed.hexdigest(), head.get("x-sms-sign", "")):
        raise Refused(401, "bad_signature", "the signature does not fit")
    _use_nonce(world, nonce, int(stamp))


def _use_nonce(world: World, nonce: str, stamp: int) -> None:
    """A request seen once is not taken again; what is older than the window is forgotten."""
    nonces = world.collection("sms_nonces")
    for old in [key for key, doc in nonces.items() if doc["at"] < stamp - 2 * WINDOW_S]:
        del nonces[old]
    if nonce in nonces:
        raise Refused(401, "replayed", "this nonce was used before")
    nonces[nonce] = {"at": stamp}


def _sent(world: World, message: dict[str, Any]) -> Doc:
    inbox = world.collection("sms")
    known = inbox.get(message["id"])
    if known is not None:
        if (known["to"], known["text"]) != (message["to"], message["text"]):
            raise Refused(409, "id_reused", "this id was used for another message")
        return {"code": "ok", "messageNo": known["message_no"], "duplicate": True}
    number = f"S{world.next_number('sms'):06d}"
    inbox[message["id"]] = {**message, "message_no": number, "at": world.now().isoformat()}
    world.changed()
    return {"code": "ok", "messageNo": number, "duplicate": False}
