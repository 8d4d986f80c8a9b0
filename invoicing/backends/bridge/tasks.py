"""The work list of tax discs: written by requests, leased to agents, ended by what they say."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.database import sql, use_case
from core.security.vault import decrypt, encrypt
from invoicing.backends.bridge.orders import answer_of
from invoicing.backends.errors import AgentRefused
from invoicing.backends.models import Device, Task
from invoicing.backends.port import Health, Hold, Listed, NotFound, QueryAnswer
from invoicing.backends.rules import TaskState

LEASE_S = 60
SEEN_WITHIN = timedelta(minutes=2)
ADD = """
INSERT INTO backends_task (account_id, request_no, payload) VALUES ($1, $2, '')
ON CONFLICT (account_id, request_no) DO UPDATE SET state = 'waiting', leased_until = NULL
WHERE backends_task.state = 'held'
RETURNING id, payload
"""
TAKE = """
UPDATE backends_task
SET state = 'leased', lease_no = lease_no + 1, leased_until = now() + $2 * interval '1 second'
WHERE id = (
    SELECT id FROM backends_task AS t
    WHERE account_id = $1
        AND (state = 'waiting' OR (state = 'leased' AND leased_until < now()))
        AND NOT EXISTS (
            SELECT 1 FROM backends_task
            WHERE account_id = $1 AND state = 'leased' AND leased_until >= now()
        )
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, payload, lease_no
"""
ISSUED = """
UPDATE backends_task
SET state = 'issued', answer = $3::jsonb, payload = '', said = '', code = '', ended_at = now(),
    leased_until = NULL
WHERE id = $1 AND account_id = $2 AND state <> 'issued' RETURNING id
"""
ENDED = """
UPDATE backends_task
SET state = $4::text, code = $5, said = $6, leased_until = NULL,
    payload = CASE WHEN $4::text = 'refused' THEN '' ELSE payload END,
    ended_at = CASE WHEN $4::text = 'refused' THEN now() END
WHERE id = $1 AND account_id = $2 AND lease_no = $3 AND state = 'leased' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Work:
    """One request under a lease; `order` is what the agent is told of it."""

    task_id: int
    lease_no: int
    order: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Printed:
    """What the device issued: old invoices have a code and eight digits."""

    code: str
    number: str
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    check_code: str
    cipher: str
    machine_no: str


@use_case
async def add_task(account_id: int, request_no: str, payload: str) -> int | None:
    """Write a request down for its device, once; one that was held waits again.

    None: it is there already, and nothing changed.
    """
    for row in await sql(ADD, account_id, request_no):
        if not row["payload"]:
            sealed = encrypt(payload, bound_to=f"backend_task:{row['id']}")
            await Task.filter(id=row["id"]).update(payload=sealed)
        return int(row["id"])
    return None


@use_case
async def next_work(account_id: int) -> Work | None:
    """The oldest request that waits, under a lease; a device has one at a time.

    Whoever gets it asks the device first whether it has issued it: a lease before may have.
    """
    for row in await sql(TAKE, account_id, LEASE_S):
        order = json.loads(decrypt(row["payload"], bound_to=f"backend_task:{row['id']}"))
        return Work(row["id"], row["lease_no"], order)
    return None


@use_case
async def book_issued(account_id: int, task_id: int, printed: Printed) -> None:
    """An invoice is a fact, whoever's lease it was. Again changes nothing."""
    facts = {**asdict(printed), "issued_at": printed.issued_at.isoformat()}
    await sql(ISSUED, task_id, account_id, json.dumps(facts))


@use_case
async def book_end(
    account_id: int, task_id: int, lease_no: int, state: TaskState, code: str, said: str
) -> None:
    """Refused, held or put back; counts only for the lease that is running."""
    await sql(ENDED, task_id, account_id, lease_no, state.value, code[:40], said[:200])


async def outcome_of(account_id: int, request_no: str) -> QueryAnswer:
    row = await Task.get_or_none(account_id=account_id, request_no=request_no)
    return NotFound() if row is None else answer_of(row.state, row.code, row.said, row.answer)


async def listed(account_id: int, since: datetime, until: datetime) -> list[Listed]:
    """What this device has issued for us."""
    ours = Task.filter(account_id=account_id, state=TaskState.ISSUED)
    # A device's clock is behind ours by hours at most, not days.
    rows = await ours.filter(ended_at__gte=since).order_by("id")
    found = []
    for row in rows:
        facts = row.answer or {}
        at = datetime.fromisoformat(facts["issued_at"])
        if since <= at < until:
            fen = int(facts["incl_fen"])
            found.append(Listed(facts["number"], facts["code"], row.request_no, at, fen, fen < 0))
    return found


@use_case
async def hear(account_id: int, stamp: int) -> None:
    """The agent's words count once. Raises AgentRefused for an old or future stamp."""
    now_ms = int(clock.now().timestamp() * 1000)
    await Device.get_or_create(account_id=account_id)
    is_odd = abs(stamp - now_ms) > 300_000
    newer = Device.filter(account_id=account_id, last_stamp__lt=stamp)
    if is_odd or not await newer.update(last_stamp=stamp):
        raise AgentRefused


@use_case
async def note_device(account_id: int, *, version: str, disc_no: str, health: Health) -> None:
    """How the device is, as its agent says."""
    await Device.filter(account_id=account_id).update(
        version=version[:40],
        disc_no=disc_no[:40],
        is_ready=health.is_logged_in,
        hold=health.hold.value if health.hold else "",
        said=health.text[:200],
        numbers_left=health.numbers_left,
        seen_at=clock.now(),
    )


async def device_health(account_id: int) -> Health:
    """An agent that was not heard of for two minutes is a device that is off."""
    row = await Device.get_or_none(account_id=account_id)
    if row is None or row.seen_at is None or clock.now() - row.seen_at > SEEN_WITHIN:
        return Health(is_logged_in=True, hold=Hold.DEVICE, text="设备未联机")
    return Health(
        is_logged_in=row.is_ready,
        numbers_left=row.numbers_left,
        hold=Hold(row.hold) if row.hold else None,
        text=row.said,
    )
