"""Whatever bytes come: no crash, no loss, whole or in pieces. `make explore` invents more of them.

`python -m tests.devices.box.test_box_fuzz` hands the same to atheris, where it is installed.
"""

import importlib
import sys
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.security.receipt_code import ReceiptKey
from devices.box.masking import masked
from devices.box.pictures import picture_of, png_of
from devices.box.stamp import Stamping
from devices.box.stream import Tokenizer, tokens_of
from devices.box.tail import Seen, Tail
from devices.box.telling import order_of
from sandbox import escpos

PLAIN = Stamping(ReceiptKey(7, b"0123456789abcdef"), 3, "https://e.example.cn/r/", "off")
WORDS = [
    "单号:A7\n",
    "合计 36.00\n",
    "2026-05-01 10:33:20\n",
    "牛肉面 2 36.00\n",
    "现金 36.00\n",
    "退货\n",
]
piece = (
    st.binary(max_size=24)
    | st.sampled_from([word.encode("gb18030") for word in WORDS])
    | st.sampled_from([b"\x1b@", b"\x1dV\0", b"\x1bd\3", b"\x1dv0\0\1\0\2\0ab", b"\x1d(k\3\x001E1"])
    | st.builds(
        bytes, st.lists(st.sampled_from([0x10, 0x1B, 0x1C, 0x1D, 0, 0xFF, 0x28]), max_size=9)
    )
)
streams = st.lists(piece, max_size=14).map(b"".join)


def examine(data: bytes, size: int = 7) -> None:
    """All that a box does with a stream."""
    tokens = tokens_of(data)
    assert b"".join(token.raw for token in tokens) == data
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    tokenizer, tail = Tokenizer(), Tail(PLAIN)
    assert [t for part in pieces for t in tokenizer.feed(part)] + tokenizer.close() == tokens
    parts = [part for each in pieces for part in tail.feed(each)] + tail.end()
    assert b"".join(part for part in parts if isinstance(part, bytes)) == data
    for seen in parts:
        if isinstance(seen, Seen):
            order_of("box", seen)
            picture = picture_of(seen.raw)
            assert picture is None or png_of(picture)


@settings(max_examples=80)
@given(streams, st.integers(1, 40))
def test_no_bytes_crash_the_box_or_are_lost(data: bytes, size: int) -> None:
    examine(data, size)


@settings(max_examples=60)
@given(streams)
def test_the_played_printer_takes_the_same_commands(data: bytes) -> None:
    """Two walks that share nothing: where the stream is sound, they agree."""
    mine, its = tokens_of(data), escpos.tokens_of(data)
    assert b"".join(token.raw for token in its) == data
    names = {token.name for token in mine} | {token.name for token in its}
    if not {"broken", "cut short", "skipped"} & names:
        assert [(t.name, t.raw) for t in mine] == [(t.name, t.raw) for t in its]


@settings(max_examples=60)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_masking_twice_is_as_once(lines: list[str]) -> None:
    assert masked(masked(lines)) == masked(lines)


def main() -> None:
    atheris: Any = importlib.import_module("atheris")
    atheris.Setup(sys.argv, lambda data: examine(bytes(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
