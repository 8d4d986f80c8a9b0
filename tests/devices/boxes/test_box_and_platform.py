"""A real box program against the real gate: it comes in, tells a sale once, is taught, renews."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app import box_gate
from app.connections import Http
from core.database import sql
from core.settings import Settings, configure, current
from devices.box import VERSION
from devices.boxes.knowing import authority
from devices.boxes.managing import add_box, end_box, want_new_key
from tests.scenes.stores import a_store

ROOT = Path(__file__).parents[3]
BODY = "街角面馆\n单号:A7\n2026-05-01 10:33:20\n牛肉面 2 36.00\n合计 36.00\n现金 36.00\n"
SALE = b"\x1b@" + BODY.encode("gb18030") + b"\n\n\x1bd\x03\x1dV\x00"


@asynccontextmanager
async def the_gate(settings: Settings, home: Path) -> AsyncIterator[str]:
    tls = await box_gate.papers("127.0.0.1", home)
    app = box_gate.build(settings)
    made = uvicorn.Config(app, log_level="warning", http=Http, loop="asyncio", **tls)
    server = uvicorn.Server(made)
    door = socket.create_server(("127.0.0.1", 0))
    address = f"https://127.0.0.1:{door.getsockname()[1]}"
    configure(settings.model_copy(update={"box_url": address}))
    serving = asyncio.create_task(server.serve([door]))
    yield address
    server.should_exit = True
    await asyncio.gather(serving, return_exceptions=True)


class Paper:
    """A printer that keeps what it got."""

    def __init__(self) -> None:
        self.data = bytearray()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            self.data += data
        writer.close()


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def box_command(*words: str) -> str:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "box", *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, why = await child.communicate()
    return (said or why).decode()


async def papers() -> list[dict[str, object]]:
    return await sql("SELECT order_no, due_fen, state, code FROM boxes_paper ORDER BY id")


async def printed(paper: Paper, count: int) -> None:
    async def is_printed() -> bool:
        return paper.data.count(b"\x1dV\x00") == count

    await until(is_printed)


async def prints(listening: int, data: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", listening)
    writer.write(data)
    writer.close()


def settings_in(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(path.read_text())
    return said


def layout_in(path: Path) -> str:
    return (path.parent / "layout.json").read_text()


def put_settings(path: Path, said: dict[str, Any]) -> None:
    path.write_text(json.dumps(said))


async def comes_in(path: Path, gate: str, ca: Path, printer: int, code: str) -> None:
    words = ["join", "--url", gate, "--printer", f"127.0.0.1:{printer}", "--listen", "0"]
    words += ["--ca", str(ca), "--settings", str(path)]
    wrong = await box_command(*words, "--code", "AAAA-AAAA-AAAA")
    right = await box_command(*words, "--code", code)
    assert "make a new one in the console" in wrong
    assert json.loads(right)["box"].startswith("box_")
    assert (path.parent / "box.pem").stat().st_mode & 0o077 == 0
    said = settings_in(path)
    said["platform"]["beat_s"] = 0.2
    put_settings(path, said)


async def sells(paper: Paper, listening: int) -> None:
    for count in (1, 2):
        await prints(listening, SALE)
        await printed(paper, count)
    await until(papers)
    [sale] = await papers()
    assert (sale["order_no"], sale["due_fen"], sale["state"]) == ("A7", 3_600, "read")
    assert f"{current().public_url}/i/{sale['code']}".encode() in paper.data


async def is_taught_and_renews(path: Path) -> None:
    kid = settings_in(path)["key"]["kid"]
    words = json.dumps({"due": "本单应收"})
    await sql("UPDATE boxes_box SET layout = $1::jsonb, layout_no = 7", words)
    await want_new_key(1, by="scene")

    async def is_new() -> bool:
        is_taught = "本单应收" in layout_in(path)
        return is_taught and settings_in(path)["key"]["kid"] != kid

    await until(is_new)
    [seen] = await sql("SELECT count(*) AS n FROM boxes_certificate WHERE ended_at IS NULL")
    [row] = await sql("SELECT version, has_printer, waiting FROM boxes_box")
    assert seen["n"] == 2
    assert (row["version"], row["has_printer"], row["waiting"]) == (VERSION, True, 0)


async def is_put_out(paper: Paper, listening: int) -> None:
    """Nothing of a revoked box is taken, and its paper goes on."""
    await end_box(1, is_stolen=True, by="scene")
    await prints(listening, SALE.replace(b"A7", b"A8"))
    await printed(paper, 3)
    await asyncio.sleep(0.5)
    assert len(await papers()) == 1


@pytest.mark.usefixtures("db")
async def test_a_box_comes_in_tells_a_sale_once_is_taught_renews_and_is_put_out(
    settings: Settings, tmp_path: Path
) -> None:
    code = await add_box(store_id=(await a_store()).id, name="till 1", by="scene")
    paper, path, ca = Paper(), tmp_path / "box" / "box.json", tmp_path / "world.pem"
    ca.write_text((await authority())[0])
    printer = await asyncio.start_server(paper.serve, "127.0.0.1", 0)
    async with the_gate(settings, tmp_path) as gate:
        await comes_in(path, gate, ca, printer.sockets[0].getsockname()[1], code)
        box = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", "box", "run", "--settings", str(path)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert box.stdout
        listening = json.loads(await box.stdout.readline())["listening"]
        await sells(paper, listening)
        await is_taught_and_renews(path)
        await is_put_out(paper, listening)
        box.send_signal(signal.SIGTERM)
        assert await box.wait() == 0
    printer.close()
