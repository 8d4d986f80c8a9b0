"""How a box hears the platform: it says how it is, and gets layouts, the time, word to renew."""

import asyncio
import http.client
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from devices.box import VERSION
from devices.box.calling import Caller
from devices.box.layouts import KNOWN, Layout

BEAT_S = 60.0
SHOP_HOURS = timedelta(hours=8)
log = logging.getLogger(__name__)


class Clock:
    """The box's own clock, put right by what the platform said last."""

    def __init__(self) -> None:
        self._off = 0.0

    def hear(self, said: str) -> None:
        """The platform's time, ISO 8601."""
        self._off = datetime.fromisoformat(said).timestamp() - time.time()

    def today(self) -> date:
        """The day in the shop: for moments that are printed without a year."""
        return (datetime.fromtimestamp(time.time() + self._off, UTC) + SHOP_HOURS).date()


@dataclass(frozen=True, slots=True)
class State:
    """What a box says of itself at this moment."""

    waiting: int
    has_printer: bool | None
    kid: int
    layout_no: int


@dataclass(slots=True)
class Beating:
    """`control` is the platform's address for boxes. `taught` is told a new layout, `renewed` that
    the settings file has new keys."""

    control: str
    caller: Caller
    settings: Path
    clock: Clock
    state: Callable[[], State]
    taught: Callable[[int, Layout], None]
    renewed: Callable[[], None]

    async def run(self, every_s: float = BEAT_S) -> None:
        """Until cancelled. A platform that is away is asked again at the next beat."""
        while True:
            try:
                await self.beat()
            except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as why:
                log.warning("no answer from the platform: %s", why)
            await asyncio.sleep(every_s)

    async def beat(self) -> None:
        """One round. Raises what went wrong."""
        status, said = await asyncio.to_thread(self._post)
        if status != 200:
            raise ValueError(f"the platform answered {status}")
        self.clock.hear(said["now"])
        if isinstance(said["layout"], dict):
            self.taught(int(said["layoutNo"]), layout_of(said["layout"]))
        if said["mustRenew"]:
            await self._renew()

    def _post(self) -> tuple[int, dict[str, Any]]:
        state = self.state()
        body = {
            "at": datetime.now(UTC).isoformat(),
            "version": VERSION,
            "waiting": state.waiting,
            "hasPrinter": state.has_printer,
            "kid": state.kid,
            "layoutNo": state.layout_no,
        }
        return self.caller.post(f"{self.control}/beats", body)

    async def _renew(self) -> None:
        """In a process of its own, which makes keys and ends."""
        command = (sys.executable, "-m", "app", "box", "renew", "--settings", str(self.settings))
        child = await asyncio.create_subprocess_exec(*command)
        if await child.wait() == 0:
            self.renewed()


def layout_of(said: dict[str, Any]) -> Layout:
    """Only names we know, only texts."""
    return {name: said[name] for name in KNOWN if isinstance(said.get(name), str)}


def keep_layout(folder: Path, layout: Layout) -> None:
    """For the next start."""
    fresh = folder / "layout.json.writing"
    fresh.write_text(json.dumps(layout, ensure_ascii=False), encoding="utf-8")
    fresh.replace(folder / "layout.json")
