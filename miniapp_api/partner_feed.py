"""For outside programs: orders, what changes here, and what an ERP says back (变更流与回写)."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from core.feed import (
    BadWebhook,
    FeedMessage,
    NewSecret,
    NotYetThere,
    SubscriptionUnknown,
    SubscriptionView,
    UnknownKinds,
    end_subscription,
    read_feed,
    renew_secret,
    replay_from,
    subscribe,
    subscriptions_of,
)
from core.security.scope import Grant, Scope
from core.web.api import Router, Schema
from core.web.policy import allow_partner
from devices.queries import MarkView, marks_of, order_numbered
from devices.service import mark_order
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderView
from trade.stores.queries import get_store

router = Router("/partner/v1", "partner")
READER = allow_partner(Grant.FEED_READ)
Kind = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class MarkIn(Schema):
    """What the ERP calls the order, and how far it is there, in its own words."""

    document_no: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/#-]{0,63}$")]
    state: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    exported_at: AwareDatetime


class MarkOut(Schema):
    document_no: str
    state: str
    exported_at: datetime
    noted_at: datetime


class OrderLineOut(Schema):
    sku_code: str
    quantity: int
    price_fen: int
    discount_fen: int
    payable_fen: int


class OrderOut(Schema):
    """An order without anybody's name. `marks` are what ERPs said of it."""

    order_no: str
    store_code: str
    state: str
    entrance: str
    outside_no: str | None
    payable_fen: int
    paid_fen: int
    refunded_fen: int
    placed_at: datetime
    paid_at: datetime | None
    lines: list[OrderLineOut]
    marks: list[MarkOut]


@router.get(
    "/orders/{order_no}",
    who=allow_partner(Grant.ORDERS_READ),
    summary="One order of my stores, and what ERPs call it",
    errors=(OrderNotFound,),
)
async def get_order(scope: Scope, order_no: str) -> OrderOut:
    order = await order_numbered(scope, order_no)
    return await _order(order, await marks_of(order.id))


@router.post(
    "/orders/{order_no}/marks",
    who=allow_partner(Grant.ORDERS_MARK),
    idempotent=False,  # saying it again changes nothing
    summary="The ERP's number and state of an order (回写)",
    errors=(OrderNotFound,),
)
async def post_mark(scope: Scope, order_no: str, body: MarkIn) -> OrderOut:
    marks = await mark_order(
        scope,
        order_no,
        document_no=body.document_no,
        state=body.state,
        exported_at=body.exported_at,
    )
    return await _order(await order_numbered(scope, order_no), marks)


class SubscriptionIn(Schema):
    """Without `url` nothing is sent: the messages wait to be asked for."""

    kinds: list[Kind] = Field(min_length=1, max_length=40)
    url: str = Field(default="", max_length=300)


class SubscriptionOut(Schema):
    """`lastSequence` was given out, `delivered` confirmed by the receiver."""

    subscription: str
    kinds: list[str]
    url: str
    state: str
    last_sequence: int
    delivered: int
    tries: int
    error: str


class SigningKeyOut(Schema):
    """`signingKey` signs what is sent, under `keyId`; it is shown this once."""

    key_id: str
    signing_key: str
    subscription: SubscriptionOut


@router.get("/subscriptions", who=READER, summary="My subscriptions and how far they are")
async def list_subscriptions(scope: Scope) -> list[SubscriptionOut]:
    return [_subscription(view) for view in await subscriptions_of(scope)]


@router.post(
    "/subscriptions",
    who=READER,
    status=201,
    idempotent=False,  # asking for the same again gives the same subscription a further secret
    summary="Hear of changes from now on (订阅)",
    errors=(UnknownKinds, BadWebhook),
)
async def post_subscription(scope: Scope, body: SubscriptionIn) -> SigningKeyOut:
    return _secret(await subscribe(scope, kinds=body.kinds, url=body.url))


@router.post(
    "/subscriptions/{subscription}/signing-keys",
    who=READER,
    status=201,
    idempotent=False,  # a lost answer is asked for again; the older secrets sign for a week
    summary="A further signing key; the older ones sign beside it for a week",
    errors=(SubscriptionUnknown,),
)
async def post_signing_key(scope: Scope, subscription: str) -> SigningKeyOut:
    return _secret(await renew_secret(scope, subscription))


class ReplayIn(Schema):
    """Everything after this number is sent again; 0 is from the beginning."""

    after: int = Field(ge=0, le=10**15)


@router.post(
    "/subscriptions/{subscription}/replay",
    who=READER,
    idempotent=False,
    summary="Send everything after a number again, in order (重放)",
    errors=(SubscriptionUnknown, NotYetThere),
)
async def post_replay(scope: Scope, subscription: str, body: ReplayIn) -> SubscriptionOut:
    return _subscription(await replay_from(scope, subscription, after=body.after))


class FeedQuery(Schema):
    subscription: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    after: int = Field(default=0, ge=0, le=10**15)
    limit: int = Field(default=100, ge=1, le=200)


class MessageOut(Schema):
    """`data` is what the message's kind says. `isSetAside`: the receiver refused it."""

    sequence: int
    kind: str
    subject: str
    at: datetime
    data: dict[str, Any]
    is_set_aside: bool


class FeedOut(Schema):
    last_sequence: int
    messages: list[MessageOut]


@router.get(
    "/feed",
    who=READER,
    summary="Messages after a number, in order, without a hole (变更流)",
    errors=(SubscriptionUnknown,),
)
async def get_feed(scope: Scope, query: FeedQuery) -> FeedOut:
    page = await read_feed(scope, query.subscription, after=query.after, limit=query.limit)
    return FeedOut(
        last_sequence=page.subscription.last_sequence,
        messages=[_message(message) for message in page.messages],
    )


@router.delete(
    "/subscriptions/{subscription}",
    who=READER,
    summary="Hear no more",
    errors=(SubscriptionUnknown,),
)
async def delete_subscription(scope: Scope, subscription: str) -> None:
    await end_subscription(scope, subscription)


def _message(message: FeedMessage) -> MessageOut:
    return MessageOut.of(message)


def _subscription(view: SubscriptionView) -> SubscriptionOut:
    return SubscriptionOut.of(view, subscription=view.public_id, kinds=list(view.kinds))


def _secret(made: NewSecret) -> SigningKeyOut:
    return SigningKeyOut(
        key_id=made.key_id, signing_key=made.secret, subscription=_subscription(made.subscription)
    )


async def _order(order: OrderView, marks: list[MarkView]) -> OrderOut:
    return OrderOut.of(
        order,
        store_code=(await get_store(order.store_id)).code,
        lines=[OrderLineOut.of(line) for line in order.lines],
        marks=[MarkOut.of(mark) for mark in marks],
    )
