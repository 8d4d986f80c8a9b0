"""Printers of every kind, and the worlds they stand in."""

from typing import Any

import httpx2

from core import clock
from core.security.scope import Role, Scope
from devices.models import PrintAgent, PrintJob
from devices.protocol.port import Place
from devices.queries import PrinterView
from devices.rules import DocumentKind, PrintState, Transport
from devices.service import (
    AccountDraft,
    Paper,
    PrinterDraft,
    Profile,
    Text,
    make_agent,
    make_contract,
    print_document,
    put_account,
    put_printer,
    sign_on_paper,
)
from sandbox.config import Config
from sandbox.world import World
from tests.scenes.outside import outside

OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
CLOUDS = ("feie", "xpyun", "yilianyun", "sunmi")
USER, SECRET, KEY = "shop@example.cn", "4f6c1a2b3d5e7f90", "k3y-0n-lab3l"


def clouds(push_url: str = "") -> Config:
    """A world with one account and two printers of every maker."""
    accounts = [{"maker": m, "user": USER, "secret": SECRET, "push_url": push_url} for m in CLOUDS]
    numbers = [f"{number}{maker}" for maker in CLOUDS for number in (1, 2)]
    printers = [{"maker": sn[1:], "sn": sn, "key": KEY} for sn in numbers]
    return outside(cloud_accounts=accounts, cloud_printers=printers)


def place(world: World, maker: str, **more: Any) -> Place:
    """The first printer of a maker."""
    facts = {"user": USER, "secret": SECRET, "base_url": f"{world.http}/cloud-print/{maker}"}
    return Place(Transport(maker), f"1{maker}", **{**facts, **more})


async def a_cloud_printer(
    world: World, store_id: int, maker: str, profile: Profile | None = None
) -> PrinterView:
    """A store's printer at a maker, known to it as ours."""
    url = f"{world.http}/cloud-print/{maker}"
    account = await put_account(OFFICE, AccountDraft(Transport(maker), "云", USER, SECRET, url))
    draft = PrinterDraft(
        f"1{maker}", Transport(maker), account_id=account, profile=profile or Profile()
    )
    await set_cloud(world, maker, owner=USER)
    return await put_printer(store_id, draft)


async def set_cloud(world: World, maker: str, **how: str) -> None:
    """`state` online, offline, no_paper or ill; `owner` is who bound it."""
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as http:
        answer = await http.post(f"/_sim/cloud-printers/{maker}/1{maker}", json=how)
        assert answer.status_code == 200


async def cloud_papers(world: World, maker: str) -> list[dict[str, Any]]:
    """What the maker has for the first printer, oldest first."""
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as http:
        answer = await http.get(f"/_sim/cloud-printers/{maker}/1{maker}/papers")
        return list(answer.json())


async def some_papers(store_id: int, order_no: str) -> dict[str, str]:
    """A printer nobody answers at, a paper that came out, an agent, a contract that is signed."""
    printer = await put_printer(store_id, PrinterDraft("127.0.0.1:9", name="前台"))
    await put_printer(store_id, PrinterDraft("127.0.0.1:7", name="后备"))
    paper = Paper(store_id, DocumentKind.OTHER, "slip:1", [Text("羊绒围巾")])
    job_id = await print_document(paper)
    await make_agent(OFFICE, store_id=store_id, name="柜台电脑")
    agent = await PrintAgent.get(store_id=store_id)
    signed = await make_contract(OFFICE, order_no=order_no)
    await sign_on_paper(OFFICE, signed.contract_no)
    papers = PrintJob.filter(store_id=store_id)
    await papers.update(state=PrintState.PRINTED, ended_at=clock.now())
    return {
        "printer": str(printer.id),
        "print_job": str(job_id),
        "print_agent": str(agent.id),
        "contract": signed.contract_no,
        "contract_no": signed.contract_no,
        "contract_token": signed.token,
    }
