"""Requests that wait though nothing is wrong with them, and how they go on: in their order."""

from datetime import datetime

from core import clock
from core.clock import SHOP_ZONE
from core.database import sql, use_case
from core.jobs import hurry, owe
from core.outbox import publish
from invoicing.events import InvoiceHeld
from invoicing.models import InvoiceRequest
from invoicing.queries.terms import terms_of
from invoicing.rules.sales import HoldReason
from invoicing.rules.states import HELD_AGAIN_S, RequestState, ask_after_s, move
from invoicing.rules.terms import Terms, is_frozen
from invoicing.service.accounts import account_for

S = RequestState
IN_FRONT = """
SELECT 1 AS found FROM invoicing_request
WHERE tax_entity_id = $1 AND state = 'held' AND id < $2
    AND (account_id IS NULL OR account_id = $3) LIMIT 1
"""
ISSUED_SINCE = """
SELECT coalesce(sum(ex_fen), 0)::bigint AS fen FROM invoicing_request
WHERE tax_entity_id = $1 AND sent_at >= $2
    AND state IN ('sending', 'submitted', 'unknown', 'issued', 'delivered')
"""
OTHERS_HELD = """
SELECT 1 AS found FROM invoicing_request
WHERE tax_entity_id = $1 AND state = 'held' AND coalesce(account_id, 0) = $2 AND hold = $3
    AND id <> $4 LIMIT 1
"""
FIRST_HELD = """
SELECT id FROM invoicing_request
WHERE tax_entity_id = $1 AND state = 'held' AND coalesce(account_id, 0) = $2
ORDER BY id LIMIT 1
"""
HELD_LINES = """
SELECT DISTINCT tax_entity_id, coalesce(account_id, 0) AS account_id FROM invoicing_request
WHERE state = 'held' AND ($1::bigint IS NULL OR tax_entity_id = $1) ORDER BY 1, 2
"""


async def place_for(row: InvoiceRequest) -> int | HoldReason:
    """The account a queued request goes to now, or why it has to wait."""
    terms, at = await terms_of(row.tax_entity_id), clock.now()
    if not terms.is_active:
        return HoldReason.SELLER_OFF
    if is_frozen(clock.shop_day(at), terms):
        return HoldReason.FROZEN
    if await _is_over_quota(row, terms, at):
        return HoldReason.QUOTA
    place = await account_for(row)
    if isinstance(place, HoldReason):
        return place
    in_front = await sql(IN_FRONT, row.tax_entity_id, row.id, place)
    return HoldReason.QUEUE if in_front else place


async def _is_over_quota(row: InvoiceRequest, terms: Terms, at: datetime) -> bool:
    """The seller's own limit of a month, without tax."""
    if terms.month_quota_fen is None:
        return False
    begins = at.astimezone(SHOP_ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    [used] = await sql(ISSUED_SINCE, row.tax_entity_id, begins)
    return int(used["fen"]) + row.ex_fen > terms.month_quota_fen


async def hold(row: InvoiceRequest, reason: HoldReason, said: str = "") -> None:
    """Write down that a request waits; the first one of a line tells who has to act."""
    at = clock.now()
    row.state, row.hold, row.held_at = move(row.state, "hold"), reason, at
    if said or not row.alarm:
        row.alarm = f"held: {said or reason.value}"[:500]
    await row.save()
    account_id = row.account_id or 0
    others = await sql(OTHERS_HELD, row.tax_entity_id, account_id, reason.value, row.id)
    if reason is not HoldReason.QUEUE and not others:
        await publish(
            InvoiceHeld(
                tax_entity_id=row.tax_entity_id,
                account_id=account_id,
                store_id=row.store_id,
                request_no=row.request_no,
                reason=reason.value,
                said=said[:200],
                at=at,
            )
        )
    await _owe_drain(row.tax_entity_id, account_id)


async def _owe_drain(tax_entity_id: int, account_id: int) -> None:
    facts = {"tax_entity_id": tax_entity_id, "account_id": account_id}
    key = f"drain:{tax_entity_id}:{account_id}"
    await owe("invoicing.drain", key=key, delay_s=HELD_AGAIN_S, **facts)


@use_case
async def let_go_on(tax_entity_id: int | None = None) -> int:
    """Try the waiting lines of a seller, or of all, now. Answers how many lines there are."""
    lines = await sql(HELD_LINES, tax_entity_id)
    for line in lines:
        entity, account = line["tax_entity_id"], line["account_id"]
        await _owe_drain(entity, account)
        await hurry("invoicing.drain", key=f"drain:{entity}:{account}")
    return len(lines)


@use_case
async def take_first(tax_entity_id: int, account_id: int) -> int | None:
    """Take the first request of a waiting line up again. None: the line is empty."""
    rows = await sql(FIRST_HELD, tax_entity_id, account_id)
    if not rows:
        return None
    request_id = int(rows[0]["id"])
    row = await InvoiceRequest.filter(id=request_id).select_for_update().get()
    if row.state is S.HELD:
        row.state, row.hold = move(row.state, "resume"), HoldReason.NONE
        await row.save(update_fields=["state", "hold"])
    return request_id


async def is_held(request_id: int) -> bool:
    return await InvoiceRequest.exists(id=request_id, state=S.HELD)


@use_case
async def watch(request_id: int) -> None:
    """What a drain has sent is asked about by its own job, as if that had sent it."""
    row = await InvoiceRequest.get(id=request_id)
    key = f"issue:{row.request_no}"
    await owe("invoicing.issue", key=key, delay_s=ask_after_s(0), request_id=row.id)
