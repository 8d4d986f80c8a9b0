"""The feed for those who ask: the same messages under the same numbers."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql
from core.feed.subscriptions import SubscriptionView, my_subscription, view_of
from core.security.scope import Scope

MOST = 200

PAGE = """
SELECT m.sequence, d.kind, d.subject, d.at, d.data, m.set_aside_at IS NOT NULL AS is_set_aside
FROM feed_message AS m JOIN feed_document AS d ON d.id = m.document_id
WHERE m.subscription_id = $1 AND m.sequence > $2 ORDER BY m.sequence LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class FeedMessage:
    sequence: int
    kind: str
    subject: str
    at: datetime
    data: dict[str, Any]
    is_set_aside: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`subscription.last_sequence` says how far there is to read."""

    subscription: SubscriptionView
    messages: tuple[FeedMessage, ...]


async def read_feed(scope: Scope, public_id: str, *, after: int, limit: int = MOST) -> FeedPage:
    """Messages after that number, in order, at most 200. Raises SubscriptionUnknown."""
    row = await my_subscription(scope, public_id)
    found = await sql(PAGE, row.id, after, max(1, min(limit, MOST)))
    messages = (FeedMessage(**{**each, "data": json.loads(each["data"])}) for each in found)
    return FeedPage(view_of(row), tuple(messages))
