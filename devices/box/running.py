"""A box as it stands in a shop: its settings file, its spool, its lines to the printer, its talk
with the platform."""

import asyncio
import json
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.security.receipt_code import ReceiptKey
from devices.box import layouts
from devices.box.beating import BEAT_S, Beating, Clock, State, keep_layout
from devices.box.calling import Caller
from devices.box.folder import Drop, FolderLine
from devices.box.ink import Ink
from devices.box.layouts import Layout
from devices.box.ocr import lines_by
from devices.box.paper import Job, Line
from devices.box.pictures import picture_of, png_of
from devices.box.proxy import Proxy, Route
from devices.box.pump import Pump
from devices.box.reading import Reading, read
from devices.box.serial import SerialLine, Wires
from devices.box.spool import Entry, Spool
from devices.box.stamp import Stamping
from devices.box.tail import Seen, Stamp
from devices.box.telling import order_of, picture_entry
from devices.box.upload import Platform, Uploader

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BoxSettings:
    """What the platform gave the box when it was enrolled, and where its printer is."""

    box: str
    printer: dict[str, Any]
    stamping: Stamping
    spool: Path
    platform: dict[str, str] | None
    layout: Layout
    layout_no: int
    ocr: tuple[str, ...]
    path: Path


def load(path: Path) -> BoxSettings:
    """Read a settings file (JSON). Raises ValueError in words for a file that is not one."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return _settings(said, path)
    except (KeyError, TypeError, AttributeError) as why:
        raise ValueError(f"{path.name} lacks or misspells {why}") from None


def _settings(said: dict[str, Any], path: Path) -> BoxSettings:
    home = path.parent
    key = ReceiptKey(int(said["key"]["kid"]), bytes.fromhex(said["key"]["secret"]))
    style: Literal["native", "raster", "off"] = said.get("qr", "native")
    if style not in ("native", "raster", "off"):
        raise ValueError("qr is native, raster or off")
    return BoxSettings(
        box=str(said["box"]),
        printer=dict(said["printer"]),
        stamping=Stamping(key, int(said["store_id"]), said["url"], style, said.get("dots", 6)),
        spool=home / said.get("spool", "spool"),
        platform=said.get("platform"),
        layout=layouts.load(home / said.get("layout", "layout.json")),
        layout_no=int(said.get("layout_no", 0)),
        ocr=tuple(said.get("ocr", ())),
        path=path,
    )


Printing = Proxy | SerialLine | FolderLine
MODES = ("network", "serial", "files")


def line_of(settings: BoxSettings, pump: Pump) -> Printing:
    """How the till's bytes come here and leave. Raises ValueError for settings of no mode."""
    said = dict(settings.printer)
    mode = said.pop("mode", "network")
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}")
    try:
        if mode == "serial":
            return SerialLine(Wires(**said), pump)
        return FolderLine(Drop(**said), pump) if mode == "files" else Proxy(Route(**said), pump)
    except TypeError as why:
        raise ValueError(f"printer lacks or misspells: {why}") from None


class Box:
    """One box in service. What the platform changes, counts from the next paper on."""

    def __init__(self, settings: BoxSettings) -> None:
        self.settings, self.clock = settings, Clock()
        self.layout, self.layout_no = settings.layout, settings.layout_no
        self.spool = Spool(settings.spool)
        self.uploader: Uploader | None = None
        self.line: Printing | None = None
        self._reading: set[asyncio.Task[None]] = set()

    def stamp(self, reading: Reading, job: Job, ink: Ink) -> Stamp | None:
        """With the key of the moment."""
        return self.settings.stamping(reading, job, ink)

    async def keep(self, seen: Seen) -> None:
        """Make a paper durable. What takes long, as reading a picture, goes on beside."""
        if self.settings.ocr and not seen.job.has_text and seen.job.pictures:
            task = asyncio.create_task(self._read_picture(seen))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
            return
        await self._keep(order_of(self.settings.box, seen), seen.raw)

    async def _keep(self, entry: Entry | None, raw: bytes) -> None:
        if entry is None:
            return
        is_new = self.spool.add(entry.key, entry.body, raw)
        if is_new and self.uploader:
            self.uploader.ring()
        await asyncio.to_thread(self.spool.sync)

    async def _read_picture(self, seen: Seen) -> None:
        picture = picture_of(seen.raw)
        if picture is None or not picture.is_tall:
            return
        lines = await lines_by(self.settings.ocr, png_of(picture))
        job = Job(lines=[Line(line) for line in lines])
        said = (lines, read(job, today=self.clock.today())) if lines else None
        await self._keep(picture_entry(self.settings.box, seen.raw, said), seen.raw)

    def taught(self, layout_no: int, layout: Layout) -> None:
        """New words of the till, for the next paper and the next start."""
        self.layout.clear()
        self.layout.update(layout)
        keep_layout(self.settings.path.parent, layout)
        self.layout_no = layout_no

    def renewed(self) -> None:
        """The settings file has new keys."""
        self.settings = load(self.settings.path)

    def state(self) -> State:
        has_printer = self.line.has_printer if self.line else None
        kid = self.settings.stamping.key.kid
        return State(self.spool.count, has_printer, kid, self.layout_no)

    def talks(self) -> list[Callable[[], Awaitable[None]]]:
        """What runs beside the paper: uploads and beats, where there is a platform."""
        away, home = self.settings.platform, self.settings.path.parent
        if not away:
            return []
        files = {name: home / away[name] for name in ("ca", "certificate", "key") if name in away}
        caller = Caller(**files)
        platform = Platform(away["url"], caller, self.spool.raw_of)
        self.uploader = Uploader(self.spool, platform.send)
        if "control" not in away:
            return [self.uploader.run]
        beating = Beating(
            away["control"],
            caller,
            self.settings.path,
            self.clock,
            self.state,
            self.taught,
            self.renewed,
        )
        every_s = float(away.get("beat_s", BEAT_S))
        return [self.uploader.run, lambda: beating.run(every_s)]


async def run(settings: BoxSettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError when the port is taken."""
    box = Box(settings)
    line = box.line = line_of(settings, Pump(box.stamp, box.keep, box.layout, box.clock.today))
    await line.open()
    print(json.dumps({"listening": line.port}), flush=True)  # noqa: T201 - whoever started it waits
    talking = [asyncio.ensure_future(talk()) for talk in box.talks()]
    await _told_to_stop()
    await line.close()
    for talk in talking:
        talk.cancel()
        with suppress(asyncio.CancelledError):
            await talk
    box.spool.close()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
