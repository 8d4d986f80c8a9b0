"""What a printer says about itself: DLE EOT at once, GS r, ESC v, GS I and GS a in their turn."""

from typing import Literal

from pydantic import Field

from sandbox.config import Part
from sandbox.escpos import Token


class Condition(Part):
    """What is wrong with a printer, settable in the admin API; the defaults are a healthy one."""

    paper: Literal["ok", "low", "out"] = "ok"
    cover_open: bool = False
    offline: bool = False
    """Accepts bytes and prints nothing, as after the feed button."""
    off: bool = False
    """Unplugged: connections are refused."""
    silent: bool = False
    """Answers no status question, as many cheap printers do."""
    bytes_per_s: int = Field(default=0, ge=0)
    """Reads no faster than this; 0 is as fast as it can."""
    reset_after: int | None = Field(default=None, ge=0)
    """Resets the connection once, after that many more bytes."""

    @property
    def is_stuck(self) -> bool:
        """It takes no more from its buffer until somebody comes."""
        return self.paper == "out" or self.cover_open or self.offline


def at_once(token: Token, condition: Condition) -> bytes:
    """The answer to DLE EOT n, one byte; nothing for other tokens."""
    if token.name != "DLE EOT":
        return b""
    bits = {1: _printer, 2: _offline_cause, 4: _paper}.get(token.body[0], lambda _: 0)(condition)
    return bytes([0x12 | bits])


def in_turn(token: Token, condition: Condition) -> bytes:
    """The answer to a question that goes through the buffer; nothing for other tokens."""
    if token.name == "GS I":
        return _identity(token.body[0])
    if token.name == "GS a":
        return _automatic(condition) if token.body[0] else b""
    asks_paper = token.name == "ESC v" or (token.name == "GS r" and token.body[0] & 3 == 1)
    if asks_paper:
        return bytes([_sensors(condition)])
    return b"\0" if token.name in ("GS r", "ESC u") else b""


def _printer(condition: Condition) -> int:
    return 0x08 if condition.is_stuck else 0


def _offline_cause(condition: Condition) -> int:
    return (0x04 if condition.cover_open else 0) | (0x20 if condition.paper == "out" else 0)


def _paper(condition: Condition) -> int:
    return {"ok": 0, "low": 0x0C, "out": 0x6C}[condition.paper]


def _sensors(condition: Condition) -> int:
    return {"ok": 0, "low": 0x03, "out": 0x0F}[condition.paper]


def _automatic(condition: Condition) -> bytes:
    first = 0x10 | _printer(condition) | (0x20 if condition.cover_open else 0)
    return bytes([first, 0, _sensors(condition), 0])


def _identity(number: int) -> bytes:
    names = {65: b"1.00", 66: b"DAOGOU", 67: b"SANDBOX-80", 68: b"SIM0001"}
    if number in names:
        return b"_" + names[number] + b"\0"
    return b"\x02" if number in (2, 50) else b"\x20"
