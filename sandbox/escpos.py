"""ESC/POS bytes -> tokens, the way a printer's controller takes them: command by command.

Each is a small routine that asks for the bytes it needs, and rests until they come: the tokens do
not depend on how the stream was cut, and their bytes joined are the stream. No drawing, no sockets.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

MOST_PAYLOAD = 8 * 1024 * 1024
LONGEST_RUN = 4096
LONGEST_BARS = 256
FAMILIES = {b"\x1b": "ESC", b"\x1c": "FS", b"\x1d": "GS", b"\x10": "DLE"}
LONE = {b"\t": "HT", b"\n": "LF", b"\x0c": "FF", b"\r": "CR", b"\x18": "CAN"}
SPELLED = {b" ": "SP", b"\x0c": "FF", b"\x04": "EOT", b"\x05": "ENQ", b"\x14": "DC4"}
NAMED_BY_TWO = ("ESC (", "FS (", "GS (", "GS 8", "GS v", "GS Q")
PREFIX = {"ESC (": 5, "FS (": 5, "GS (": 5, "GS 8": 7, "GS v": 3, "GS Q": 3}
PRINTED = bytes([*range(0x20, 0x7F), *range(0x80, 0x100)])


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
        if self.raw[:1] not in FAMILIES:
            return self.raw
        family = " ".join(self.name.split(" ")[:2])
        is_long = len(self.name.split(" ")) == 3
        return self.raw[PREFIX.get(family, 2) if is_long else 2 :]


# It yields how many bytes it asks for; it returns how many of the last ones belong to what is next.
Routine = Generator[int, bytes, int]


class _Hopeless(Exception): ...  # no printer waits for so many bytes


def _word(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _take(count: int) -> Callable[[], Routine]:
    def routine() -> Routine:
        if count:
            yield count
        return 0

    return routine


def _counted(before: int, width: int) -> Callable[[], Routine]:
    """So many bytes, a length of `width` bytes, and so many bytes as it says."""

    def routine() -> Routine:
        head = yield before + width
        yield _word(head[before:])
        return 0

    return routine


def _one_or_two(ones: bytes) -> Callable[[], Routine]:
    """One byte; a second one unless the first is among `ones`."""

    def routine() -> Routine:
        if (yield 1) not in ones:
            yield 1
        return 0

    return routine


def _drawer() -> Routine:
    """Pin and two times, which some drivers leave out: a new command is not one of them."""
    yield 1
    for _ in range(2):
        if (yield 1) in FAMILIES:
            return 1
    return 0


def _italic() -> Routine:
    return 0 if (yield 1) in (b"\0", b"\1") else 1


def _tab_stops() -> Routine:
    for _ in range(33):
        if (yield 1) == b"\0":
            return 0
    return 1


def _columns_of_dots() -> Routine:
    head = yield 3
    yield _word(head[1:]) * (3 if head[0] in (32, 33) else 1)
    return 0


def _own_glyphs() -> Routine:
    tall, first, last = yield 3
    for _ in range(first, last + 1):
        wide = yield 1
        yield tall * wide[0]
    return 0


def _stored_symbol() -> Routine:
    head = yield 8
    yield _word(head[6:]) if head[:1] == b"1" else 0
    return 0


def _logos() -> Routine:
    for _ in range((yield 1)[0]):
        size = yield 4
        yield _word(size[:2]) * _word(size[2:]) * 8
    return 0


def _downloaded() -> Routine:
    wide, tall = yield 2
    yield 8 * wide * tall
    return 0


def _raster() -> Routine:
    head = yield 6
    yield _word(head[2:4]) * _word(head[4:])
    return 0


def _barcode() -> Routine:
    kind = (yield 1)[0]
    if kind >= 65:
        yield (yield 1)[0]
    elif kind <= 6:
        for _ in range(LONGEST_BARS):
            if (yield 1) == b"\0":
                return 0
        return LONGEST_BARS
    return 0


def _counter() -> Routine:
    kind = yield 1
    if kind != b";":
        yield {b"0": 2, b"1": 6, b"2": 2}.get(kind, 0)
        return 0
    fields = 0
    for _ in range(61):
        sign = yield 1
        fields += sign == b";"
        if fields == 5 or sign not in (b";", *(b"%d" % digit for digit in range(10))):
            break
    return 0


def _at_once() -> Routine:
    yield {1: 2, 2: 2, 3: 5, 7: 1, 8: 7}.get((yield 1)[0], 0)
    return 0


FIXED = {  # how many bytes follow which opcodes
    "ESC": {0: "@2<imLSv\x0c", 1: " !%-3=?EGIJKMRTUVadertu{", 2: "$\\Bc", 8: "W"},
    "FS": {0: "&.", 1: "!-CW", 2: "Sp?", 74: "2"},
    "GS": {0: ":c", 1: "!/BEHITabfhjrwZ", 2: "$LPW\\", 3: "^z", 4: "g"},
    "DLE": {1: "\x05"},
}
MANUAL: dict[str, Callable[[], Routine]] = {
    **{
        f"{family} {sign}": _take(count)
        for family, counts in FIXED.items()
        for count, signs in counts.items()
        for sign in signs
    },
    **dict.fromkeys(("ESC (", "FS (", "GS ("), _counted(1, 2)),
    **dict.fromkeys(("ESC 4", "ESC 5"), _italic),
    **dict.fromkeys(("GS v", "GS Q"), _raster),
    "ESC p": _drawer,
    "ESC D": _tab_stops,
    "ESC *": _columns_of_dots,
    "ESC &": _own_glyphs,
    "ESC Z": _counted(3, 2),
    "FS g": _stored_symbol,
    "FS q": _logos,
    "GS V": _one_or_two(b"\0\1" + b"01"),
    "GS 8": _counted(1, 4),
    "GS *": _downloaded,
    "GS k": _barcode,
    "GS C": _counter,
    "DLE \x04": _one_or_two(bytes({*range(256)} - {7, 8})),
    "DLE \x14": _at_once,
}


class Tokenizer:
    """Feed it bytes, get the tokens that are complete; `close` gives what was left."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._is_broken = False
        self._routine: Routine | None = None  # of the command that is being read
        self._at = self._wanted = 0

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that `data` completes. Never raises."""
        self._held += data
        return list(self._tokens(is_last=False))

    def close(self) -> list[Token]:
        """The stream has ended: what is left, a command without its end as "cut short"."""
        tokens = list(self._tokens(is_last=True))
        if bytes(self._held) in (b"\x1b4", b"\x1b5"):  # their argument is absent in one dialect
            tokens.append(self._cut_off(f"ESC {self._held[1:].decode()}", 2))
        elif self._held:
            name = "skipped" if self._is_broken else "cut short"
            tokens.append(self._cut_off(name, len(self._held)))
        return tokens

    def _tokens(self, *, is_last: bool) -> Iterator[Token]:
        while self._held:
            if self._is_broken:
                is_much = len(self._held) >= LONGEST_RUN
                token = self._cut_off("skipped", LONGEST_RUN) if is_much else None
            elif bytes(self._held[:1]) in FAMILIES:
                token = self._command()
            else:
                token = self._plain(is_last=is_last)
            if token is None:
                return
            yield token

    def _cut_off(self, name: str, size: int) -> Token:
        raw = bytes(self._held[:size])
        del self._held[:size]
        self._routine = None
        return Token(name, raw)

    def _plain(self, *, is_last: bool) -> Token | None:
        piece = self._held[:LONGEST_RUN]
        size = len(piece) - len(piece.lstrip(PRINTED))
        if size == 0:
            return self._cut_off(LONE.get(bytes(self._held[:1]), "ignored"), 1)
        is_whole = is_last or size == LONGEST_RUN or size < len(self._held)
        return self._cut_off("text", size) if is_whole else None

    def _command(self) -> Token | None:
        """Go on with the routine of the command as far as the bytes reach."""
        if len(self._held) < 2:
            return None
        if self._routine is None:
            family = FAMILIES[bytes(self._held[:1])]
            made = MANUAL.get(f"{family} {chr(self._held[1])}")
            if made is None:
                return self._cut_off("unknown", 1 if bytes(self._held[1:2]) in FAMILIES else 2)
            self._routine, self._at, self._wanted = made(), 2, -1
        return self._goes_on(self._routine)

    def _goes_on(self, routine: Routine) -> Token | None:
        try:
            if self._wanted < 0:
                self._asked(next(routine))
            while len(self._held) - self._at >= self._wanted:
                sent = bytes(self._held[self._at : self._at + self._wanted])
                self._at += self._wanted
                self._asked(routine.send(sent))
        except StopIteration as end:
            return self._cut_off(self._name(), self._at - int(end.value))
        except _Hopeless:
            self._is_broken = True
            return self._cut_off("broken", 2)
        return None

    def _asked(self, wanted: int) -> None:
        self._wanted = wanted
        if self._at + wanted > MOST_PAYLOAD:
            raise _Hopeless

    def _name(self) -> str:
        family, sign = FAMILIES[bytes(self._held[:1])], bytes(self._held[1:2])
        short = f"{family} {SPELLED.get(sign, sign.decode('latin-1'))}"
        return f"{short} {chr(self._held[2])}" if short in NAMED_BY_TWO else short


def tokens_of(data: bytes) -> list[Token]:
    """A whole stream at once."""
    tokenizer = Tokenizer()
    return tokenizer.feed(data) + tokenizer.close()
