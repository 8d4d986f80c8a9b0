"""How a printer would print the next text: the state that commands leave behind."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from devices.box.stream import Token

PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 5: "cp863", 16: "cp1252", 17: "cp866", 18: "cp852"}


@dataclass(frozen=True, slots=True)
class Ink:
    """`align` 0 left, 1 middle, 2 right. `wide` and `tall` are 1 to 8 times.

    Chinese mode is on from the start: printers sold in China wake up in it.
    """

    align: int = 0
    wide: int = 1
    tall: int = 1
    is_bold: bool = False
    is_chinese: bool = True
    is_utf8: bool = False
    page: int = 0
    han_size: int = 0
    is_page_mode: bool = False

    @property
    def is_big(self) -> bool:
        return self.wide > 1 or self.tall > 1 or bool(self.han_size & 0x0C)

    @property
    def columns(self) -> int:
        """Columns that one narrow character takes."""
        return max(self.wide, 2 if self.han_size & 4 else 1)


def after(ink: Ink, token: Token) -> Ink:
    """The state behind `token`. A command that says nothing about text changes nothing."""
    plain = _PLAIN.get(token.name)
    if plain is not None:
        return replace(ink, **plain)
    if token.name == "ESC @":
        return Ink()
    sized = _SIZED.get(token.name)
    return sized(ink, token.body[0]) if sized and token.body else _longer(ink, token)


def _longer(ink: Ink, token: Token) -> Ink:
    if token.name == "FS ( C" and token.body[:1] == b"0":
        return replace(ink, is_utf8=token.body[1:2] in (b"\x02", b"2"))
    return ink


def restoring(ink: Ink) -> bytes:
    """Commands that bring a printer back to `ink` after our lines, whatever they changed."""
    return b"".join(
        [
            b"\x1ba" + bytes([ink.align]),
            b"\x1d!" + bytes([(ink.wide - 1) << 4 | (ink.tall - 1)]),
            b"\x1bE" + bytes([ink.is_bold]),
            b"\x1c!" + bytes([ink.han_size]) if ink.han_size else b"",
            b"" if ink.is_chinese else b"\x1c.",
        ]
    )


def _mode(ink: Ink, n: int) -> Ink:
    wide, tall = 2 if n & 0x20 else 1, 2 if n & 0x10 else 1
    return replace(ink, wide=wide, tall=tall, is_bold=bool(n & 8))


_PLAIN: dict[str, dict[str, bool]] = {
    "FS &": {"is_chinese": True},
    "FS .": {"is_chinese": False},
    "ESC L": {"is_page_mode": True},
    "ESC S": {"is_page_mode": False},
    "FF": {"is_page_mode": False},
}
_SIZED: dict[str, Callable[[Ink, int], Ink]] = {
    "ESC a": lambda ink, n: replace(ink, align=n & 3 if n & 3 < 3 else 0),
    "ESC !": _mode,
    "GS !": lambda ink, n: replace(ink, wide=(n >> 4 & 7) + 1, tall=(n & 7) + 1),
    "ESC E": lambda ink, n: replace(ink, is_bold=bool(n & 1)),
    "ESC t": lambda ink, n: replace(ink, page=n),
    "FS !": lambda ink, n: replace(ink, han_size=n & 0x8C),
    "FS W": lambda ink, n: replace(ink, han_size=0x0C if n & 1 else 0),
}
