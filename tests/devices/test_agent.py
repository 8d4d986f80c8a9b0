"""The print agent and the platform: papers under a lease, each once, whatever dies in between."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core import clock
from core.database import sql
from core.security.scope import Role, Scope
from devices.agent import signing
from devices.agent.journal import Journal
from devices.agent.running import Agent, NotKnown, Settings
from devices.errors import AgentNotFound
from devices.models import PrintAgent, Printer, PrintJob
from devices.rules import DocumentKind, PrinterCondition, PrintState, Transport
from devices.service import Paper, PrinterDraft, Text, print_document, put_printer
from devices.service.agents import join_agent, make_agent, revoke_agent
from devices.service.sending import sweep
from tests.scene import tell_everyone
from tests.scenes.printers import OFFICE
from tests.scenes.serial import SerialPrinter, a_serial_printer
from tests.scenes.stores import a_store
from trade.stores.errors import StoreNotFound

pytestmark = pytest.mark.usefixtures("db")
LATE = "UPDATE devices_printer SET leased_until = now() - interval '1 second'"


@pytest.fixture
def serial() -> Iterator[SerialPrinter]:
    with a_serial_printer() as printer:
        yield printer


class Scene:
    """A store with an agent that came in, and its printers `front` (and `back`)."""

    def __init__(self, client: httpx2.AsyncClient, file: Path, store_id: int) -> None:
        self.client, self.file, self.store_id = client, file, store_id
        self.key = Ed25519PrivateKey.generate()
        self.name = ""

    async def come_in(self, code: str) -> httpx2.Response:
        body = {"code": code, "publicKey": signing.public_text(self.key), "version": "1"}
        answer = await self.client.post("/agents/v1/joins", json=body)
        self.name = answer.json().get("agent", "")
        return answer

    async def join(self, name: str) -> None:
        """As `come_in`, past the limit that strangers have."""
        code = await make_agent(OFFICE, store_id=self.store_id, name=name)
        key = signing.public_text(self.key)
        self.name = await join_agent(code=code, public_key=key)

    def agent(self, **printers: str) -> Agent:
        key = b64encode(self.key.private_bytes_raw()).decode()
        journal = self.file.with_suffix(".journal")
        return Agent(Settings("http://shop", self.name, key, printers, journal), self.client)

    async def a_printer(self, address: str = "front") -> int:
        agent = await PrintAgent.get(public_id=self.name)
        draft = PrinterDraft(address, Transport.AGENT, agent_id=agent.id)
        return (await put_printer(self.store_id, draft)).id

    async def a_paper(self, printer_id: int | None = None, document: str = "slip:1") -> int:
        text = [Text("羊绒围巾")]
        paper = Paper(self.store_id, DocumentKind.OTHER, document, text, printer_id=printer_id)
        job_id = await print_document(paper)
        assert job_id
        await tell_everyone()
        return job_id

    async def say(self, path: str, body: dict[str, Any], *, stamp: int = 0) -> httpx2.Response:
        raw, at = json.dumps(body).encode(), stamp or int(time.time() * 1000)
        headers = {
            "content-type": "application/json",
            "x-agent": self.name,
            "x-stamp": str(at),
            "x-sign": signing.sign(self.key, path, at, raw),
        }
        return await self.client.post(path, content=raw, headers=headers)


@pytest.fixture
async def scene(client: httpx2.AsyncClient, tmp_path: Path) -> Scene:
    store = await a_store()
    made = Scene(client, tmp_path / "agent.json", store.id)
    await made.join("柜台电脑")
    return made


async def state_of(job_id: int) -> tuple[PrintState, str]:
    job = await PrintJob.get(id=job_id)
    return job.state, job.reason


async def test_a_paper_comes_out_of_a_serial_printer_once(
    scene: Scene, serial: SerialPrinter
) -> None:
    await scene.a_printer()
    job_id = await scene.a_paper()
    assert await state_of(job_id) == (PrintState.QUEUED, "")
    agent = scene.agent(front=f"serial://{serial.path}")

    assert await agent.look() == 1
    assert await agent.look() == 0
    await agent.settle()
    assert await state_of(job_id) == (PrintState.PRINTED, "")
    assert serial.got.count("羊绒围巾".encode("gbk")) == 1
    row = await Printer.get()
    assert (row.condition, row.seen_at is not None) == (PrinterCondition.ONLINE, True)


async def test_a_dead_printer_of_an_agent_stops_no_other(
    scene: Scene, serial: SerialPrinter
) -> None:
    dead, well = await scene.a_printer("front"), await scene.a_printer("back")
    lost = await scene.a_paper(dead, "slip:1")
    first, second = await scene.a_paper(well, "slip:2"), await scene.a_paper(well, "slip:3")
    agent = scene.agent(front="usb:///dev/no-such-printer", back=f"serial://{serial.path}")
    for _ in range(2):
        await agent.look()
        await agent.settle()

    assert await state_of(lost) == (PrintState.QUEUED, "unreachable")
    assert [(await state_of(j))[0] for j in (first, second)] == [PrintState.PRINTED] * 2
    assert (await Printer.get(id=dead)).condition is PrinterCondition.OFFLINE


async def test_an_agent_writes_only_to_what_its_own_file_names(scene: Scene) -> None:
    await scene.a_printer("elsewhere")
    job_id = await scene.a_paper()
    agent = scene.agent(front="usb:///dev/no-such-printer")
    await agent.look()
    await agent.settle()

    assert await state_of(job_id) == (PrintState.FAILED, "no_such_printer")


async def test_an_agent_that_dies_leaves_a_paper_that_is_maybe_printed(
    scene: Scene, serial: SerialPrinter
) -> None:
    await scene.a_printer()
    job_id = await scene.a_paper()
    work = (await scene.say("/agents/v1/work", {"waitS": 0})).json()["work"]
    journal = Journal(scene.file.with_suffix(".journal"))
    assert journal.begin(work[0])
    assert not journal.begin(work[0])
    await sql(LATE + " RETURNING id")
    assert await sweep() == 1
    assert await state_of(job_id) == (PrintState.MAYBE_PRINTED, "interrupted")

    agent = scene.agent(front=f"serial://{serial.path}")
    await agent.settle()  # what it began before it died, nobody knows
    assert Journal(scene.file.with_suffix(".journal")).unsaid() == []
    assert await agent.look() == 0
    assert bytes(serial.got) == b""


async def test_who_prints_and_says_so_late_is_still_heard(scene: Scene) -> None:
    await scene.a_printer()
    job_id = await scene.a_paper()
    [work] = (await scene.say("/agents/v1/work", {"waitS": 0})).json()["work"]
    await sql(LATE + " RETURNING id")
    await sweep()
    names = ("printJobId", "attempt", "printerId", "leaseNo")
    told = {name: work[name] for name in names} | {"outcome": "printed"}

    answers = [(await scene.say("/agents/v1/outcomes", told)).json() for _ in range(2)]
    assert [answer["state"] for answer in answers] == ["printed", None]
    assert await state_of(job_id) == (PrintState.PRINTED, "")


async def test_a_stranger_a_replay_and_a_wrong_clock_are_refused(scene: Scene) -> None:
    at = int(time.time() * 1000)
    assert (await scene.say("/agents/v1/work", {"waitS": 0}, stamp=at)).status_code == 200
    replayed = await scene.say("/agents/v1/work", {"waitS": 0}, stamp=at)
    old = await scene.say("/agents/v1/work", {"waitS": 0}, stamp=at - 400_000)
    scene.key = Ed25519PrivateKey.generate()
    forged = await scene.say("/agents/v1/work", {"waitS": 0})
    bare = await scene.client.post("/agents/v1/work", json={})

    refused = [replayed, old, forged, bare]
    assert {answer.json()["error"]["code"] for answer in refused} == {"devices.agent_refused"}


async def test_a_code_is_good_once_and_for_an_hour(scene: Scene) -> None:
    code = await make_agent(OFFICE, store_id=scene.store_id, name="仓库")
    assert (await scene.come_in(code)).status_code == 201
    again = await scene.come_in(code)
    late = await make_agent(OFFICE, store_id=scene.store_id, name="仓库")
    await PrintAgent.filter(name="仓库").update(code_until=clock.now())
    key = {"code": "x", "publicKey": "?" * 44}
    bad = await scene.client.post("/agents/v1/joins", json=key)

    for answer in (again, await scene.come_in(late), bad):
        assert answer.json()["error"]["code"] == "devices.agent_code_refused"


async def test_a_revoked_agent_is_out_at_once(scene: Scene) -> None:
    agent_id = (await PrintAgent.get()).id
    stranger = Scope(Role.STORE_MANAGER, staff_id=2, store_ids=frozenset({scene.store_id + 1}))
    with pytest.raises(AgentNotFound):
        await revoke_agent(stranger, agent_id)
    with pytest.raises(StoreNotFound):
        await make_agent(stranger, store_id=scene.store_id, name="x")
    await revoke_agent(OFFICE, agent_id)

    with pytest.raises(NotKnown):
        await scene.agent().look()


async def test_an_agent_prints_nothing_of_another_ones_printer(scene: Scene) -> None:
    printer = await scene.a_printer()
    job_id = await scene.a_paper()
    [work] = (await scene.say("/agents/v1/work", {"waitS": 0})).json()["work"]
    other = Scene(scene.client, scene.file, scene.store_id)
    await other.join("别人")
    names = ("printJobId", "attempt", "printerId", "leaseNo")
    told = {name: work[name] for name in names} | {"outcome": "printed"}

    assert (await other.say("/agents/v1/outcomes", told)).json() == {"state": None}
    assert (await other.say("/agents/v1/work", {"waitS": 0})).json() == {"work": []}
    assert (await state_of(job_id))[0] is PrintState.SENDING
    assert printer == work["printerId"]


async def test_paper_waits_for_an_agent_that_is_away(scene: Scene, serial: SerialPrinter) -> None:
    await scene.a_printer()
    job_id = await scene.a_paper()
    assert await PrintJob.filter(id=job_id, attempts=0).exists()
    serial.condition = serial.condition.model_copy(update={"silent": True})
    agent = scene.agent(front=f"serial://{serial.path}")
    await agent.look()
    await agent.settle()

    assert await state_of(job_id) == (PrintState.MAYBE_PRINTED, "no_answer")
