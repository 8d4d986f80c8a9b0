"""Where the agents of tax discs speak to us; every word is signed with the agent's own key."""

import asyncio
import time
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field
from starlette.requests import Request

from core import clock
from core.web.api import Router, Schema
from core.web.policy import SIGNED
from invoicing.backends.bridge import tasks
from invoicing.backends.bridge.hearing import account_heard
from invoicing.backends.errors import AgentRefused
from invoicing.backends.port import Health, Hold
from invoicing.backends.rules import TaskState
from invoicing.backends.service import note_health

router = Router("/bridge/v1", "bridge")
LOOK_EVERY_S = 1.0
Fen = Annotated[int, Field(ge=-(10**13), le=10**13)]
Id = Annotated[int, Field(ge=1, le=2**62)]


class DeviceSaid(Schema):
    is_ready: bool
    hold: Literal["", "device", "login", "numbers"] = ""
    text: Annotated[str, Field(max_length=200)] = ""
    numbers_left: Annotated[int | None, Field(ge=0, le=10**9)] = None
    disc_no: Annotated[str, Field(max_length=40)] = ""


class WorkBody(Schema):
    """`wait_s`: how long to keep the line while there is nothing to issue."""

    version: Annotated[str, Field(max_length=40)] = ""
    wait_s: Annotated[float, Field(ge=0, le=25)] = 20
    device: DeviceSaid


class WorkItem(Schema):
    task_id: int
    lease_no: int
    lease_s: int
    order: dict[str, Any]


class WorkAnswer(Schema):
    work: WorkItem | None


class InvoiceSaid(Schema):
    code: Annotated[str, Field(pattern=r"^\d{10}(\d{2})?$")]
    number: Annotated[str, Field(pattern=r"^\d{8}$")]
    issued_at: AwareDatetime
    ex_fen: Fen
    tax_fen: Fen
    incl_fen: Fen
    check_code: Annotated[str, Field(pattern=r"^\d{0,20}$")] = ""
    cipher: Annotated[str, Field(max_length=200)] = ""
    machine_no: Annotated[str, Field(max_length=20)] = ""


class OutcomeBody(Schema):
    task_id: Id
    lease_no: Annotated[int, Field(ge=1, le=2**31 - 1)]
    outcome: Literal["issued", "refused", "held", "put_back"]
    code: Annotated[str, Field(max_length=40)] = ""
    text: Annotated[str, Field(max_length=200)] = ""
    invoice: InvoiceSaid | None = None


class OutcomeAnswer(Schema):
    at: datetime


STATES = {
    "refused": TaskState.REFUSED,
    "held": TaskState.HELD,
    "put_back": TaskState.WAITING,
}


@router.post(
    "/work",
    who=SIGNED,
    idempotent=False,
    summary="The next invoice for a tax disc, under a lease; waits while there is none (领取开票)",
    errors=(AgentRefused,),
)
async def work(request: Request, body: WorkBody) -> WorkAnswer:
    account_id = await _account(request)
    health = _health(body.device)
    await tasks.note_device(
        account_id, version=body.version, disc_no=body.device.disc_no, health=health
    )
    await note_health(account_id, health)
    if not body.device.is_ready:
        return WorkAnswer(work=None)
    until = time.monotonic() + body.wait_s
    found = await tasks.next_work(account_id)
    while found is None and time.monotonic() < until:
        await asyncio.sleep(min(LOOK_EVERY_S, max(0.01, body.wait_s)))
        found = await tasks.next_work(account_id)
    return WorkAnswer(work=WorkItem.of(found, lease_s=tasks.LEASE_S) if found else None)


def _health(said: DeviceSaid) -> Health:
    hold = Hold(said.hold) if said.hold and said.hold != "login" else None
    return Health(
        is_logged_in=said.hold != "login",
        numbers_left=said.numbers_left,
        hold=hold,
        text=said.text,
    )


@router.post(
    "/outcomes",
    who=SIGNED,
    idempotent=False,
    summary="What a tax disc made of an invoice; saying it again changes nothing (回报开票)",
    errors=(AgentRefused,),
)
async def outcome(request: Request, body: OutcomeBody) -> OutcomeAnswer:
    account_id = await _account(request)
    if body.outcome == "issued" and body.invoice is not None:
        printed = tasks.Printed(**body.invoice.model_dump(by_alias=False))
        await tasks.book_issued(account_id, body.task_id, printed)
    elif body.outcome != "issued":
        state = STATES[body.outcome]
        await tasks.book_end(account_id, body.task_id, body.lease_no, state, body.code, body.text)
    return OutcomeAnswer(at=clock.now())


async def _account(request: Request) -> int:
    """Raises AgentRefused."""
    stamp = request.headers.get("x-stamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15):
        raise AgentRefused
    return await account_heard(
        request.headers.get("x-account", ""),
        path=request.scope["path"],
        stamp=int(stamp),
        signature=request.headers.get("x-sign", "")[:200],
        body=await request.body(),
    )
