"""Where print agents speak to us: every call but the first is signed with the agent's own key."""

import asyncio
import time
from base64 import b64encode
from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request

from core.web.api import Router, Schema
from core.web.limits import check_rate
from core.web.policy import SIGNED
from devices.errors import AgentCodeRefused, AgentRefused
from devices.service import PrinterCondition
from devices.service.agents import (
    Became,
    Caller,
    has_work,
    hear_agent,
    join_agent,
    note_agent,
    take_outcome,
    take_work,
)

router = Router("/agents/v1", "agents")
TRIES_A_MINUTE = 10
LOOK_EVERY_S = 1.0

Name = Annotated[str, Field(max_length=255)]
Id = Annotated[int, Field(ge=1, le=2**62)]


class JoinBody(Schema):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    public_key: Annotated[str, Field(min_length=44, max_length=44)]
    version: Annotated[str, Field(max_length=40)] = ""


class JoinedAnswer(Schema):
    agent: str


class PrinterSaid(Schema):
    address: Name
    condition: PrinterCondition


class WorkBody(Schema):
    """`wait_s`: how long to keep the line while there is nothing to print."""

    version: Annotated[str, Field(max_length=40)] = ""
    wait_s: Annotated[float, Field(ge=0, le=25)] = 20
    printers: Annotated[list[PrinterSaid], Field(max_length=50)] = []


class WorkItem(Schema):
    print_job_id: int
    attempt: int
    printer_id: int
    lease_no: int
    address: str
    payload: str
    lease_s: int


class WorkAnswer(Schema):
    work: list[WorkItem]


class BecameBody(Schema):
    print_job_id: Id
    attempt: Annotated[int, Field(ge=1, le=10**6)]
    printer_id: Id
    lease_no: Annotated[int, Field(ge=1, le=2**31 - 1)]
    outcome: Literal["printed", "maybe", "not_sent", "refused"]
    reason: Annotated[str, Field(max_length=40, pattern=r"^[\w:.-]*$")] = ""


class BecameAnswer(Schema):
    state: str | None


@router.post(
    "/joins",
    who=SIGNED,
    idempotent=False,
    status=201,
    summary="A print agent comes in with its one-time code (打印助手入网)",
    errors=(AgentCodeRefused,),
)
async def join(request: Request, body: JoinBody) -> JoinedAnswer:
    address = request.client.host if request.client else ""
    await check_rate("agent-join", address, per_minute=TRIES_A_MINUTE)
    name = await join_agent(code=body.code, public_key=body.public_key, version=body.version)
    return JoinedAnswer(agent=name)


@router.post(
    "/work",
    who=SIGNED,
    idempotent=False,
    summary="The next papers to print, each under a lease; waits while there are none (领取打印)",
    errors=(AgentRefused,),
)
async def work(request: Request, body: WorkBody) -> WorkAnswer:
    caller = await _caller(request, is_once=True)
    conditions = {one.address: one.condition for one in body.printers}
    await note_agent(caller, body.version, conditions)
    until = time.monotonic() + body.wait_s
    while not await has_work(caller) and time.monotonic() < until:  # noqa: ASYNC110  rows, no event
        await asyncio.sleep(min(LOOK_EVERY_S, max(0.01, body.wait_s)))
    return WorkAnswer(
        work=[
            WorkItem.of(one, payload=b64encode(one.payload).decode())
            for one in await take_work(caller)
        ]
    )


@router.post(
    "/outcomes",
    who=SIGNED,
    idempotent=False,
    summary="What became of a paper; saying it again changes nothing (回报打印)",
    errors=(AgentRefused,),
)
async def outcome(request: Request, body: BecameBody) -> BecameAnswer:
    caller = await _caller(request, is_once=False)
    state = await take_outcome(caller, Became(**body.model_dump(by_alias=False)))
    return BecameAnswer(state=state)


async def _caller(request: Request, *, is_once: bool) -> Caller:
    """Raises AgentRefused."""
    stamp = request.headers.get("x-stamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15):
        raise AgentRefused
    return await hear_agent(
        request.headers.get("x-agent", "")[:40],
        stamp=int(stamp),
        signature=request.headers.get("x-sign", "")[:200],
        path=request.scope["path"],
        body=await request.body(),
        is_once=is_once,
    )
