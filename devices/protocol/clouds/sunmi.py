"""Sunmi's cloud printers (商米云): JSON under an HMAC, ESC/POS as hex, `trade_no` is our number."""

import hashlib
import hmac
import json

from devices.protocol.clouds.shape import Call, Doc, Stamp, refused, text_of
from devices.protocol.port import (
    Accepted,
    Fate,
    Place,
    Printed,
    Refused,
    Said,
    Sent,
    Ticket,
    Unknown,
    Waiting,
)
from devices.rules import PrinterCondition

PATH = "/v2/printer/open/open/"
WELL, REPEATED = {1, 10_000}, 10_071_705
FATES: dict[str, Fate] = {"0": Waiting(), "1": Printed(), "2": Refused("failed_there")}
CONDITIONS = {"0": PrinterCondition.OFFLINE, "1": PrinterCondition.ONLINE}


def sign(appkey: str, body: str, appid: str, timestamp: str, nonce: str) -> str:
    """HMAC-SHA256 over body, id, time and nonce, as hex."""
    text = f"{body}{appid}{timestamp}{nonce}"
    return hmac.new(appkey.encode(), text.encode(), hashlib.sha256).hexdigest()


class Sunmi:
    drops_repeats = True
    most_bytes = 200_000

    def printing(self, place: Place, ticket: Ticket, stamp: Stamp) -> Call:
        return _call(
            place,
            stamp,
            "device/pushContent",
            sn=place.address,
            trade_no=ticket.job_no,
            content=ticket.payload.hex(),
            count=1,
            order_type=1,
        )

    def printed(self, answer: Doc, ticket: Ticket) -> Sent:
        code = answer.get("code")
        if code in WELL or code == REPEATED:
            return Accepted(ticket.job_no)
        return refused(code) if isinstance(code, int) else Unknown("unreadable")

    def following(self, place: Place, ticket_no: str, stamp: Stamp) -> Call:
        return _call(place, stamp, "ticket/printStatus", sn=place.address, trade_no=ticket_no)

    def fate(self, answer: Doc) -> Fate:
        data = answer.get("data")
        if answer.get("code") not in WELL or not isinstance(data, dict):
            return Unknown("unreadable")
        return FATES.get(text_of(data.get("is_print")), Unknown("unreadable"))

    def asking(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "device/onlineStatus", sn=place.address)

    def condition(self, answer: Doc) -> PrinterCondition:
        data = answer.get("data")
        said = text_of(data.get("is_online")) if isinstance(data, dict) else ""
        return CONDITIONS.get(said, PrinterCondition.UNKNOWN)

    def adding(self, place: Place, label_key: str, name: str, stamp: Stamp) -> Call:
        return _call(place, stamp, "device/bindShop", sn=place.address, shop_id=label_key or name)

    def removing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "device/unbindShop", sn=place.address)

    def clearing(self, place: Place, stamp: Stamp) -> Call:
        return _call(place, stamp, "device/clearPrintJob", sn=place.address)

    def done(self, answer: Doc) -> Said:
        code = answer.get("code")
        return None if code in WELL else refused(code)


def _call(place: Place, stamp: Stamp, path: str, **fields: object) -> Call:
    body, timestamp = json.dumps(fields, separators=(",", ":")), str(stamp.at)
    headers = {
        "Sunmi-Appid": place.user,
        "Sunmi-Timestamp": timestamp,
        "Sunmi-Nonce": stamp.nonce,
        "Sunmi-Sign": sign(place.secret, body, place.user, timestamp, stamp.nonce),
        "Source": "openapi",
    }
    return Call(PATH + path, body=body, headers=headers)
