"""Blocks -> ESC/POS bytes. Commands come from the enum below and from nowhere else (threat S14)."""

from enum import Enum
from functools import singledispatchmethod

from escpos.constants import QR_ECLEVEL_M, QR_MODEL_2  # type: ignore[import-untyped]
from escpos.printer import Dummy  # type: ignore[import-untyped]

from devices.protocol.blocks import Block, Cut, Feed, Pair, QrCode, Rule, Text
from devices.protocol.text import pair, printable, wrap

MOST_QR_CHARACTERS = 90  # more makes the symbol too fine for 203 dpi at 25 mm
QR_DOTS = 6
PROFILES = {48: "TM-T20II", 32: "Sunmi-V2"}  # 80 mm and 58 mm paper: both print QR symbols


class Command(Enum):
    """All that our receipts say to a printer besides text, the QR symbol and the cut."""

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
    ANSWER_PAPER = b"\x1dr\x01"  # answered after everything before it was worked off


class Paper:
    """Collects the bytes of one job for paper of 32 (58 mm) or 48 columns (80 mm)."""

    def __init__(self, columns: int) -> None:
        """Raises KeyError for another width."""
        self.columns = columns
        self._printer = Dummy(profile=PROFILES[columns])
        self._say(Command.RESET, Command.CHINESE)

    @property
    def bytes(self) -> bytes:
        return bytes(self._printer.output)

    def _say(self, *commands: Command) -> None:
        for command in commands:
            self._printer._raw(command.value)

    def _lines(self, lines: list[str]) -> None:
        for line in lines:
            self._printer._raw(line.encode("gbk"))
            self._say(Command.LINE)

    @singledispatchmethod
    def put(self, block: Block) -> None:
        raise TypeError(f"no such block: {block!r}")

    @put.register
    def _(self, block: Text) -> None:
        self._say(Command[block.align.name])
        self._say(Command.BIG if block.is_big else Command.NORMAL)
        self._say(Command.BOLD if block.is_bold else Command.PLAIN)
        columns = self.columns // 2 if block.is_big else self.columns
        self._lines(wrap(printable(block.text), columns))
        self._say(Command.LEFT, Command.NORMAL, Command.PLAIN)

    @put.register
    def _(self, block: Pair) -> None:
        self._say(Command.BOLD if block.is_bold else Command.PLAIN)
        self._lines(pair(printable(block.left), printable(block.right), self.columns))
        self._say(Command.PLAIN)

    @put.register
    def _(self, block: Rule) -> None:
        self._lines(["-" * self.columns])

    @put.register
    def _(self, block: QrCode) -> None:
        if len(block.data) > MOST_QR_CHARACTERS or not block.data.isascii():
            raise ValueError("a QR symbol holds at most 90 characters of ASCII")
        self._say(Command.CENTER)
        self._printer.qr(block.data, ec=QR_ECLEVEL_M, size=QR_DOTS, model=QR_MODEL_2, native=True)
        self._say(Command.LINE, Command.LEFT)

    @put.register
    def _(self, block: Feed) -> None:
        self._say(*[Command.LINE] * block.lines)

    @put.register
    def _(self, block: Cut) -> None:
        self._printer.cut()


def render(blocks: list[Block], columns: int) -> bytes:
    """The bytes of one piece of paper. They can be stored and sent again as they are.

    Raises ValueError for a QR text that is too long, KeyError for paper of unknown width.
    """
    paper = Paper(columns)
    for block in blocks:
        paper.put(block)
    return paper.bytes


def paper_state(answer: bytes) -> str:
    """What a printer answers to ANSWER_PAPER: `ok`, `near_end`, `out`; `unknown` if nothing."""
    if len(answer) != 1 or answer[0] & 0x90:  # bits 4 and 7 are always 0 in this answer
        return "unknown"
    if answer[0] & 0x0C:
        return "out"
    return "near_end" if answer[0] & 0x03 else "ok"
