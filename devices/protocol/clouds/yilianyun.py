"""Yilianyun (易联云): a form with a token; `origin_id` is our number; it tells what it printed."""

import hashlib
import hmac
import uuid
from collections.abc import Mapping

from devices.protocol.clouds.shape import Call, Doc, Stamp, refused, text_of
from devices.protocol.port import (
    Accepted,
    Fate,
    NotSent,
    Place,
    Printed,
    Refused,
    Said,
    Sent,
    Ticket,
    Unknown,
)
from devices.rules import PrinterCondition

TOKEN_PATH = "/oauth/oauth"  # noqa: S105  a path
TOKEN_REFUSED = "18"  # noqa: S105  an error's number
CONDITIONS = {
    "0": PrinterCondition.OFFLINE,
    "1": PrinterCondition.ONLINE,
    "2": PrinterCondition.NO_PAPER,
}
FATES: dict[str, Fate] = {"1": Printed(), "2": Refused("cancelled_there")}


def sign(client_id: str, timestamp: str, client_secret: str) -> str:
    """MD5 of id, time and secret, in small letters."""
    text = f"{client_id}{timestamp}{client_secret}"
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324  their rule


class Yilianyun:
    drops_repeats = True
    most_bytes = 8_000

    def printing(self, place: Place, ticket: Ticket, stamp: Stamp) -> Call:
        return _call(
            place,
            stamp,
            "/print/index",
            machine_code=place.address,
            content=ticket.payload.decode(),
            origin_id=ticket.job_no,
            idempotence="1",
        )

    def printed(self, answer: Doc, ticket: Ticket) -> Sent:
        error, told = text_of(answer.get("error")), answer.get("body")
        if error == TOKEN_REFUSED:
            return NotSent("token")
        if error != "0":
            return refused(error) if error else Unknown("unreadable")
        return Accepted(text_of(told.get("id")) if isinstance(told, dict) else "")

    def following(self, place: Place, ticket_no: str, stamp: Stamp) -> None:
        return None

    def fate(self, answer: Doc) -> Fate:
        return FATES.get(text_of(answer.get("state")), Unknown("unreadable"))

    def asking(self, place: Place, stamp: Stamp) -> Call:
        path = "/printer/getprintstatus"
        return _call(place, stamp, path, machine_code=place.address)

    def condition(self, answer: Doc) -> PrinterCondition:
        told = answer.get("body")
        said = text_of(told.get("state")) if isinstance(told, dict) else ""
        return CONDITIONS.get(said, PrinterCondition.UNKNOWN)

    def adding(self, place: Place, label_key: str, name: str, stamp: Stamp) -> Call:
        return _call(
            place,
            stamp,
            "/printer/addprinter",
            machine_code=place.address,
            msign=label_key,
            print_name=name,
        )

    def removing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "/printer/deleteprinter", machine_code=place.address)

    def clearing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "/printer/cancelall", machine_code=place.address)

    def done(self, answer: Doc) -> Said:
        error = text_of(answer.get("error"))
        if error == TOKEN_REFUSED:
            return NotSent("token")
        return None if error == "0" else refused(error)


def asking_token(place: Place, stamp: Stamp) -> Call:
    """An own application's token does not expire; it may be fetched twenty times a day."""
    fields = {"grant_type": "client_credentials", "scope": "all"}
    return Call(TOKEN_PATH, form={**_signed(place, stamp), **fields})


def token_of(answer: Doc) -> str:
    """Empty when there is none."""
    told = answer.get("body")
    return text_of(told.get("access_token"), 200) if isinstance(told, dict) else ""


def is_pushed(place: Place, form: Mapping[str, str]) -> bool:
    """Whether a push bears the maker's sign."""
    expected = sign(place.user, form.get("push_time", ""), place.secret)
    return hmac.compare_digest(form.get("sign", "").encode(), expected.encode())


def _signed(place: Place, stamp: Stamp) -> dict[str, str]:
    timestamp = str(stamp.at)
    return {
        "client_id": place.user,
        "timestamp": timestamp,
        "sign": sign(place.user, timestamp, place.secret),
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, stamp.nonce)),
    }


def _call(place: Place, stamp: Stamp, path: str, **fields: str) -> Call:
    return Call(path, form={**_signed(place, stamp), "access_token": place.token, **fields})
