"""Frames on the line of a tax disc: STX, length, GBK text of JSON, checksum, ETX. Sans-io.

Discs of the makers differ in their words; the frame is that of a serial line: four hex digits of
length, and the exclusive-or of all bytes of the text.
"""

import json
from typing import Any

STX, ETX = b"\x02", b"\x03"
MOST_BYTES = 0xFFFF
Doc = dict[str, Any]


class BadFrame(Exception):
    """The text says what was wrong with a frame."""


def checksum(data: bytes) -> int:
    found = 0
    for byte in data:
        found ^= byte
    return found


def encode(doc: Doc) -> bytes:
    """Raises BadFrame for what GBK cannot say, or what is too long."""
    try:
        text = json.dumps(doc, ensure_ascii=False, separators=(",", ":")).encode("gbk")
    except UnicodeEncodeError:
        raise BadFrame("not in GBK") from None
    if len(text) > MOST_BYTES:
        raise BadFrame("too long")
    return STX + f"{len(text):04X}".encode() + text + bytes([checksum(text)]) + ETX


def take(buffer: bytearray) -> Doc | None:
    """The first whole frame of a buffer, which loses it; None while there is none.

    Bytes before a frame are noise of the line. Raises BadFrame, and drops what was bad.
    """
    start = buffer.find(STX)
    if start < 0:
        buffer.clear()
        return None
    del buffer[:start]
    if len(buffer) < 5:
        return None
    try:
        length = int(buffer[1:5], 16)
    except ValueError:
        del buffer[:1]
        raise BadFrame("no length") from None
    if len(buffer) < length + 7:
        return None
    text, check, end = bytes(buffer[5 : 5 + length]), buffer[5 + length], buffer[6 + length]
    del buffer[: length + 7]
    if check != checksum(text) or bytes([end]) != ETX:
        raise BadFrame("wrong checksum")
    return _doc(text)


def _doc(text: bytes) -> Doc:
    try:
        found = json.loads(text.decode("gbk"))
    except ValueError:
        raise BadFrame("no JSON") from None
    if not isinstance(found, dict):
        raise BadFrame("no object")
    return found
