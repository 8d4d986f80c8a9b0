"""Print agents: they come in by a one-time code, fetch papers under a lease, say what became."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from devices.agent.signing import is_key, is_signed, said
from devices.errors import AgentCodeRefused, AgentNotFound, AgentRefused
from devices.models import PrintAgent, Printer, PrintJob
from devices.protocol.port import Ticket
from devices.rules import AGENT_LEASE_S, PrinterCondition, PrintState
from devices.service.conditions import note
from devices.service.following import end_handed
from devices.service.sending import (
    Ending,
    Errand,
    end_errand,
    leave_turn,
    next_errand,
    rest_printer,
    take_turn,
)
from trade.stores.errors import StoreNotFound
from trade.stores.queries import get_store

CODE_LIVES = timedelta(hours=1)
DRIFT_MS = 300_000
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
HEARD = """
UPDATE devices_print_agent SET last_stamp = greatest(last_stamp, $2), seen_at = now()
WHERE id = $1 AND is_active AND (last_stamp < $2 OR NOT $3) RETURNING id
"""
JOIN = """
UPDATE devices_print_agent SET public_key = $2, version = $3, code_hash = '', code_until = NULL,
    last_stamp = 0, seen_at = now()
WHERE code_hash = $1 AND code_until > now() AND is_active RETURNING id
"""
WAITING = """
SELECT DISTINCT p.id, p.address FROM devices_printer AS p
JOIN devices_print_job AS j ON j.printer_id = p.id AND j.state = 'queued'
WHERE p.agent_id = $1 AND p.is_active AND (p.leased_until IS NULL OR p.leased_until < now())
ORDER BY p.id
"""
ENDINGS = {"printed": "confirm", "maybe": "lose_sight", "not_sent": "put_back", "refused": "refuse"}


@dataclass(frozen=True, slots=True)
class Caller:
    """An agent that has proved who it is."""

    id: int
    store_id: int


@dataclass(frozen=True, slots=True)
class Work:
    """A paper to print now on `address`; `attempt` and `lease_no` are the fences of its answer."""

    print_job_id: int
    attempt: int
    printer_id: int
    lease_no: int
    address: str
    payload: bytes
    lease_s: int = AGENT_LEASE_S


@dataclass(frozen=True, slots=True)
class Became:
    """What an agent says of a paper: `outcome` is printed, maybe, not_sent or refused."""

    print_job_id: int
    attempt: int
    printer_id: int
    lease_no: int
    outcome: str
    reason: str = ""


@use_case
async def make_agent(scope: Scope, *, store_id: int, name: str) -> str:
    """A one-time code, good for an hour, for the agent of a store with this name.

    The same name again gives a new code; the agent that was in goes on until the new one is.
    Raises StoreNotFound for a store that is not theirs.
    """
    if not scope.sees_store(store_id):
        raise StoreNotFound(store_id=store_id)
    await get_store(store_id)
    code = "".join(secrets.choice(LETTERS) for _ in range(16))
    row, _ = await PrintAgent.get_or_create(store_id=store_id, name=name.strip()[:40] or "agent")
    row.code_hash, row.code_until, row.is_active = _hash(code), clock.now() + CODE_LIVES, True
    await row.save(update_fields=["code_hash", "code_until", "is_active"])
    await record(scope, "devices.agent_invited", f"print_agent:{row.id}")
    return code


@use_case
async def join_agent(*, code: str, public_key: str, version: str = "") -> str:
    """An agent comes in and leaves its public key; answers the name it calls itself by.

    Raises AgentCodeRefused, the same for a code that is wrong, old or used.
    """
    if not is_key(public_key):
        raise AgentCodeRefused
    rows = await sql(JOIN, _hash(code.strip().upper()), public_key, version[:40])
    if not rows:
        raise AgentCodeRefused
    return (await PrintAgent.get(id=rows[0]["id"])).public_id


@use_case
async def revoke_agent(scope: Scope, agent_id: int) -> None:
    """It may do nothing from now on. Again changes nothing. Raises AgentNotFound."""
    found = PrintAgent.filter(scope.stores_q(), id=agent_id)
    if not await found.update(is_active=False, public_key="", code_hash="", code_until=None):
        raise AgentNotFound(agent_id=agent_id)
    await record(scope, "devices.agent_revoked", f"print_agent:{agent_id}")


@use_case
async def hear_agent(
    public_id: str, *, stamp: int, signature: str, path: str, body: bytes, is_once: bool
) -> Caller:
    """Who signed this call; from now on it was seen. `is_once`: newer than all it said before.

    Raises AgentRefused: one answer for whatever is wrong.
    """
    words = said(path, stamp, body)
    agent = await PrintAgent.get_or_none(public_id=public_id, is_active=True)
    drift = abs(int(clock.now().timestamp() * 1000) - stamp)
    if agent is None or drift > DRIFT_MS or not is_signed(agent.public_key, signature, words):
        raise AgentRefused
    if not await sql(HEARD, agent.id, stamp, is_once):
        raise AgentRefused
    return Caller(agent.id, agent.store_id)


async def has_work(caller: Caller) -> bool:
    """Cheap: asked again and again while an agent waits."""
    return bool(await sql(WAITING, caller.id))


@use_case
async def take_work(caller: Caller) -> list[Work]:
    """The oldest paper of each of its printers, leased for half a minute. No answer by then makes
    it maybe printed."""
    work = []
    for row in await sql(WAITING, caller.id):
        lease_no = await take_turn(row["id"], AGENT_LEASE_S)
        errand = lease_no and await next_errand(row["id"], lease_no, AGENT_LEASE_S)
        if lease_no and errand:
            fences = (errand.print_job_id, errand.attempt, row["id"], lease_no)
            work.append(Work(*fences, row["address"], errand.ticket.payload))
    return work


@use_case
async def take_outcome(caller: Caller, became: Became) -> PrintState | None:
    """Book what an agent says of a paper of its own; saying it again changes nothing.

    One that comes late may still tell that a paper was printed. None: nothing was left to say.
    """
    mine = Printer.filter(id=became.printer_id, agent_id=caller.id)
    if became.outcome not in ENDINGS or not await mine.exists():
        return None
    ending = Ending(ENDINGS[became.outcome], became.reason[:40])
    errand = Errand(became.print_job_id, became.attempt, Ticket("", b""))
    of_it = PrintJob.filter(id=became.print_job_id, printer_id=became.printer_id)
    if not await of_it.filter(attempts=became.attempt).exists():
        return None
    state = await end_errand(errand, ending)
    if state is None and became.outcome == "printed":
        state = await end_handed(became.print_job_id, action="confirm")
    await leave_turn(became.printer_id, became.lease_no)
    if state is PrintState.QUEUED:
        await rest_printer(became.printer_id, became.lease_no)
    return state


@use_case
async def note_agent(caller: Caller, version: str, conditions: dict[str, PrinterCondition]) -> None:
    """How an agent's printers are, by the addresses they have there."""
    await PrintAgent.filter(id=caller.id).update(version=version[:40])
    for printer in await Printer.filter(agent_id=caller.id, address__in=list(conditions)):
        await note(printer.id, conditions[printer.address])


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
