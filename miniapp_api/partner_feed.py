"""For outside programs: what changes here, by webhook or by asking (变更流与推送)."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

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

router = Router("/partner/v1", "partner")
READER = allow_partner(Grant.FEED_READ)
Kind = Annotated[str, StringConstraints(min_length=1, max_length=40)]


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
