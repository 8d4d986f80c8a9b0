"""A network printer on raw TCP, as port 9100 behaves: no framing, no acknowledgement, one head.

Bytes go through the tokenizer; a cut, 1.5 s of silence or the end of the connection ends a job.
What a job left on paper is kept in the collection `paper`; `/_sim/printers` shows and sets.
"""

import asyncio
import base64
import socket
import struct
from contextlib import suppress
from weakref import WeakKeyDictionary

from sandbox import printer_status
from sandbox.config import Printer as PrinterConfig
from sandbox.escpos import Token, Tokenizer
from sandbox.paper import CUTS, Press
from sandbox.paper_style import Style
from sandbox.printer_status import Condition
from sandbox.timetable import Doc
from sandbox.world import World

HOST = "127.0.0.1"
SILENCE_S = 1.5
JOBS_KEPT = 100
_CHUNK = 4096

_running: WeakKeyDictionary[World, dict[str, "Printer"]] = WeakKeyDictionary()


def printers_of(world: World) -> dict[str, "Printer"]:
    """The printers of a world that were started, by id."""
    return _running.setdefault(world, {})


async def start(world: World, config: PrinterConfig) -> "Printer":
    """Plug a printer in; `port` says where it listens."""
    printer = Printer(world, config)
    await printer.listen(config.port)
    printers_of(world)[config.id] = printer
    return printer


class Printer:
    """One printer with its socket, its settings and its one print head."""

    def __init__(self, world: World, config: PrinterConfig) -> None:
        self.world = world
        self.id = config.id
        self.columns = config.columns
        self.port = config.port
        self._head = asyncio.Lock()
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def condition(self) -> Condition:
        """How it is now."""
        return Condition.model_validate(self._memory.get("condition", {}))

    async def set_condition(self, condition: Condition) -> None:
        """Make it so: unplugging drops the connections, plugging in listens on the same port."""
        self._memory["condition"] = condition.model_dump()
        self.world.changed()
        self._changed.set()
        if condition.off:
            await self.close()
        elif self._server is None:
            await self.listen(self.port)

    async def listen(self, port: int) -> None:
        """Accept connections; port 0 takes a free one."""
        if self.condition.off and port:
            return
        self._server = await asyncio.start_server(self._accept, HOST, port, limit=4 * _CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Unplug: no more connections, those that are open end now."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def _memory(self) -> Doc:
        return self.world.collection("printers").setdefault(self.id, {})

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await _Connection(self, reader, writer).serve()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def take_head(self) -> None:
        """Wait until no other connection is in the middle of a job."""
        await self._head.acquire()

    async def wait_until_ready(self) -> None:
        """Returns when there is paper, the cover is shut and the printer is online."""
        while self.condition.is_stuck:
            self._changed.clear()
            await self._changed.wait()

    async def finish(self, tokens: list[Token], end: str) -> None:
        """Print a job, keep what it left, and give the head back."""
        try:
            before = self._memory.get("style", {})
            press = Press(self.columns, Style(**before))
            paper = await asyncio.to_thread(press.run, tokens)
            self._memory["style"] = press.style.as_json()
            if not paper.is_empty:
                raw = b"".join(token.raw for token in tokens)
                self._keep(raw, before, {**paper.facts(), "end": end})
        finally:
            self._head.release()

    def _keep(self, raw: bytes, style: Doc, facts: Doc) -> None:
        jobs = self.world.collection("paper")
        job_id = f"P{self.world.next_number('paper'):06d}"
        jobs[job_id] = {
            "id": job_id,
            "printer": self.id,
            "at": self.world.now().isoformat(),
            "columns": self.columns,
            "bytes": len(raw),
            **facts,
            "raw": base64.b64encode(raw).decode(),
            "style": style,
        }
        mine = [key for key, job in jobs.items() if job["printer"] == self.id]
        for key in mine[:-JOBS_KEPT]:
            del jobs[key]
        self.world.changed()

    async def count_towards_reset(self, count: int) -> bool:
        """Whether these bytes reached the reset; it happens once."""
        left = self.condition.reset_after
        if left is None:
            return False
        is_reached = count >= left
        rest = None if is_reached else left - count
        await self.set_condition(self.condition.model_copy(update={"reset_after": rest}))
        return is_reached


class _Connection:
    """Reads into the buffer and answers at once; a second task prints from the buffer."""

    def __init__(
        self, printer: Printer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._printer = printer
        self._reader = reader
        self._writer = writer
        self._buffer: asyncio.Queue[list[Token] | None] = asyncio.Queue(maxsize=16)
        self._job: list[Token] = []
        self._end = "closed"

    async def serve(self) -> None:
        printing = asyncio.create_task(self._print())
        try:
            await self._read()
            await self._buffer.put(None)
            await printing
        finally:
            printing.cancel()

    async def _read(self) -> None:
        tokenizer = Tokenizer()
        while data := await self._next_bytes():
            tokens = tokenizer.feed(data)
            for token in tokens:
                await self._say(printer_status.at_once(token, self._printer.condition))
            await self._buffer.put(tokens)
            if await self._printer.count_towards_reset(len(data)):
                self._reset()
                break
        await self._buffer.put(tokenizer.close())

    async def _next_bytes(self) -> bytes:
        condition = self._printer.condition
        size = condition.reset_after or _CHUNK
        if condition.bytes_per_s:
            await asyncio.sleep(0.1)
            size = min(size, max(1, condition.bytes_per_s // 10))
        try:
            return await self._reader.read(min(size, _CHUNK))
        except ConnectionError:
            self._end = "reset"
            return b""

    def _reset(self) -> None:
        """RST instead of FIN, as a printer whose power went."""
        self._end = "reset"
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def _print(self) -> None:
        try:
            while (tokens := await self._next_tokens()) is not None:
                for token in tokens:
                    await self._printer.wait_until_ready()
                    await self._obey(token)
            await self._finish(self._end)
        except asyncio.CancelledError:
            await self._finish("unplugged")
            raise

    async def _next_tokens(self) -> list[Token] | None:
        """The next of the buffer; silence in the middle of a job ends the job."""
        while self._job:
            with suppress(TimeoutError):
                async with asyncio.timeout(SILENCE_S):
                    return await self._buffer.get()
            await self._finish("silence")
        return await self._buffer.get()

    async def _obey(self, token: Token) -> None:
        if not self._job:
            await self._printer.take_head()
        self._job.append(token)
        if token.name in CUTS:
            await self._finish("cut")
        await self._say(printer_status.in_turn(token, self._printer.condition))

    async def _finish(self, end: str) -> None:
        job, self._job = self._job, []
        if job:
            await self._printer.finish(job, end)

    async def _say(self, answer: bytes) -> None:
        if answer and not self._printer.condition.silent and not self._writer.is_closing():
            self._writer.write(answer)
            with suppress(ConnectionError):
                await self._writer.drain()
