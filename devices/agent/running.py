"""The print agent at work: asks for papers, prints each on its own printer, says what became."""

import asyncio
import json
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.agent.journal import Journal
from devices.agent.ports import Port, port_of
from devices.agent.signing import public_text, sign
from devices.protocol.port import NotSent, Printed, Refused, Unknown

log = logging.getLogger(__name__)
VERSION = "1"
WAIT_S, PAUSE_S, MOST_PAUSE_S, SAY_EVERY_S = 20.0, 1.0, 60.0, 3.0
Doc = dict[str, Any]


class NotKnown(Exception):
    """The platform does not know this agent, or no more: somebody must let it in again."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands in the agent's file; `printers` are the only places it ever writes to."""

    url: str
    agent: str
    key: str
    printers: Mapping[str, str]
    journal: Path


def load(path: Path) -> Settings:
    """Raises ValueError or OSError for a file that is none."""
    said = json.loads(path.read_text(encoding="utf-8"))
    for url in said["printers"].values():
        port_of(url)
    journal = path.with_suffix(".journal")
    return Settings(said["url"], said["agent"], said["key"], said["printers"], journal)


def join(path: Path, *, url: str, code: str, printers: Mapping[str, str]) -> str:
    """Make a key, come in with the one-time code, write the file; answers the agent's name.

    The key never leaves this machine. Raises ValueError when the platform says no.
    """
    for each in printers.values():
        port_of(each)
    key = Ed25519PrivateKey.generate()
    body = {"code": code, "publicKey": public_text(key), "version": VERSION}
    answer = httpx2.post(f"{url}/agents/v1/joins", json=body, trust_env=False, timeout=15)
    if answer.status_code != 201:
        raise ValueError(f"the platform says no ({answer.status_code}): {answer.text[:200]}")
    said = {
        "url": url,
        "agent": answer.json()["agent"],
        "key": b64encode(key.private_bytes_raw()).decode(),
        "printers": dict(printers),
    }
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return str(said["agent"])


class Agent:
    """One agent and its line to the platform. Printers work side by side, each in order."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        self._settings, self._http = settings, http
        self._key = Ed25519PrivateKey.from_private_bytes(b64decode(settings.key))
        self._ports = {name: port_of(url) for name, url in settings.printers.items()}
        self._journal = Journal(settings.journal)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._stamp = 0

    async def run(self) -> None:
        """Until it is told to stop. A platform that does not answer is asked ever more seldom.

        Raises NotKnown when the platform refuses the agent for good.
        """
        saying = asyncio.create_task(self._say_on())
        pause = PAUSE_S
        try:
            while True:
                try:
                    await self.look(WAIT_S)
                    pause = PAUSE_S
                except (httpx2.HTTPError, OSError, ValueError):
                    log.warning("the platform does not answer")
                    await asyncio.sleep(pause)
                    pause = min(MOST_PAUSE_S, pause * 2)
        finally:
            saying.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def look(self, wait_s: float = 0) -> int:
        """Ask once for papers and begin them; answers how many."""
        said = [
            {"address": name, "condition": await port.condition()}
            for name, port in self._ports.items()
            if not self._is_busy(name)
        ]
        body = {"version": VERSION, "waitS": wait_s, "printers": said}
        work = (await self._call("/agents/v1/work", body, wait_s + 15))["work"]
        for item in work:
            before = self._busy.get(item["address"])
            self._busy[item["address"]] = asyncio.create_task(self._print(item, before))
        return len(work)

    async def settle(self) -> None:
        """Wait for what is being printed, and say what became of it."""
        await asyncio.gather(*self._busy.values())
        await self._say()

    def _is_busy(self, name: str) -> bool:
        """Its line is in use: it is asked another time."""
        task = self._busy.get(name)
        return task is not None and not task.done()

    async def _print(self, work: Doc, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        if not self._journal.begin(work):
            return
        outcome, reason = await _sent(self._ports.get(work["address"]), b64decode(work["payload"]))
        self._journal.end(work, outcome, reason)
        with suppress(httpx2.HTTPError, OSError, ValueError, NotKnown):
            await self._say()

    async def _say_on(self) -> None:
        while True:
            await asyncio.sleep(SAY_EVERY_S)
            with suppress(httpx2.HTTPError, OSError, ValueError, NotKnown):
                await self._say()

    async def _say(self) -> None:
        for doc in self._journal.unsaid():
            await self._call("/agents/v1/outcomes", doc, 15)
            self._journal.heard(doc)

    async def _call(self, path: str, body: Doc, timeout_s: float) -> Doc:
        raw = json.dumps(body).encode()
        self._stamp = max(self._stamp + 1, int(time.time() * 1000))
        headers = {
            "content-type": "application/json",
            "x-agent": self._settings.agent,
            "x-stamp": str(self._stamp),
            "x-sign": sign(self._key, path, self._stamp, raw),
        }
        url = self._settings.url + path
        answer = await self._http.post(url, content=raw, headers=headers, timeout=timeout_s)
        if answer.status_code == 401:
            raise NotKnown(answer.text[:200])
        answer.raise_for_status()
        found: Doc = answer.json()
        return found


async def run(settings: Settings) -> None:
    """Raises NotKnown."""
    async with httpx2.AsyncClient(trust_env=False) as http:
        await Agent(settings, http).run()


async def _sent(port: Port | None, payload: bytes) -> tuple[str, str]:
    """An address that the agent's own file does not name is never written to."""
    if port is None:
        return "refused", "no_such_printer"
    match await port.send(payload):
        case Printed():
            return "printed", ""
        case NotSent(reason):
            return "not_sent", reason
        case Unknown(reason):
            return "maybe", reason
        case Refused(reason):
            return "refused", reason
        case _:
            return "maybe", "no_answer"
