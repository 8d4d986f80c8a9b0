"""How a printer stands between two characters: the settings, and the commands that only set one."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sandbox.escpos import Token
from sandbox.paper_text import GB, UTF8, page_of

SPACING = 30
"""Dots from line to line after ESC @ and ESC 2."""


@dataclass(slots=True)
class Style:
    """The settings at power-on; ESC @ goes back to them, a cut does not."""

    align: int = 0
    """0 left, 1 centre, 2 right."""
    wide: int = 1
    high: int = 1
    han_wide: int = 1
    han_high: int = 1
    is_bold: bool = False
    is_small: bool = False
    is_reverse: bool = False
    underline: int = 0
    is_chinese: bool = True
    """FS & and printers sold in China; FS . ends it."""
    is_utf8: bool = False
    page: int = 0
    spacing: int = SPACING
    gap: int = 0
    han_gap: int = 0
    margin: int = 0
    area: int = 0
    """Width of the printing area in dots; 0 is what the margin leaves."""
    tabs: list[int] = field(default_factory=lambda: list(range(8, 80, 8)))
    bars_high: int = 100
    bars_module: int = 3
    bars_text: int = 0
    qr_module: int = 3
    qr_level: int = 48

    @property
    def charset(self) -> str:
        """The codec of the text that comes now."""
        if self.is_utf8:
            return UTF8
        return GB if self.is_chinese else page_of(self.page)

    def reset(self) -> None:
        """ESC @."""
        fresh = Style()
        for name in fields(self):
            setattr(self, name.name, getattr(fresh, name.name))

    def as_json(self) -> dict[str, Any]:
        """For the state; `Style(**…)` reads it."""
        return asdict(self)


_Setter = Callable[[Style, bytes], None]


def apply(style: Style, token: Token) -> bool:
    """Do a command that only changes the style; False when it is another kind of command."""
    setter = _SETTERS.get(token.name)
    if setter is None:
        return False
    setter(style, token.body)
    return True


def _set(name: str, value: Callable[[bytes], Any]) -> _Setter:
    return lambda style, body: setattr(style, name, value(body))


def _is_on(body: bytes) -> bool:
    return bool(body[0] & 1)


def _number(body: bytes) -> int:
    return body[0]


def _word(body: bytes) -> int:
    return body[0] | body[1] << 8


def _choice(body: bytes) -> int:
    """0-2, or the digit."""
    return (body[0] - 48 if body[0] >= 48 else body[0]) % 3


def _modes(style: Style, body: bytes) -> None:
    bits = body[0]
    style.is_small, style.is_bold = bool(bits & 1), bool(bits & 8)
    style.high, style.wide = 1 + bool(bits & 16), 1 + bool(bits & 32)
    style.han_high, style.han_wide = style.high, style.wide
    style.underline = int(bool(bits & 128))


def _size(style: Style, body: bytes) -> None:
    style.wide, style.high = (body[0] >> 4 & 7) + 1, (body[0] & 7) + 1
    style.han_wide, style.han_high = style.wide, style.high


def _han_modes(style: Style, body: bytes) -> None:
    style.han_wide, style.han_high = 1 + bool(body[0] & 4), 1 + bool(body[0] & 8)


def _han_quadruple(style: Style, body: bytes) -> None:
    style.han_wide = style.han_high = 2 if body[0] & 1 else 1


def _tabs(style: Style, body: bytes) -> None:
    style.tabs = [column for column in body if column]


def _encoding(style: Style, body: bytes) -> None:
    if body[:2] == b"\x30\x31" or body[:2] == b"\x30\x01":
        style.is_utf8 = False
    elif body[:1] == b"\x30":
        style.is_utf8 = body[1:2] in (b"\x02", b"\x32")


_SETTERS: dict[str, _Setter] = {
    "ESC @": lambda style, _: style.reset(),
    "ESC a": _set("align", _choice),
    "ESC E": _set("is_bold", _is_on),
    "ESC G": _set("is_bold", _is_on),
    "ESC !": _modes,
    "ESC M": _set("is_small", _is_on),
    "ESC -": _set("underline", _choice),
    "ESC SP": _set("gap", _number),
    "ESC 2": _set("spacing", lambda _: SPACING),
    "ESC 3": _set("spacing", _number),
    "ESC t": _set("page", _number),
    "ESC D": _tabs,
    "FS &": _set("is_chinese", lambda _: True),
    "FS .": _set("is_chinese", lambda _: False),
    "FS !": _han_modes,
    "FS W": _han_quadruple,
    "FS S": _set("han_gap", lambda body: body[1]),
    "FS ( C": _encoding,
    "GS !": _size,
    "GS B": _set("is_reverse", _is_on),
    "GS L": _set("margin", _word),
    "GS W": _set("area", _word),
    "GS h": _set("bars_high", lambda body: body[0] or 1),
    "GS w": _set("bars_module", lambda body: min(max(body[0], 1), 6)),
    "GS H": _set("bars_text", lambda body: body[0] & 3),
}
