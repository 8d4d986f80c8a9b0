"""Feie (飞鹅云): a signed form, one address, no number of ours: a lost answer is maybe printed."""

import hashlib

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

PATH = "/Api/Open/"
OFFLINE, WELL, ILL = "离线", "工作状态正常", "工作状态不正常"


def sign(user: str, key: str, stime: str) -> str:
    """SHA-1 of user, key and time, in small letters."""
    return hashlib.sha1(f"{user}{key}{stime}".encode()).hexdigest()  # noqa: S324  their rule


class Feie:
    drops_repeats = False
    most_bytes = 5_000

    def printing(self, place: Place, ticket: Ticket, stamp: Stamp) -> Call:
        content = ticket.payload.decode().replace("\n", "")
        return _call(place, stamp, "Open_printMsg", sn=place.address, content=content, times="1")

    def printed(self, answer: Doc, ticket: Ticket) -> Sent:
        if answer.get("ret") != 0:
            return refused(answer["ret"]) if "ret" in answer else Unknown("unreadable")
        number = text_of(answer.get("data"))
        return Accepted(number) if number else Unknown("unreadable")

    def following(self, place: Place, ticket_no: str, stamp: Stamp) -> Call:
        return _call(place, stamp, "Open_queryOrderState", orderid=ticket_no)

    def fate(self, answer: Doc) -> Fate:
        if answer.get("ret") != 0 or not isinstance(answer.get("data"), bool):
            return Unknown("unreadable")
        return Printed() if answer["data"] else Waiting()

    def asking(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "Open_queryPrinterStatus", sn=place.address)

    def condition(self, answer: Doc) -> PrinterCondition:
        said = str(answer.get("data", "")) if answer.get("ret") == 0 else ""
        if OFFLINE in said:
            return PrinterCondition.OFFLINE
        if ILL in said:
            return PrinterCondition.ABNORMAL
        return PrinterCondition.ONLINE if WELL in said else PrinterCondition.UNKNOWN

    def adding(self, place: Place, label_key: str, name: str, stamp: Stamp) -> Call:
        entry = "#".join(part.replace("#", " ") for part in (place.address, label_key, name))
        return _call(place, stamp, "Open_printerAddlist", printerContent=entry)

    def removing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "Open_printerDelList", snlist=place.address)

    def clearing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "Open_delPrinterSqs", sn=place.address)

    def done(self, answer: Doc) -> Said:
        if answer.get("ret") != 0:
            return refused(answer.get("ret"))
        data = answer.get("data")
        failed = data.get("no") if isinstance(data, dict) else None
        if isinstance(failed, list) and failed and "已被添加" not in str(failed[0]):
            return refused("no")
        return None


def _call(place: Place, stamp: Stamp, name: str, **fields: str) -> Call:
    stime = str(stamp.at)
    signed = {"user": place.user, "stime": stime, "sig": sign(place.user, place.secret, stime)}
    return Call(PATH, form={**signed, "apiname": name, **fields})
