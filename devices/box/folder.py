"""A till that prints into files: a folder it drops them in, and the printer behind it.

Each file is one job, printed in the order they came, and kept until the printer has taken it all.
A file that was begun when the box died is printed again, whole, and marked as a copy.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from devices.box.pump import Pump
from devices.box.tail import Seen

LOOK_S = 0.2
AGAIN_S = 2.0
CONNECT_S = 2.0
LINGER_S = 3.0
MOST_DONE = 200
BEGUN = ".printing"
UNFINISHED = (".tmp", ".part", ".writing", BEGUN)
AGAIN = "\x1b@** 重新打印 **\n".encode("gb18030")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drop:
    """Where the till's files come, and its printer."""

    folder: str
    printer_host: str
    printer_port: int = 9100


class FolderLine:
    """One folder, one printer. What is printed lies in `done` for a while."""

    def __init__(self, drop: Drop, pump: Pump) -> None:
        self._drop, self._pump = drop, pump
        self._folder = Path(drop.folder)
        self.has_printer: bool | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def port(self) -> str:
        """What stands for a port: the folder."""
        return self._drop.folder

    async def open(self) -> None:
        """Begin. Raises OSError where the folder cannot be made."""
        (self._folder / "done").mkdir(parents=True, exist_ok=True)
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        await self._pump.settle(LINGER_S)

    async def _run(self) -> None:
        seen: dict[str, int] = {}
        begun = sorted(self._folder.glob(f"*{BEGUN}"), key=_age)
        for path in begun:
            await self._until_printed(path, AGAIN)
        while True:
            now = {path.name: path.stat().st_size for path in self._waiting()}
            whole = [name for name, size in now.items() if seen.get(name) == size]
            for name in whole:
                path = self._folder / (name + BEGUN)
                (self._folder / name).rename(path)
                await self._until_printed(path, b"")
            seen = now
            await asyncio.sleep(LOOK_S)

    def _waiting(self) -> list[Path]:
        found = [path for path in self._folder.iterdir() if path.is_file()]
        return sorted((path for path in found if path.suffix not in UNFINISHED), key=_age)

    async def _until_printed(self, path: Path, before: bytes) -> None:
        """The printer may be off overnight: nothing overtakes this file, nothing is lost."""
        data = await asyncio.to_thread(path.read_bytes)
        tail = self._pump.tail()
        parts = [*tail.feed(data), *tail.end()]
        for part in parts:
            if isinstance(part, Seen):
                await self._pump.remember(part)
        paper = before + b"".join(part for part in parts if isinstance(part, bytes))
        while not await self._print(paper):  # noqa: ASYNC110 - no bell rings when it is on again
            await asyncio.sleep(AGAIN_S)
        await asyncio.to_thread(self._put_away, path)

    async def _print(self, paper: bytes) -> bool:
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(
                    self._drop.printer_host, self._drop.printer_port
                )
            writer.write(paper)
            await writer.drain()
            writer.write_eof()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LINGER_S):
                    await reader.read()
            writer.close()
            await writer.wait_closed()
        except (OSError, TimeoutError) as why:
            log.warning("printer away: %s", why)
            self.has_printer = False
            return False
        self.has_printer = True
        return True

    def _put_away(self, path: Path) -> None:
        path.rename(self._folder / "done" / path.name.removesuffix(BEGUN))
        for old in sorted((self._folder / "done").iterdir(), key=_age)[:-MOST_DONE]:
            with contextlib.suppress(OSError):
                old.unlink()


def _age(path: Path) -> tuple[int, str]:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns, path.name
    return 0, path.name
