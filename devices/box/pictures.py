"""Pictures in a print stream -> black and white rows, and a PNG of them. Sans-io.

Receipts that come as a picture (Windows drivers) cannot be read here: a program beside the box may
(`ocr`), or a person types them in.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from devices.box.stream import Token, tokens_of

TALL = 160  # dots; a lower picture is a logo, no receipt
MOST_ROWS = 20_000
MOST_WIDTH = 2_048


@dataclass(frozen=True, slots=True)
class Picture:
    """`rows` have one bit for each dot, 1 is black; `width` counts bytes."""

    width: int
    rows: tuple[bytes, ...]

    @property
    def is_tall(self) -> bool:
        return len(self.rows) >= TALL


def picture_of(raw: bytes) -> Picture | None:
    """All pictures of a paper, one below the other; None without any."""
    strips = [rows for token in tokens_of(raw) if (rows := _rows(token))]
    width = max((len(rows[0]) for rows in strips), default=0)
    if not 0 < width <= MOST_WIDTH // 8:
        return None
    rows = [row.ljust(width, b"\0") for strip in strips for row in strip]
    return Picture(width, tuple(rows[:MOST_ROWS]))


def _rows(token: Token) -> list[bytes]:
    body = token.body
    if token.name in ("GS v 0", "GS Q 0") and len(body) > 5:
        width, height = _word(body, 1), _word(body, 3)
        return list(_cut(body[5:], width, height))
    if token.name in ("GS ( L", "GS 8 L") and body[:2] == b"0p" and len(body) > 10:
        width, height = (_word(body, 6) + 7) // 8, _word(body, 8)
        return list(_cut(body[10:], width, height))
    if token.name == "ESC *" and len(body) > 3:
        return _columns(body)
    return []


def _cut(data: bytes, width: int, height: int) -> Iterator[bytes]:
    if 0 < width <= MOST_WIDTH // 8:
        for at in range(min(height, MOST_ROWS)):
            row = data[at * width : (at + 1) * width]
            if len(row) == width:
                yield row


def _columns(body: bytes) -> list[bytes]:
    """ESC *: one, or three, bytes for each column of dots, from the top."""
    deep, count = (3 if body[0] in (32, 33) else 1), _word(body, 1)
    data = body[3:]
    if not 0 < count <= MOST_WIDTH or len(data) < count * deep:
        return []
    rows = [bytearray((count + 7) // 8) for _ in range(deep * 8)]
    for column in range(count):
        for place in range(deep):
            byte = data[column * deep + place]
            for bit in range(8):
                if byte & 0x80 >> bit:
                    rows[place * 8 + bit][column // 8] |= 0x80 >> column % 8
    return [bytes(row) for row in rows]


def _word(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8


def png_of(picture: Picture) -> bytes:
    """The picture as a PNG of one bit a dot, black on white."""
    lines = b"".join(b"\0" + bytes(0xFF ^ byte for byte in row) for row in picture.rows)
    head = struct.pack(">IIBBBBB", picture.width * 8, len(picture.rows), 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
