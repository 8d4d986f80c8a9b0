"""Where boxes speak to us: HTTPS with a client certificate of ours on every call but the first.

TLS ends in our own gate, or at a proxy in front that passes the certificate on in a header. The
header is believed from the networks of `trusted_proxies` alone.
"""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import unquote

from pydantic import AwareDatetime, Field
from starlette.requests import Request

from core.settings import current
from core.strict_json import NotStrict, read_object
from core.web.api import Router, Schema
from core.web.limits import check_rate
from core.web.policy import SIGNED
from devices.boxes import enrolling
from devices.boxes.authority import der_of
from devices.boxes.errors import BoxRefused, InviteRefused, PaperUnreadable, RequestUnfit
from devices.boxes.knowing import Speaker, box_of_certificate
from devices.boxes.receiving import take_paper
from devices.boxes.wire import read_paper

router = Router("/boxes/v1", "boxes")
HEADER = "x-client-certificate"
TRIES_A_MINUTE = 10
CALLS_A_MINUTE = 1_200

Pem = Annotated[str, Field(min_length=100, max_length=4_000)]
Version = Annotated[str, Field(max_length=20, pattern=r"^[\w.+-]*$")]


class EnrolBody(Schema):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    request: Pem


class RenewBody(Schema):
    request: Pem


class KeyAnswer(Schema):
    kid: int
    secret: str


class PapersAnswer(Schema):
    """`secret` is hex. `url` is where the box speaks to us from now on."""

    box: str
    store_id: int
    certificate: str
    authority: str
    key: KeyAnswer
    receipt_url: str
    url: str
    is_gate: bool
    layout: dict[str, str]
    layout_no: int


class BeatBody(Schema):
    at: AwareDatetime
    version: Version
    waiting: Annotated[int, Field(ge=0, le=10**9)]
    has_printer: bool | None = None
    kid: Annotated[int, Field(ge=0, le=65_535)]
    layout_no: Annotated[int, Field(ge=0, le=10**9)]


class OrdersAnswer(Schema):
    now: datetime
    must_renew: bool
    layout_no: int
    layout: dict[str, str] | None


class TakenAnswer(Schema):
    result: str


@router.post(
    "/enrolments",
    who=SIGNED,
    idempotent=False,
    status=201,
    summary="A box comes in with its one-time code (盒子入网)",
    errors=(InviteRefused, RequestUnfit),
)
async def enrol(request: Request, body: EnrolBody) -> PapersAnswer:
    address = request.client.host if request.client else ""
    await check_rate("box-enrol", address, per_minute=TRIES_A_MINUTE)
    return _papers(await enrolling.enrol(body.code, body.request))


@router.post(
    "/renewals",
    who=SIGNED,
    idempotent=False,
    status=201,
    summary="A new certificate, and a new receipt key where one is due (更换密钥)",
    errors=(BoxRefused, RequestUnfit),
)
async def renew(request: Request, body: RenewBody) -> PapersAnswer:
    return _papers(await enrolling.renew(await _speaker(request), body.request))


@router.post(
    "/beats",
    who=SIGNED,
    idempotent=False,
    summary="How a box is, and what it shall do (盒子心跳)",
    errors=(BoxRefused,),
)
async def beat(request: Request, body: BeatBody) -> OrdersAnswer:
    said = enrolling.Beat(**body.model_dump(by_alias=False))
    return OrdersAnswer.of(await enrolling.hear_beat(await _speaker(request), said))


@router.post(
    "/papers",
    who=SIGNED,
    idempotent=False,
    status=201,
    summary="One paper that a box read; the same key again is the same paper (上传小票)",
    errors=(BoxRefused, PaperUnreadable),
)
async def take(request: Request) -> TakenAnswer:
    speaker = await _speaker(request)
    try:
        told = read_paper(read_object(await request.body()))
    except NotStrict:
        raise PaperUnreadable(place="body") from None
    if request.headers.get("idempotency-key", told.key) != told.key:
        raise PaperUnreadable(place="idempotency-key")
    return TakenAnswer(result=(await take_paper(speaker, told)).result)


async def _speaker(request: Request) -> Speaker:
    """Raises BoxRefused, and TooManyTries for a box that calls without end."""
    speaker = await box_of_certificate(_certificate(request))
    await check_rate("box", speaker.public_id, per_minute=CALLS_A_MINUTE)
    return speaker


def _certificate(request: Request) -> bytes | None:
    """As our own TLS saw it, else as a trusted proxy passes it on."""
    seen: bytes | None = getattr(request.state, "client_certificate", None)
    said = request.headers.get(HEADER, "")
    if seen is not None or not said or not _is_from_proxy(request):
        return seen
    try:
        return der_of(unquote(said[:16_000]))
    except ValueError:
        return None


def _is_from_proxy(request: Request) -> bool:
    """By the address of the connection itself, which no header can change."""
    try:
        peer = ip_address(getattr(request.state, "peer", ""))
    except ValueError:
        return False
    return any(peer in network for network in current().trusted_proxies)


def _papers(given: enrolling.Papers) -> PapersAnswer:
    key = KeyAnswer(kid=given.key.kid, secret=given.key.secret.hex())
    return PapersAnswer.of(given, key=key)
