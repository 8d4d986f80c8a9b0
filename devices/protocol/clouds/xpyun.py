"""Xpyun (芯烨云): JSON; `idempotent` is our number, so that a repeat is told and not printed."""

import json

from devices.protocol.clouds import feie
from devices.protocol.clouds.shape import Call, Doc, Stamp, refused, text_of
from devices.protocol.port import (
    Accepted,
    Fate,
    Place,
    Printed,
    Said,
    Sent,
    Ticket,
    Unknown,
    Waiting,
)
from devices.rules import PrinterCondition

PATH = "/api/openapi/xprinter/"
DUPLICATE = 1013
CONDITIONS = {
    "0": PrinterCondition.OFFLINE,
    "1": PrinterCondition.ONLINE,
    "2": PrinterCondition.ABNORMAL,
}
LONGEST_WAIT_S = 86_400

sign = feie.sign  # the same rule: SHA-1 of user, key and time


class Xpyun:
    drops_repeats = True
    most_bytes = 12 * 1024

    def printing(self, place: Place, ticket: Ticket, stamp: Stamp) -> Call:
        return _call(
            place,
            stamp,
            "print",
            sn=place.address,
            content=ticket.payload.decode().replace("\n", ""),
            copies=1,
            idempotent=ticket.job_no,
            expiresIn=min(ticket.expires_s or LONGEST_WAIT_S, LONGEST_WAIT_S),
        )

    def printed(self, answer: Doc, ticket: Ticket) -> Sent:
        code, number = answer.get("code"), text_of(answer.get("data"))
        if code == DUPLICATE:
            return Accepted(number)  # it has it; without its number nobody can ask
        if code != 0:
            return refused(code) if isinstance(code, int) else Unknown("unreadable")
        return Accepted(number) if number else Unknown("unreadable")

    def following(self, place: Place, ticket_no: str, stamp: Stamp) -> Call:
        return _call(place, stamp, "queryOrderState", orderId=ticket_no)

    def fate(self, answer: Doc) -> Fate:
        if answer.get("code") != 0 or not isinstance(answer.get("data"), bool):
            return Unknown("unreadable")
        return Printed() if answer["data"] else Waiting()

    def asking(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "queryPrinterStatus", sn=place.address)

    def condition(self, answer: Doc) -> PrinterCondition:
        said = text_of(answer.get("data")) if answer.get("code") == 0 else ""
        return CONDITIONS.get(said, PrinterCondition.UNKNOWN)

    def adding(self, place: Place, label_key: str, name: str, stamp: Stamp) -> Call:
        return _call(place, stamp, "addPrinters", items=[{"sn": place.address, "name": name}])

    def removing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "delPrinters", snlist=[place.address])

    def clearing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "delPrinterQueue", sn=place.address)

    def done(self, answer: Doc) -> Said:
        if answer.get("code") != 0:
            return refused(answer.get("code"))
        data = answer.get("data")
        failed = data.get("fail") if isinstance(data, dict) else None
        return refused("fail") if failed else None


def _call(place: Place, stamp: Stamp, name: str, **fields: object) -> Call:
    timestamp = str(stamp.at)
    signed = {
        "user": place.user,
        "timestamp": timestamp,
        "sign": sign(place.user, place.secret, timestamp),
        "debug": "0",
    }
    return Call(PATH + name, body=json.dumps({**signed, **fields}, ensure_ascii=False))
