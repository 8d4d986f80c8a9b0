"""Blocks -> ESC/POS bytes. Commands come from the enum below and from nowhere else (threat S14)."""

from collections.abc import Callable
from enum import Enum
from functools import singledispatchmethod

from escpos.constants import QR_ECLEVEL_M, QR_MODEL_2  # type: ignore[import-untyped]
from escpos.printer import Dummy  # type: ignore[import-untyped]

from devices.box.qr import raster
from devices.protocol import ink
from devices.protocol.blocks import (
    Align,
    Barcode,
    Block,
    Buzz,
    Cut,
    Drawer,
    Feed,
    Pair,
    QrCode,
    Rule,
    Sign,
    Text,
)
from devices.protocol.profile import Profile
from devices.protocol.text import pair, visible, width, wrap
from devices.rules import QrWay

QR_DOTS = 6
SIGN_LINES = 3  # room for a hand


class Command(Enum):
    """All that our papers say to a printer besides text, symbols and pictures."""

    RESET = b"\x1b@"
    CHINESE = b"\x1c&"  # after a reset the mode is the printer's own idea: say it each time
    LEFT = b"\x1ba\x00"
    CENTER = b"\x1ba\x01"
    RIGHT = b"\x1ba\x02"
    NORMAL = b"\x1d!\x00"
    BIG = b"\x1d!\x11"
    BOLD = b"\x1bE\x01"
    PLAIN = b"\x1bE\x00"
    LINE = b"\n"
    FEED_OUT = b"\x1bd\x06"
    CUT = b"\x1dV\x00"
    DRAWER = b"\x1bp\x00\x32\x32"
    BUZZ = b"\x1bB\x02\x03"
    BARCODE_HIGH = b"\x1dh\x40"
    BARCODE_WIDE = b"\x1dw\x02"
    BARCODE_LETTERS = b"\x1dH\x02"
    CODE_128 = b"\x1dk\x49"
    ANSWER_PAPER = b"\x1dr\x01"  # answered after everything before it was worked off


class Sheet:
    """Collects the bytes of one job."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.output = bytearray()
        self._say(Command.RESET, Command.CHINESE)

    def _say(self, *commands: Command) -> None:
        for command in commands:
            self.output += command.value

    def _lines(self, lines: list[str], *, is_bold: bool = False) -> None:
        for line in lines:
            self._line(line, lambda line: ink.drawn(line, self.profile.dots, is_bold=is_bold))

    def _line(self, line: str, draw: Callable[[str], bytes]) -> None:
        """Text where the printer has the letters, else a picture of the line; `?` at the worst."""
        encoding = self.profile.encoding
        try:
            self.output += line.encode(encoding)
            self._say(Command.LINE)
        except UnicodeEncodeError:
            seen = "".join(c if _is_known(c, encoding) or ink.has_glyph(c) else "?" for c in line)
            is_text = all(_is_known(c, encoding) for c in seen)
            self.output += seen.encode(encoding) + b"\n" if is_text else draw(seen)

    @singledispatchmethod
    def put(self, block: Block) -> None:
        raise TypeError(f"no such block: {block!r}")

    @put.register
    def _(self, block: Text) -> None:
        scale = 2 if block.is_big else 1
        self._say(Command[block.align.name])
        self._say(Command.BIG if block.is_big else Command.NORMAL)
        self._say(Command.BOLD if block.is_bold else Command.PLAIN)

        def draw(line: str) -> bytes:
            free = self.profile.columns - width(line) * scale
            indent = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[block.align]
            return ink.drawn(
                line, self.profile.dots, indent=indent, scale=scale, is_bold=block.is_bold
            )

        for line in wrap(visible(block.text), self.profile.columns // scale):
            self._line(line, draw)
        self._say(Command.LEFT, Command.NORMAL, Command.PLAIN)

    @put.register
    def _(self, block: Pair) -> None:
        self._say(Command.BOLD if block.is_bold else Command.PLAIN)
        both = pair(visible(block.left), visible(block.right), self.profile.columns)
        self._lines(both, is_bold=block.is_bold)
        self._say(Command.PLAIN)

    @put.register
    def _(self, block: Rule) -> None:
        self._lines(["-" * self.profile.columns])

    @put.register
    def _(self, block: QrCode) -> None:
        if self.profile.qr is QrWay.OFF:
            return
        self._say(Command.CENTER)
        self.output += _symbol(block.data, self.profile)
        self._say(Command.LINE, Command.LEFT)

    @put.register
    def _(self, block: Barcode) -> None:
        data = b"{B" + block.data.encode().replace(b"{", b"{{")
        self._say(Command.CENTER, Command.BARCODE_HIGH, Command.BARCODE_WIDE)
        self._say(Command.BARCODE_LETTERS, Command.CODE_128)
        self.output += bytes([len(data)]) + data
        self._say(Command.LINE, Command.LEFT)

    @put.register
    def _(self, block: Sign) -> None:
        caption = wrap(visible(block.caption), self.profile.columns - 8)
        line = caption[-1] + "_" * (self.profile.columns - width(caption[-1]))
        self._say(*[Command.LINE] * SIGN_LINES)
        self._lines([*caption[:-1], line])

    @put.register
    def _(self, block: Feed) -> None:
        self._say(*[Command.LINE] * block.lines)

    @put.register
    def _(self, block: Cut) -> None:
        self._say(Command.FEED_OUT)
        if self.profile.has_cutter:
            self._say(Command.CUT)

    @put.register
    def _(self, block: Drawer) -> None:
        if self.profile.has_drawer:
            self._say(Command.DRAWER)

    @put.register
    def _(self, block: Buzz) -> None:
        if self.profile.has_buzzer:
            self._say(Command.BUZZ)


def render(blocks: list[Block], profile: Profile) -> bytes:
    """The bytes of one piece of paper. They can be stored and sent again as they are."""
    sheet = Sheet(profile)
    for block in blocks:
        sheet.put(block)
    return bytes(sheet.output)


def paper_state(answer: bytes) -> str:
    """What a printer answers to ANSWER_PAPER: `ok`, `near_end`, `out`; `unknown` if nothing."""
    if len(answer) != 1 or answer[0] & 0x90:  # bits 4 and 7 are always 0 in this answer
        return "unknown"
    if answer[0] & 0x0C:
        return "out"
    return "near_end" if answer[0] & 0x03 else "ok"


def _is_known(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _symbol(data: str, profile: Profile) -> bytes:
    if profile.qr is QrWay.RASTER:
        return raster(data.encode(), QR_DOTS)
    printer = Dummy(profile="TM-T20II")
    printer.qr(data, ec=QR_ECLEVEL_M, size=QR_DOTS, model=QR_MODEL_2, native=True)
    return bytes(printer.output)
