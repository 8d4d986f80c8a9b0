"""A box as it stands in a shop: its settings file, its spool, its proxy and its uploads."""

import asyncio
import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.security.receipt_code import ReceiptKey
from devices.box import layouts
from devices.box.layouts import Layout
from devices.box.proxy import Proxy, Route
from devices.box.spool import Entry, Spool, key_of
from devices.box.stamp import Stamping, order_name
from devices.box.tail import Seen
from devices.box.truth import job_json
from devices.box.upload import Platform, Uploader


@dataclass(frozen=True, slots=True)
class BoxSettings:
    """What the platform gave the box when it was enrolled, and where its printer is."""

    box: str
    route: Route
    stamping: Stamping
    spool: Path
    platform: Platform | None
    layout: Layout


def load(path: Path) -> BoxSettings:
    """Read a settings file (JSON). Raises ValueError in words for a file that is not one."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return _settings(said, path.parent)
    except (KeyError, TypeError, AttributeError) as why:
        raise ValueError(f"{path.name} lacks or misspells {why}") from None


def _settings(said: dict[str, Any], home: Path) -> BoxSettings:
    key = ReceiptKey(int(said["key"]["kid"]), bytes.fromhex(said["key"]["secret"]))
    style: Literal["native", "raster", "off"] = said.get("qr", "native")
    if style not in ("native", "raster", "off"):
        raise ValueError("qr is native, raster or off")
    away = said.get("platform")
    return BoxSettings(
        box=str(said["box"]),
        route=Route(**said["printer"]),
        stamping=Stamping(key, int(said["store_id"]), said["url"], style, said.get("dots", 6)),
        spool=home / said.get("spool", "spool"),
        platform=_platform(away, home) if away else None,
        layout=layouts.load(home / said.get("layout", "layout.json")),
    )


def _platform(said: dict[str, str], home: Path) -> Platform:
    files = {name: home / said[name] for name in ("ca", "certificate", "key") if name in said}
    return Platform(said["url"], **files)


def order_of(box: str, seen: Seen) -> Entry | None:
    """What the platform gets of a paper; None for papers that are no order.

    A copy of a sale is the sale itself: same number, day and amount are the same entry. What is
    doubtful goes up as text, without an order.
    """
    reading = seen.reading
    if reading.kind not in ("sale", "refund", "reprint"):
        return None
    if not reading.is_certain:
        text = [line.text for line in seen.job.lines]
        body: dict[str, Any] = {"box": box, "doubts": reading.doubts, "text": text}
        return Entry(key_of(body), body)
    said = job_json(reading)
    said["kind"] = "sale" if reading.kind == "reprint" else reading.kind
    name = order_name(reading.order_no or "", reading.at or "")
    key = key_of([box, said["kind"], name, said["totals"]["due"]])
    return Entry(key, {"box": box, "order": said, "name": name, "code": seen.code})


async def run(settings: BoxSettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError when the port is taken."""
    spool = Spool(settings.spool)
    uploader = Uploader(spool, settings.platform.send) if settings.platform else None

    async def keep(seen: Seen) -> None:
        order = order_of(settings.box, seen)
        if order is None:
            return
        is_new = spool.add(order.key, order.body)
        if is_new and uploader:
            uploader.ring()
        await asyncio.to_thread(spool.sync)

    proxy = Proxy(settings.route, settings.stamping, keep, settings.layout)
    await proxy.open()
    print(json.dumps({"listening": proxy.port}), flush=True)  # noqa: T201 - whoever started it waits
    uploading = asyncio.create_task(uploader.run()) if uploader else None
    await _told_to_stop()
    await proxy.close()
    if uploading:
        uploading.cancel()
    spool.close()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
