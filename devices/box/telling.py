"""What the platform gets of a paper that went by, or nothing."""

import hashlib
from typing import Any

from devices.box.masking import masked
from devices.box.pictures import picture_of
from devices.box.reading import Reading
from devices.box.spool import Entry, key_of
from devices.box.stamp import order_name
from devices.box.tail import Seen
from devices.box.truth import job_json

ORDERS = ("sale", "refund", "reprint")


def order_of(box: str, seen: Seen) -> Entry | None:
    """None for papers that are no order.

    A copy of a sale is the sale itself: same number, day and amount are the same entry. What is
    doubtful goes up as text, without an order, and with its phones and cards masked; a picture
    goes up for a person.
    """
    reading = seen.reading
    if not seen.job.has_text and seen.job.pictures:
        return picture_entry(box, seen.raw)
    if reading.kind not in ORDERS:
        return None
    if not reading.is_certain:
        text = [line.text for line in seen.job.lines]
        body: dict[str, Any] = {"box": box, "doubts": reading.doubts, "text": text}
        return Entry(key_of(body), {**body, "text": masked(text)})
    said, name = told(reading)
    key = key_of([box, said["kind"], name, said["totals"]["due"]])
    return Entry(key, {"box": box, "order": said, "name": name, "code": seen.code})


def told(reading: Reading) -> tuple[dict[str, Any], str]:
    """The order as JSON, and the name that stands for it in a code."""
    said = job_json(reading)
    said["kind"] = "sale" if reading.kind == "reprint" else reading.kind
    return said, order_name(reading.order_no or "", reading.at or "")


def picture_entry(
    box: str, raw: bytes, read: tuple[list[str], Reading] | None = None
) -> Entry | None:
    """A receipt that is a picture, with what a program could read of it; None for a logo."""
    picture = picture_of(raw)
    if picture is None or not picture.is_tall:
        return None
    body: dict[str, Any] = {"box": box, "doubts": ["picture"], "text": []}
    key = key_of([box, "picture", hashlib.sha256(b"".join(picture.rows)).hexdigest()])
    if read is not None:
        lines, reading = read
        body["text"] = masked(lines)
        if reading.is_certain and reading.kind in ORDERS:
            body["order"], body["name"] = told(reading)
    return Entry(key, body)
