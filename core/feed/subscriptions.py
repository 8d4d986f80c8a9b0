"""Who wants to hear what, where it is sent, and with which secret it is signed."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.feed.errors import BadWebhook, NotYetThere, SubscriptionUnknown, UnknownKinds
from core.feed.kinds import kinds as known_kinds
from core.feed.models import SecretRow, Subscription
from core.feed.rules import SubscriptionState
from core.http import is_public
from core.security.rotation import encrypted_column
from core.security.scope import Scope
from core.security.vault import decrypt, encrypt
from core.settings import current

OVERLAP = timedelta(days=7)
LONGEST_URL = 300


@encrypted_column("feed_secret", "cipher", bound_to="feed_secret:{id}")
def _no_index(_: str) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """`last_sequence` was given out, `delivered` confirmed; `error` is why the last try failed."""

    public_id: str
    partner_id: int
    kinds: tuple[str, ...]
    url: str
    state: SubscriptionState
    last_sequence: int
    delivered: int
    tries: int
    error: str


@dataclass(frozen=True, slots=True)
class NewSecret:
    """`secret` is shown this once."""

    subscription: SubscriptionView
    key_id: str
    secret: str


@use_case
async def subscribe(scope: Scope, *, kinds: Iterable[str], url: str = "") -> NewSecret:
    """Hear of what happens from now on, by webhook or, without a `url`, by asking.

    Asking for the same kinds and address again gives the same subscription a further secret.
    Raises UnknownKinds and BadWebhook.
    """
    wanted = sorted(set(kinds))
    _check_kinds(scope, wanted)
    _check_url(url)
    assert scope.partner_id is not None
    rows = Subscription.filter(partner_id=scope.partner_id, url=url)
    known = [row for row in await rows.exclude(state="ended") if row.kinds == wanted]
    row = (
        known[0]
        if known
        else await Subscription.create(
            partner_id=scope.partner_id, kinds=wanted, url=url, state=SubscriptionState.ACTIVE
        )
    )
    await record(scope, "feed.subscribe", f"subscription:{row.id}", kinds=",".join(wanted))
    return await _new_secret(row, OVERLAP)


@use_case
async def renew_secret(scope: Scope, public_id: str, *, overlap: timedelta = OVERLAP) -> NewSecret:
    """A further secret; the older ones sign beside it for `overlap`. Raises SubscriptionUnknown."""
    row = await my_subscription(scope, public_id)
    await record(scope, "feed.renew_secret", f"subscription:{row.id}")
    return await _new_secret(row, overlap)


@use_case
async def end_subscription(scope: Scope, public_id: str) -> None:
    """Ending it again changes nothing. Raises SubscriptionUnknown for somebody else's."""
    row = await my_subscription(scope, public_id)
    await Subscription.filter(id=row.id).update(state=SubscriptionState.ENDED)
    await record(scope, "feed.end", f"subscription:{row.id}")


REPLAY = """
UPDATE feed_subscription
SET delivered = $2, state = 'active', tries = 0, error = '', due_at = now()
WHERE id = $1 AND state <> 'ended' AND $2 BETWEEN 0 AND last_sequence RETURNING id
"""


@use_case
async def replay_from(scope: Scope, public_id: str, *, after: int) -> SubscriptionView:
    """Send everything after that number again, in order; wakes what was parked.

    Raises SubscriptionUnknown, and NotYetThere for a number that was not given out.
    """
    row = await my_subscription(scope, public_id)
    if not await sql(REPLAY, row.id, after):
        raise NotYetThere(last_sequence=row.last_sequence)
    await sql(
        "UPDATE feed_message SET set_aside_at = NULL WHERE subscription_id = $1 AND sequence > $2",
        row.id,
        after,
    )
    return view_of(await Subscription.get(id=row.id))


async def subscriptions_of(scope: Scope) -> list[SubscriptionView]:
    """A partner's own, oldest first."""
    rows = await Subscription.filter(partner_id=scope.partner_id or 0).order_by("id")
    return [view_of(row) for row in rows]


async def all_subscriptions() -> list[SubscriptionView]:
    """Everybody's, for the operator."""
    return [view_of(row) for row in await Subscription.all().order_by("id")]


async def live_secrets(subscription_id: int) -> list[tuple[str, str]]:
    """(key id, secret) of every secret that signs now, the newest first."""
    rows = await SecretRow.filter(subscription_id=subscription_id).order_by("-id")
    now = clock.now()
    return [
        (row.key_id, decrypt(row.cipher, bound_to=f"feed_secret:{row.id}"))
        for row in rows
        if row.expires_at is None or row.expires_at > now
    ]


async def my_subscription(scope: Scope, public_id: str) -> Subscription:
    """Raises SubscriptionUnknown."""
    row = await Subscription.get_or_none(public_id=public_id, partner_id=scope.partner_id or 0)
    if row is None:
        raise SubscriptionUnknown(subscription=public_id[:40])
    return row


def _check_kinds(scope: Scope, wanted: list[str]) -> None:
    for name in wanted:
        if name not in known_kinds or known_kinds[name].needs not in scope.grants:
            raise UnknownKinds(kind=name[:40])
    if not wanted:
        raise UnknownKinds(kind="")


def _check_url(url: str) -> None:
    """What is plainly wrong is said here; where a name leads is asked anew at each call."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_fine = bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        raise BadWebhook from None
    schemes = {"https", "http"} if current().is_playing else {"https"}
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not is_fine or not is_plain or len(url) > LONGEST_URL or parts.scheme not in schemes:
        raise BadWebhook
    if not current().is_playing and not _may_be_public(parts.hostname or ""):
        raise BadWebhook


def _may_be_public(host: str) -> bool:
    if host in current().private_hosts:
        return True
    try:
        return is_public(host)
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))


async def _new_secret(row: Subscription, overlap: timedelta) -> NewSecret:
    ends: datetime = clock.now() + overlap
    await SecretRow.filter(subscription_id=row.id, expires_at=None).update(expires_at=ends)
    secret, key_id = secrets.token_urlsafe(32), f"k{secrets.token_hex(4)}"
    [made] = await sql("SELECT nextval(pg_get_serial_sequence('feed_secret', 'id')) AS id")
    sealed = encrypt(secret, bound_to=f"feed_secret:{made['id']}")
    await SecretRow(id=made["id"], subscription_id=row.id, key_id=key_id, cipher=sealed).save(
        force_create=True
    )
    return NewSecret(view_of(row), key_id, secret)


def view_of(row: Subscription) -> SubscriptionView:
    return SubscriptionView(
        public_id=row.public_id,
        partner_id=row.partner_id,
        kinds=tuple(row.kinds),
        url=row.url,
        state=row.state,
        last_sequence=row.last_sequence,
        delivered=row.delivered,
        tries=row.tries,
        error=row.error,
    )
