"""An alliance partner, reached by HTTP. What is not certain is unknown, never guessed."""

import secrets
import time
from dataclasses import dataclass
from datetime import date

from core.errors import NotConfigured
from core.http import client
from core.partners import Answer, NoAnswer, exchange
from core.settings import PointsPartner, current
from crm.points import protocol
from crm.points.protocol import Listed, NeverHeard, NotUnderstood, Said, Transfer

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the partner heard us."""

    why: str


async def transfer(partner: str, wanted: Transfer) -> Said | Unknown:
    """Ask for a transfer under its number; asking again under the same number is no second one."""
    answer = await _asked(partner, "POST", protocol.TRANSFERS, protocol.transfer_body(wanted))
    said = _read(answer, wanted.no)
    return Unknown("never heard of it") if isinstance(said, NeverHeard) else said


async def ask_about(partner: str, no: str) -> Said | NeverHeard | Unknown:
    """Ask what became of a transfer."""
    return _read(await _asked(partner, "GET", protocol.transfer_path(no), b""), no)


async def list_day(partner: str, day: date) -> list[Listed]:
    """The partner's transfers of a day. Raises Unavailable."""
    answer = await _asked(partner, "GET", protocol.day_path(day), b"")
    if isinstance(answer, Unknown):
        raise NoAnswer(why=answer.why)
    try:
        return protocol.read_day(answer.status, answer.body)
    except NotUnderstood as lost:
        raise NoAnswer(why=str(lost)) from None


def _read(answer: Answer | Unknown, no: str) -> Said | NeverHeard | Unknown:
    if isinstance(answer, Unknown):
        return answer
    try:
        return protocol.read_transfer(answer.status, answer.body, no)
    except NotUnderstood as lost:
        return Unknown(str(lost))


def _settings(partner: str) -> PointsPartner:
    found = current().points_partners.get(partner)
    if found is None:
        raise NotConfigured(what=f"points_partners.{partner}")
    return found


async def _asked(partner: str, method: str, path: str, body: bytes) -> Answer | Unknown:
    ours = _settings(partner)
    timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
    signature = protocol.sign(
        ours.secret.get_secret_value(),
        method=method,
        path=path,
        timestamp=timestamp,
        nonce=nonce,
        body=body,
    )
    headers = {
        "content-type": "application/json",
        "x-app-key": ours.app_key,
        "x-timestamp": timestamp,
        "x-nonce": nonce,
        "x-signature": signature,
    }
    name = f"points_{partner}"
    try:
        async with client(name, base_url=ours.base_url, timeout_s=TIMEOUT_S) as http:
            request = http.build_request(method, path, content=body, headers=headers)
            return await exchange(http, request, timeout_s=TIMEOUT_S + 2)
    except NoAnswer as lost:
        return Unknown(str(lost.facts.get("why", "")))
