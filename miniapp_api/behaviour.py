"""我的足迹: what a phone tells of its person's steps, and a member's own journey."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.security.source_code import BadSourceCode, Source, read_source
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.limits import TooManyTries, check_rate
from core.web.policy import PUBLIC, allow
from crm.behaviour.errors import JourneyCursorUnknown
from crm.behaviour.queries import MOST_IN_A_BATCH, journey_of
from crm.behaviour.service import Batch, Taken, Told, take_steps

router = Router("/api/v1", "behaviour")
MEMBER = allow(Role.MEMBER)
A_PHONE, AN_ADDRESS = 60, 1_200  # batches a minute; a shop's guests share one address

VisitorToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]


class StepIn(Schema):
    """`id` is the phone's own number of this step; told again with it, it is the same step."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    kind: str = Field(min_length=1, max_length=20)
    at: AwareDatetime
    product_id: str = Field(default="", max_length=40)
    store_code: str = Field(default="", max_length=40)
    subject: str = Field(default="", max_length=80)


class StepsIn(Schema):
    """`visitor` is a number the phone drew once and keeps; `sentAt` is its clock on sending.

    `source` is the code of the card or QR it came by, `scene` WeChat's number of the entrance.
    """

    visitor: VisitorToken
    sent_at: AwareDatetime
    source: str | None = Field(default=None, max_length=200)
    scene: int | None = Field(default=None, ge=0, le=100_000)
    campaign: str = Field(default="", max_length=40)
    steps: list[StepIn] = Field(min_length=1, max_length=MOST_IN_A_BATCH)


class RefusedOut(Schema):
    """`why` is kind, product or store: it is not known here, and telling it again will not help."""

    id: str
    why: str


class TakenOut(Schema):
    """`known` steps were here before. The phone may forget the whole batch."""

    kept: int
    known: int
    refused: list[RefusedOut]


class StepOut(Schema):
    """`text` is in the asker's language; `subject` is an order number or what was looked for."""

    kind: str
    text: str
    at: datetime
    product_id: str
    product: str
    store: str
    subject: str


class JourneyOut(Schema):
    """`nextCursor` is null on the last page."""

    steps: list[StepOut]
    next_cursor: str | None


class JourneyQuery(Schema):
    cursor: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=30, ge=1, le=100)


@router.post(
    "/behaviour",
    who=PUBLIC,
    summary="What was viewed, shared, put in the cart …, up to a hundred steps (行为上报)",
    errors=(TooManyTries,),
    idempotent=False,
)
async def post_behaviour(request: Request, scope: Scope | None, body: StepsIn) -> TakenOut:
    """Each step is kept once, however often a batch is sent. Before a sign-in it is nobody's."""
    phone = sha256(body.visitor.encode()).hexdigest()
    await check_rate("behaviour.phone", phone, per_minute=A_PHONE)
    address = request.client.host if request.client else ""
    await check_rate("behaviour.address", address, per_minute=AN_ADDRESS)
    member_id = scope.member_id if scope and scope.role is Role.MEMBER else None
    return _out(await take_steps(_batch(body, member_id)))


@router.get(
    "/journey",
    who=MEMBER,
    summary="My steps, the newest first (我的足迹)",
    errors=(JourneyCursorUnknown,),
)
async def get_journey(request: Request, scope: Scope, query: JourneyQuery) -> JourneyOut:
    assert scope.member_id is not None
    page = await journey_of(scope.member_id, cursor=query.cursor, limit=query.limit)
    is_en = language_of(request) == "en"
    steps = [StepOut.of(one, text=one.en if is_en else one.zh) for one in page.steps]
    return JourneyOut(steps=steps, next_cursor=page.next_cursor)


def _batch(body: StepsIn, member_id: int | None) -> Batch:
    return Batch(
        visitor=body.visitor,
        sent_at=body.sent_at,
        steps=tuple(
            Told(one.id, one.kind, one.at, one.product_id, one.store_code, one.subject)
            for one in body.steps
        ),
        member_id=member_id,
        source=_source(body.source),
        scene=body.scene,
        campaign=body.campaign,
    )


def _source(code: str | None) -> Source | None:
    """A card that does not read bars nobody."""
    try:
        return read_source(code) if code else None
    except BadSourceCode:
        return None


def _out(taken: Taken) -> TakenOut:
    return TakenOut(
        kept=taken.kept,
        known=taken.known,
        refused=[RefusedOut.of(one) for one in taken.refused],
    )
