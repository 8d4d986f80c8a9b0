"""What all callbacks of the platform do: verify, keep, answer; the work comes later.

A refusal is 400 with one fixed text, whatever was wrong; which check failed stands in the log.
"""

import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.protocol.envelope import MAX_BYTES, encrypted_part, read_query
from bot.protocol.events import key_of, read_news
from bot.protocol.msgcrypt import MsgCrypt
from bot.protocol.signatures import is_account_signature
from bot.protocol.untrusted import Untrusted
from core.inbox import receive

log = logging.getLogger(__name__)


def query_of(request: Request) -> dict[str, str]:
    return read_query(request.scope["query_string"])


async def body_of(request: Request) -> bytes:
    """The raw body. Raises Untrusted as soon as it is longer than a callback can be."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                raise Untrusted("malformed")
    except ClientDisconnect:
        raise Untrusted("malformed") from None
    return bytes(body)


def show_sealed_echo(request: Request, crypt: MsgCrypt) -> Response:
    """WeCom's URL check: the echo (echostr) is sealed, and answered as plain text."""
    try:
        query = query_of(request)
        echo = crypt.open(query.get("echostr", ""), **_signed(query))
    except Untrusted as odd:
        return refuse(request, odd.reason)
    return PlainTextResponse(echo)


def show_plain_echo(request: Request, token: str) -> Response:
    """The URL check of official accounts and mini-programs: never sealed, also in safe mode."""
    try:
        query = query_of(request)
    except Untrusted as odd:
        return refuse(request, odd.reason)
    signature, when = query.get("signature", ""), query.get("timestamp", "")
    holds = is_account_signature(
        token, signature=signature, timestamp=when, nonce=query.get("nonce", "")
    )
    echo = query.get("echostr", "")
    return PlainTextResponse(echo) if holds and echo else refuse(request, "signature")


async def take(request: Request, source: str, crypt: MsgCrypt) -> Response:
    """Keep one sealed message under the name of its content and answer `success`.

    Answered only after it is kept: when that fails, the platform sends it again.
    """
    try:
        query = query_of(request)
        encrypt = encrypted_part(await body_of(request))
        plaintext = crypt.open(encrypt, **_signed(query))
        if "\0" in plaintext:
            raise Untrusted("text")
    except Untrusted as odd:
        return refuse(request, odd.reason)
    is_new = await receive(source, _key_of(plaintext), plaintext, _when(query))
    log.info("callback kept" if is_new else "callback known", extra={"source": source})
    return PlainTextResponse("success")


def refuse(request: Request, reason: str) -> Response:
    log.warning("callback refused", extra={"route": request.state.route, "reason": reason})
    return PlainTextResponse("refused", 400)


def _signed(query: dict[str, str]) -> dict[str, str]:
    return {
        "signature": query.get("msg_signature", ""),
        "timestamp": query.get("timestamp", ""),
        "nonce": query.get("nonce", ""),
    }


def _when(query: dict[str, str]) -> dict[str, str]:
    return {name: query.get(name, "")[:64] for name in ("timestamp", "nonce")}


def _key_of(plaintext: str) -> str:
    try:
        return key_of(plaintext, read_news(plaintext))
    except Untrusted:  # sealed by the platform and yet unreadable: kept, for a person to look at
        return key_of(plaintext, None)
