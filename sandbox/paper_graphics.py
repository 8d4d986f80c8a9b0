"""The commands that print pictures and symbols: GS v 0, GS ( L, GS ( k, GS k, ESC *, GS *."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from sandbox import paper_ink as ink
from sandbox.escpos import Token
from sandbox.paper_ink import WHITE, Dots
from sandbox.paper_style import Style

_KINDS = ("UPC-A", "UPC-E", "EAN-13", "EAN-8", "CODE39", "ITF", "CODABAR", "CODE93", "CODE128")


@dataclass(frozen=True, slots=True)
class Printed:
    """One block for the paper; `dots` None prints nothing. Kind "image" has no text."""

    dots: Dots | None = None
    kind: str = "image"
    text: str = ""


class Graphics:
    """Holds what was stored to be printed later (GS ( k 80, GS ( L 112, GS *)."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._qr = b""
        self._pdf417 = b""
        self._stored: list[Dots] = []
        self._user: Dots | None = None

    def obey(self, token: Token) -> Printed | None:
        """What the command prints; None when it is another kind of command."""
        action = _ACTIONS.get(token.name)
        if action is None:
            return None
        try:
            return action(self, token.body)
        except (IndexError, ValueError):  # too few bytes, or sizes no picture can have
            return Printed()

    def raster(self, body: bytes) -> Printed:
        """GS v 0 m x y data."""
        row_bytes, rows = _word(body, 1), _word(body, 3)
        if not row_bytes or not rows:
            return Printed()
        dots = ink.raster(body[5:], row_bytes, rows)
        return Printed(ink.enlarged(dots, 1 + (body[0] & 1), 1 + (body[0] >> 1 & 1)))

    def column_image(self, body: bytes) -> Dots:
        """ESC * m n data: 8 or 24 dots high, in single or double density."""
        is_high, is_dense = body[0] in (32, 33), bool(body[0] & 1)
        if len(body) < 4:
            return Image.new("L", (1, 24), WHITE)
        dots = ink.columns(body[3:], 3 if is_high else 1)
        return ink.enlarged(dots, 1 if is_dense else 2, 1 if is_high else 3)

    def graphics(self, body: bytes) -> Printed:
        """GS ( L and GS 8 L: 112 stores rows, 113 columns, 2 and 50 print them."""
        function = body[1]
        if function in (2, 50):
            stored, self._stored = self._stored, []
            return Printed(_stacked(stored)) if stored else Printed()
        if function in (112, 113):
            self._stored.append(_graphic(body[2:], is_rows=function == 112))
        return Printed()

    def define_user(self, body: bytes) -> Printed:
        """GS * x y data: a picture for GS /."""
        self._user = ink.columns(body[2:], body[1])
        return Printed()

    def print_user(self, body: bytes) -> Printed:
        """GS / m: the picture of GS *, single or double."""
        if self._user is None:
            return Printed()
        return Printed(ink.enlarged(self._user, 1 + (body[0] & 1), 1 + (body[0] >> 1 & 1)))

    def symbol(self, body: bytes) -> Printed:
        """GS ( k: 49 is QR, 48 PDF417 (a stand-in is drawn); others print nothing."""
        kind, function, rest = body[0], body[1], body[2:]
        if kind == 49:
            return self._qr_function(function, rest)
        if kind == 48 and function == 80:
            self._pdf417 = rest[1:]
        if kind == 48 and function == 81 and self._pdf417:
            text = self._pdf417.decode("utf-8", "replace")
            return Printed(ink.caption("[PDF417]"), "PDF417", text)
        return Printed()

    def _qr_function(self, function: int, rest: bytes) -> Printed:
        if function == 67:
            self.style.qr_module = min(max(rest[0], 1), 16)
        elif function == 69:
            self.style.qr_level = rest[0]
        elif function == 80:
            self._qr = rest[1:]
        elif function == 81 and self._qr:
            return self._qr_printed(self._qr, self.style.qr_level, self.style.qr_module)
        return Printed()

    def old_qr(self, body: bytes) -> Printed:
        """ESC Z v r k n data: the QR command of older Chinese printers."""
        level = 48 + {"L": 0, "M": 1, "Q": 2, "H": 3}.get(chr(body[1]), body[1] & 3)
        return self._qr_printed(body[5:], level, min(max(body[2], 1), 16))

    def _qr_printed(self, data: bytes, level: int, module: int) -> Printed:
        dots = ink.qr_symbol(data, level, module)
        return Printed(dots, "QR", data.decode("utf-8", "replace"))

    def barcode(self, body: bytes) -> Printed:
        """GS k, both forms; type and data that do not fit print nothing."""
        kind = body[0]
        data = body[2 : 2 + body[1]] if kind >= 65 else body[1:].split(b"\0")[0]
        drawn = ink.bar_symbol(kind, data, self.style.bars_module, self.style.bars_high)
        if drawn is None:
            return Printed()
        bars, shown = drawn
        number = kind - 65 if kind >= 65 else kind
        name = _KINDS[number] if number < len(_KINDS) else "GS1"
        return Printed(self._captioned(bars, shown), name, shown)

    def _captioned(self, bars: Dots, shown: str) -> Dots:
        where = self.style.bars_text
        if not where:
            return bars
        text = ink.caption(shown)
        return _stacked(
            ([text] if where & 1 else []) + [bars] + ([text] if where & 2 else []), centred=True
        )


def _graphic(body: bytes, *, is_rows: bool) -> Dots:
    """a bx by c xL xH yL yH data."""
    wide, high = _word(body, 4), _word(body, 6)
    if is_rows:
        dots = ink.raster(body[8:], (wide + 7) // 8, high).crop((0, 0, wide, high))
    else:
        size = wide * ((high + 7) // 8)
        dots = ink.columns(body[8 : 8 + size].ljust(size, b"\0"), (high + 7) // 8)
        dots = dots.crop((0, 0, wide, high))
    return ink.enlarged(dots, min(max(body[1], 1), 2), min(max(body[2], 1), 2))


def _stacked(parts: list[Dots], *, centred: bool = False) -> Dots:
    """On top of each other; pictures of several colours are printed as one black one."""
    whole = Image.new("L", (max(p.width for p in parts), sum(p.height for p in parts)), WHITE)
    y = 0
    for part in parts:
        whole.paste(part, ((whole.width - part.width) // 2 if centred else 0, y))
        y += part.height
    return whole


def _word(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8


_ACTIONS: dict[str, Callable[[Graphics, bytes], Printed]] = {
    "GS v 0": Graphics.raster,
    "GS Q 0": Graphics.raster,
    "GS ( L": Graphics.graphics,
    "GS 8 L": Graphics.graphics,
    "GS *": Graphics.define_user,
    "GS /": Graphics.print_user,
    "GS ( k": Graphics.symbol,
    "ESC Z": Graphics.old_qr,
    "GS k": Graphics.barcode,
}
