"""The agent at work: asks for a request, asks the disc whether it has it, issues it, says so.

The disc's own log is what makes it safe: before anything is issued the disc is asked for our
number, so an answer that was lost on either side is found and not issued again.
"""

import asyncio
import json
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from invoicing.backends.bridge.agent.line import Line, NoReply, NotAsked, line_of
from invoicing.backends.bridge.signing import public_text, sign, words

log = logging.getLogger(__name__)
VERSION = "1"
WAIT_S, PAUSE_S, MOST_PAUSE_S = 20.0, 2.0, 60.0
WORK, OUTCOMES = "/bridge/v1/work", "/bridge/v1/outcomes"
Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands in the agent's file: whose devices it speaks for, by the account's name."""

    url: str
    key: str
    devices: Mapping[str, str]


def load(path: Path) -> Settings:
    """Raises OSError, ValueError or KeyError for a file that is none."""
    said = json.loads(path.read_text(encoding="utf-8"))
    for url in said["devices"].values():
        line_of(url)
    return Settings(said["url"].rstrip("/"), said["key"], said["devices"])


def make(path: Path, *, url: str) -> str:
    """Write a new file with a key of its own, and answer the public half of it.

    The key never leaves this machine. Raises FileExistsError when there is a file.
    """
    key = Ed25519PrivateKey.generate()
    said = {"url": url, "key": b64encode(key.private_bytes_raw()).decode(), "devices": {}}
    with path.open("x", encoding="utf-8") as file:
        path.chmod(0o600)
        file.write(json.dumps(said, indent=1) + "\n")
    return public_text(key)


def add_device(path: Path, *, account: str, device: str) -> None:
    """Serve one more device. Raises OSError, ValueError or KeyError."""
    line_of(device)
    said = json.loads(path.read_text(encoding="utf-8"))
    said["devices"][account] = device
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


class Agent:
    """One agent; its devices work side by side, each one request at a time."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        self._settings, self._http = settings, http
        self._key = Ed25519PrivateKey.from_private_bytes(b64decode(settings.key))
        self._stamp = 0

    async def run(self) -> None:
        """Until it is told to stop."""
        async with asyncio.TaskGroup() as group:
            for account in self._settings.devices:
                group.create_task(self._serve(account))

    async def _serve(self, account: str) -> None:
        pause = PAUSE_S
        while True:
            try:
                did_work = await self.look(account, wait_s=WAIT_S)
                pause = PAUSE_S
                if not did_work:
                    await asyncio.sleep(0.2)
            except (httpx2.HTTPError, OSError, ValueError):
                log.warning("the platform does not answer")
                await asyncio.sleep(pause)
                pause = min(MOST_PAUSE_S, pause * 2)

    async def look(self, account: str, *, wait_s: float = 0) -> bool:
        """One round for one device; answers whether there was work."""
        line = line_of(self._settings.devices[account])
        status = await _status(line)
        body = {"version": VERSION, "waitS": wait_s, "device": status}
        work = (await self._say(account, WORK, body, wait_s + 15))["work"]
        if work is None:
            return False
        outcome = await _outcome(line, work["order"])
        if outcome is not None:
            facts = {"taskId": work["taskId"], "leaseNo": work["leaseNo"], **outcome}
            await self._say(account, OUTCOMES, facts, 15)
        return True

    async def _say(self, account: str, path: str, body: Doc, timeout_s: float) -> Doc:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self._stamp = max(self._stamp + 1, int(time.time() * 1000))
        headers = {
            "content-type": "application/json",
            "x-account": account,
            "x-stamp": str(self._stamp),
            "x-sign": sign(self._key, words(path, account, self._stamp, raw)),
        }
        url = self._settings.url + path
        answer = await self._http.post(url, content=raw, headers=headers, timeout=timeout_s)
        answer.raise_for_status()
        found: Doc = answer.json()
        return found


async def run(settings: Settings) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        await Agent(settings, http).run()


async def _status(line: Line) -> Doc:
    try:
        said = await line.ask({"do": "STATUS"})
    except (NotAsked, NoReply):
        return {"isReady": False, "hold": "device", "text": "设备无应答"}
    return {
        "isReady": said.get("ready") is True,
        "hold": "login" if said.get("locked") is True else "",
        "text": str(said.get("text", ""))[:200],
        "numbersLeft": said.get("left") if isinstance(said.get("left"), int) else None,
        "discNo": str(said.get("disc", ""))[:40],
    }


async def _outcome(line: Line, order: Doc) -> Doc | None:
    """None: nobody knows yet. The lease runs out, and the device is asked for the number again."""
    try:
        known = await line.ask({"do": "FIND", "requestNo": order["requestNo"]})
        if known.get("state") in {"none", "failed"}:
            known = await line.ask({"do": "ISSUE", "order": order})
    except NotAsked as why:
        return {"outcome": "put_back", "code": "device", "text": str(why)[:200]}
    except NoReply:
        return None
    return _said(known)


def _said(known: Doc) -> Doc | None:
    state, text = known.get("state"), str(known.get("text", ""))[:200]
    if state == "issued":
        return {"outcome": "issued", "invoice": known["invoice"]}
    if state == "refused":
        return {"outcome": "refused", "code": str(known.get("code", ""))[:40], "text": text}
    if state in {"failed", "held"}:
        return {"outcome": "held", "code": str(known.get("why", "later"))[:12], "text": text}
    return None
