"""Sending a subscription its messages, one after the other, until the receiver has them all.

Head of line: while nobody knows whether a message arrived, nothing overtakes it. A message that the
receiver heard and refused five times is set aside with an alarm, and the next ones go on; it can be
read and replayed. After twenty lost tries the subscription is parked, with an alarm.
"""

import logging
import random
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from core import clock
from core.database import sql, use_case
from core.feed.rules import FAILURES, REFUSALS, Verdict, body_of, signatures, verdict_of, wait_s
from core.feed.subscriptions import live_secrets
from core.http import client
from core.partners import NoAnswer, exchange

log = logging.getLogger(__name__)

TURN_S = 60.0

NEXT = """
SELECT s.id, s.public_id, s.url, s.tries, m.sequence, d.kind, d.subject, d.data, d.at
FROM feed_subscription AS s
JOIN feed_message AS m ON m.subscription_id = s.id AND m.sequence = s.delivered + 1
JOIN feed_document AS d ON d.id = m.document_id
WHERE s.id = $1 AND s.state = 'active' AND s.url <> '' AND s.due_at <= now()
"""

TAKEN = """
UPDATE feed_subscription SET delivered = $2, tries = 0, error = '', due_at = now()
WHERE id = $1 AND delivered = $2 - 1 RETURNING id
"""

WAIT = """
UPDATE feed_subscription
SET tries = tries + 1, error = $3, due_at = now() + $4 * interval '1 second',
    state = CASE WHEN $5 THEN 'parked' ELSE state END
WHERE id = $1 AND delivered = $2 - 1 AND state = 'active' RETURNING id
"""

SET_ASIDE = """
UPDATE feed_message SET set_aside_at = now()
WHERE subscription_id = $1 AND sequence = $2 AND set_aside_at IS NULL RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Errand:
    subscription_id: int
    public_id: str
    url: str
    tries: int
    sequence: int
    kind: str
    subject: str
    data: str
    at: datetime

    @property
    def body(self) -> bytes:
        return body_of(
            subscription=self.public_id,
            sequence=self.sequence,
            kind=self.kind,
            subject=self.subject,
            at=self.at,
            data=self.data,
        )


async def deliver(subscription_id: int) -> None:
    """Send what waits, in order, for at most a minute. Repetition sends the same bytes again."""
    ends = time.monotonic() + TURN_S
    while time.monotonic() < ends and (errand := await _next(subscription_id)):
        verdict, why = await _send(errand)
        if not await _note(errand, verdict, why):
            return


async def _next(subscription_id: int) -> Errand | None:
    rows = await sql(NEXT, subscription_id)
    if not rows:
        return None
    row: dict[str, Any] = rows[0]
    return Errand(row.pop("id"), **row)


async def _send(errand: Errand) -> tuple[Verdict, str]:
    parts, body, stamp = urlsplit(errand.url), errand.body, int(clock.now().timestamp())
    signed = signatures(
        await live_secrets(errand.subscription_id),
        timestamp=stamp,
        sequence=errand.sequence,
        body=body,
    )
    headers = {
        "content-type": "application/json",
        "daogou-subscription": errand.public_id,
        "daogou-sequence": str(errand.sequence),
        "daogou-timestamp": str(stamp),
        "daogou-signature": signed,
    }
    name = f"webhook:{errand.public_id}"
    async with client(name, base_url=f"{parts.scheme}://{parts.netloc}") as http:
        request = http.build_request("POST", errand.url, content=body, headers=headers)
        try:
            answer = await exchange(http, request)
        except NoAnswer as lost:
            return Verdict.LOST, f"{lost.code} {lost.facts.get('why')}"
    return verdict_of(answer.status), f"HTTP {answer.status}"


async def _note(errand: Errand, verdict: Verdict, why: str) -> bool:
    """False: not now, or not this process any more."""
    place = (errand.subscription_id, errand.sequence)
    if verdict is Verdict.TAKEN:
        return bool(await sql(TAKEN, *place))
    if verdict is Verdict.REFUSED and errand.tries + 1 >= REFUSALS:
        return await _set_aside(errand, why)
    is_last = errand.tries + 1 >= FAILURES
    pause = wait_s(errand.tries + 1) * (0.75 + random.random() / 2)  # noqa: S311  spread, no secret
    noted = await sql(WAIT, *place, why[:120], pause, is_last)
    if noted and is_last:
        log.error("a subscription is parked", extra={"subscription": errand.public_id})
    return False


@use_case
async def _set_aside(errand: Errand, why: str) -> bool:
    place = (errand.subscription_id, errand.sequence)
    if not await sql(TAKEN, *place):
        return False
    await sql(SET_ASIDE, *place)
    log.error(
        "a message is set aside",
        extra={"subscription": errand.public_id, "sequence": errand.sequence, "reason": why},
    )
    return True
