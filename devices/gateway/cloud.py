"""A maker's cloud over HTTPS. What is not certain is said to be unknown, never guessed."""

import secrets
import time
from dataclasses import replace

import httpx2

from core.http import client
from core.partners import NoAnswer, exchange
from devices.protocol.clouds import yilianyun
from devices.protocol.clouds.shape import Call, Doc, Maker, Stamp, read
from devices.protocol.port import (
    Accepted,
    Fate,
    NotSent,
    Place,
    Refused,
    Said,
    Sent,
    Ticket,
    Unknown,
)
from devices.rules import PrinterCondition

TIMEOUT_S = 8.0
NEVER_LEFT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "core.partner_resting",
    "core.address_refused",
}
MOST_PARTS = 40


class CloudPrinter:
    """One printer of a maker. A paper longer than the maker takes goes in parts, in order."""

    def __init__(self, place: Place, maker: Maker) -> None:
        self._place, self._maker = place, maker
        self.drops_repeats = maker.drops_repeats

    async def send(self, ticket: Ticket) -> Sent:
        """The ticket number names every part. A part that is refused or lost says so of all."""
        parts = _parts(ticket, self._maker.most_bytes)
        if len(parts) > MOST_PARTS:
            return Refused("too_long")
        numbers: list[str] = []
        for part in parts:
            answer = await self._call(self._maker.printing(self._place, part, _stamp()))
            said = self._maker.printed(answer, part) if isinstance(answer, dict) else answer
            if not isinstance(said, Accepted):
                return _of_all(said, is_first=not numbers, drops_repeats=self.drops_repeats)
            numbers.append(said.ticket_no)
        return Accepted(",".join(numbers))

    async def fate_of(self, ticket_no: str) -> Fate:
        """The fate of the last part: a printer works them off in order."""
        call = self._maker.following(self._place, ticket_no.rpartition(",")[2], _stamp())
        if call is None or not ticket_no:
            return Unknown("not_asked")
        answer = await self._call(call)
        if isinstance(answer, dict):
            return self._maker.fate(answer)
        return Unknown(answer.reason)

    async def condition(self) -> PrinterCondition:
        answer = await self._call(self._maker.asking(self._place, _stamp()))
        if isinstance(answer, dict):
            return self._maker.condition(answer)
        return PrinterCondition.UNKNOWN

    async def add(self, label_key: str, name: str) -> Said:
        return await self._done(self._maker.adding(self._place, label_key, name, _stamp()))

    async def remove(self) -> Said:
        return await self._done(self._maker.removing(self._place, _stamp()))

    async def clear(self) -> Said:
        return await self._done(self._maker.clearing(self._place, _stamp()))

    async def _done(self, call: Call) -> Said:
        answer = await self._call(call)
        return self._maker.done(answer) if isinstance(answer, dict) else answer

    async def _call(self, call: Call) -> Doc | NotSent | Unknown:
        return await ask(self._place, call)


async def fetch_token(place: Place) -> str:
    """A token of Yilianyun; empty when none was given. Costs one of twenty fetches a day."""
    answer = await ask(place, yilianyun.asking_token(place, _stamp()))
    return yilianyun.token_of(answer) if isinstance(answer, dict) else ""


async def ask(place: Place, call: Call) -> Doc | NotSent | Unknown:
    """One call and its JSON. Never raises for a fault of the maker."""
    partner = f"print_{place.transport}"
    try:
        async with client(partner, base_url=place.base_url, timeout_s=TIMEOUT_S) as http:
            answer = await exchange(http, _request(http, call), timeout_s=TIMEOUT_S + 2)
    except NoAnswer as lost:
        why = str(lost.facts.get("why", ""))
        return NotSent("unreachable") if why in NEVER_LEFT else Unknown("no_answer")
    return read(answer.body) if answer.status == 200 else Unknown(f"http_{answer.status}")


def _request(http: httpx2.AsyncClient, call: Call) -> httpx2.Request:
    if call.form is not None:
        return http.build_request("POST", call.path, data=dict(call.form))
    headers = {"content-type": "application/json;charset=UTF-8", **call.headers}
    return http.build_request("POST", call.path, content=call.body.encode(), headers=headers)


def _stamp() -> Stamp:
    return Stamp(int(time.time()), f"{secrets.randbelow(900_000) + 100_000}")


def _parts(ticket: Ticket, most_bytes: int) -> list[Ticket]:
    """Whole lines only; one paper that fits keeps its number as it is. ESC/POS is never parted."""
    if len(ticket.payload) <= most_bytes:
        return [ticket]
    if ticket.payload.startswith(b"\x1b"):
        return [ticket] * (MOST_PARTS + 1)
    parts: list[bytes] = []
    kept = b""
    for line in ticket.payload.split(b"\n"):
        if kept and len(kept) + len(line) + 1 > most_bytes:
            parts, kept = [*parts, kept], b""
        kept = kept + b"\n" + line if kept else line
    numbered = enumerate([*parts, kept])
    return [replace(ticket, payload=p, job_no=f"{ticket.job_no}p{n}") for n, p in numbered]


def _of_all(said: Sent, *, is_first: bool, drops_repeats: bool) -> Sent:
    """Half a paper may be out there, unless the maker drops what it has when all is sent again."""
    if is_first or drops_repeats or isinstance(said, Unknown):
        return said
    reason = said.reason if isinstance(said, Refused | NotSent) else ""
    return Unknown(f"half:{reason}"[:40])
