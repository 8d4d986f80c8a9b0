"""The feed (变更流): what partners hear of us, in one order, without a hole, as often as they ask.

`tells` says which event becomes which message. Everything else is the worker's and the entrances'.
"""

from core.feed.delivering import deliver
from core.feed.errors import (
    BadWebhook,
    NotYetThere,
    SubscriptionUnknown,
    UnknownKinds,
)
from core.feed.kinds import Part, kinds, tells
from core.feed.numbering import number_changes
from core.feed.reading import FeedMessage, FeedPage, read_feed
from core.feed.subscriptions import (
    NewSecret,
    SubscriptionView,
    all_subscriptions,
    end_subscription,
    renew_secret,
    replay_from,
    subscribe,
    subscriptions_of,
)

__all__ = [
    "BadWebhook",
    "FeedMessage",
    "FeedPage",
    "NewSecret",
    "NotYetThere",
    "Part",
    "SubscriptionUnknown",
    "SubscriptionView",
    "UnknownKinds",
    "all_subscriptions",
    "deliver",
    "end_subscription",
    "kinds",
    "number_changes",
    "read_feed",
    "renew_secret",
    "replay_from",
    "subscribe",
    "subscriptions_of",
    "tells",
]
