"""ESC/POS bytes -> tokens, for a stream that arrives in pieces of any size. Sans-io.

The length of every command is known (table below), so the walk never guesses. The tokens do not
depend on how the stream was cut into pieces, and their raw bytes joined are the stream.
(The played printer of the sandbox walks in a way of its own: it is the judge and shares nothing.)
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_PAYLOAD = 8 * 1024 * 1024
LONGEST_RUN = 4096
_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]{1,%d}" % LONGEST_RUN)
_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10
_STARTS = {_ESC: "ESC", _FS: "FS", _GS: "GS", _DLE: "DLE"}
_CONTROLS = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
_REAL_TIME = {0x04: "EOT", 0x05: "ENQ", 0x14: "DC4"}

# A rule is the number of argument bytes after the two-byte opcode, or a function from the bytes
# (opcode first) to the whole length. It asks for more bytes by running into an IndexError.
_Rule = int | Callable[[bytes | bytearray], int]


@dataclass(frozen=True, slots=True)
class Token:
    """One command, one run of text ("text"), one control ("LF"), or what could not be read.

    "unknown" is an opcode nobody knows, "broken" a claimed length beyond reason, "skipped" what
    follows it, "cut short" a command the stream ended in.
    """

    name: str
    raw: bytes

    @property
    def body(self) -> bytes:
        """The arguments: what follows the opcode, and the length bytes of GS ( and GS 8; of text,
        all of it."""
        if self.raw[0] not in _STARTS:
            return self.raw
        if self.name.startswith(("GS (", "FS (", "ESC (")):
            return self.raw[5:]
        return self.raw[{"GS 8 L": 7, "GS v 0": 3, "GS Q 0": 3}.get(self.name, 2) :]


def _word(data: bytes | bytearray, at: int) -> int:
    return data[at] | data[at + 1] << 8


def _drawer(data: bytes | bytearray) -> int:
    """Some drivers send ESC p 0 without its times: a command start is not one of them."""
    size = 3
    while size < 5 and data[size] not in _STARTS:
        size += 1
    return size


def _tab_stops(data: bytes | bytearray) -> int:
    for at in range(2, 35):
        if data[at] == 0:
            return at + 1
    return 34


def _column_image(data: bytes | bytearray) -> int:
    return 5 + _word(data, 3) * (3 if data[2] in (32, 33) else 1)


def _user_glyphs(data: bytes | bytearray) -> int:
    size = 5
    for _ in range(data[3], data[4] + 1):
        size += 1 + data[2] * data[size]
    return size


def _italic(data: bytes | bytearray) -> int:
    return 3 if data[2] in (0, 1) else 2


def _cut(data: bytes | bytearray) -> int:
    return 3 if data[2] in (0, 1, 0x30, 0x31) else 4


def _raster(data: bytes | bytearray) -> int:
    return 8 + _word(data, 4) * _word(data, 6)


def _nv_images(data: bytes | bytearray) -> int:
    size = 3
    for _ in range(data[2]):
        size += 4 + _word(data, size) * _word(data, size + 2) * 8
    return size


def _user_memory(data: bytes | bytearray) -> int:
    return 10 + (_word(data, 8) if data[2] == 0x31 else 0)


def _barcode(data: bytes | bytearray) -> int:
    if data[2] >= 65:
        return 4 + data[3]
    if data[2] > 6:
        return 3
    for at in range(3, 259):
        if data[at] == 0:
            return at + 1
    return 3


def _counter(data: bytes | bytearray) -> int:
    if data[2] != 0x3B:
        return {0x30: 5, 0x31: 9, 0x32: 5}.get(data[2], 3)
    fields = 0
    for at in range(3, 64):
        fields += data[at] == 0x3B
        if fields == 5 or data[at] not in b"0123456789;":
            return at + 1
    return 64


def _graphics(data: bytes | bytearray) -> int:
    return 7 + (_word(data, 3) | _word(data, 5) << 16)


def _status(data: bytes | bytearray) -> int:
    return 4 if data[2] in (7, 8) else 3


def _pulse(data: bytes | bytearray) -> int:
    return 3 + {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}.get(data[2], 0)


def _sized(data: bytes | bytearray) -> int:
    return 5 + _word(data, 3)


def _fixed(**by_count: str) -> dict[int, _Rule]:
    return {ord(sign): int(count[1:]) for count, signs in by_count.items() for sign in signs}


_RULES: dict[int, dict[int, _Rule]] = {
    _ESC: _fixed(n0="@2<imLSv\x0c", n1=" !%-3=?EGIJKMRTUVadertu{", n2="$\\Bc", n8="W")
    | {0x70: _drawer, 0x44: _tab_stops, 0x2A: _column_image, 0x26: _user_glyphs, 0x28: _sized}
    | {0x5A: lambda data: 7 + _word(data, 5), 0x34: _italic, 0x35: _italic},
    _FS: _fixed(n0="&.", n1="!-CW", n2="Sp?", n74="2")
    | {0x28: _sized, 0x67: _user_memory, 0x71: _nv_images},
    _GS: _fixed(n0=":c", n1="!/BEHITabfhjrwZ", n2="$LPW\\", n3="^z", n4="g")
    | {0x56: _cut, 0x28: _sized, 0x38: _graphics, 0x76: _raster, 0x51: _raster}
    | {0x2A: lambda data: 4 + 8 * data[2] * data[3], 0x6B: _barcode, 0x43: _counter},
    _DLE: {0x04: _status, 0x05: 1, 0x14: _pulse},
}


class Tokenizer:
    """Feed it bytes, get the tokens that are complete; `close` gives what was left."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_broken = False

    @property
    def pending(self) -> bytes:
        """The first bytes of what is not a whole token yet."""
        return bytes(self._held[:8])

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that `data` completes. Never raises."""
        self._held += data
        return list(self._complete(is_last=False))

    def close(self) -> list[Token]:
        """The stream has ended: what is left, a command without its end as "cut short"."""
        tokens = list(self._complete(is_last=True))
        if self._held:
            tokens.append(
                self._take("skipped" if self._is_broken else "cut short", len(self._held))
            )
        return tokens

    def _complete(self, *, is_last: bool) -> Iterator[Token]:
        while self._held:
            token = self._skipped() if self._is_broken else self._next(is_last=is_last)
            if token is None:
                return
            yield token

    def _take(self, name: str, size: int) -> Token:
        raw = bytes(self._held[:size])
        del self._held[:size]
        return Token(name, raw)

    def _skipped(self) -> Token | None:
        return self._take("skipped", LONGEST_RUN) if len(self._held) >= LONGEST_RUN else None

    def _next(self, *, is_last: bool) -> Token | None:
        first = self._held[0]
        if first in _STARTS:
            return self._command(is_last=is_last)
        run = _TEXT.match(self._held)
        if run is None:
            return self._take(_CONTROLS.get(first, "ignored"), 1)
        is_whole = run.end() < len(self._held) or run.end() == LONGEST_RUN
        return self._take("text", run.end()) if is_whole or is_last else None

    def _command(self, *, is_last: bool) -> Token | None:
        try:
            name, size = self._measure()
        except IndexError:  # the head of the command is not here yet
            return self._headless() if is_last else None
        if size > MOST_PAYLOAD:
            self._is_broken = True
            return self._take("broken", 2)
        return self._take(name, size) if size <= len(self._held) else None

    def _headless(self) -> Token | None:
        """At the end a dialect's optional argument is simply absent."""
        is_optional = len(self._held) == 2 and bytes(self._held) in (b"\x1b4", b"\x1b5")
        return self._take(_name(self._held), 2) if is_optional else None

    def _measure(self) -> tuple[str, int]:
        held = self._held
        rule = _RULES[held[0]].get(held[1])
        if rule is None:
            return "unknown", 1 if held[1] in _STARTS else 2
        if isinstance(rule, int):
            return _name(held), 2 + rule
        return _name(held), rule(held)


def _name(data: bytes | bytearray) -> str:
    start, sign = _STARTS[data[0]], data[1]
    if data[0] == _DLE:
        return f"DLE {_REAL_TIME[sign]}"
    letter = chr(sign) if sign > 0x20 else {0x20: "SP", 0x0C: "FF"}.get(sign, hex(sign))
    if letter in ("(8vQ" if data[0] == _GS else "(") and len(data) > 2:
        return f"{start} {letter} {chr(data[2])}"
    return f"{start} {letter}"


def tokens_of(data: bytes) -> list[Token]:
    """A whole stream at once."""
    tokenizer = Tokenizer()
    return tokenizer.feed(data) + tokenizer.close()
