"""The walk through an ESC/POS stream never loses its place nor a byte, whatever arrives."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.box.paper import sheets_of
from devices.box.reading import read
from devices.box.stream import Token, Tokenizer, tokens_of

ROOT = Path(__file__).parents[3]
SAMPLES = Path(os.environ.get("ESCPOS_SAMPLES", ROOT.parent / "shared" / "reference" / "escpos"))
STREAMS = sorted(SAMPLES.glob("*/*.bin"))
here = pytest.mark.skipif(not STREAMS, reason=f"no sample streams in {SAMPLES} (ESCPOS_SAMPLES)")
streams = pytest.mark.parametrize("path", STREAMS, ids=[path.stem for path in STREAMS])

pieces = [
    *(b"\x1b@", b"\x1ba\x01", b"\x1d!\x11", b"\x1c&", b"\x1c.", b"\x1dV\x00", b"\x1bd\x03", b"\n"),
    *(b"\x1d(k\x04\x001A2\x00", b"\x1dv0\x00\x02\x00\x03\x00", b"\x1b$\x10\x00", b"\x1d", b"\x1b*"),
    *("合计 12.00\n".encode("gb18030"), "单号:A12 2025-01-02 10:11\n".encode("gb18030"), b"\r"),
    *("品名 单价 数量 金额\n".encode("gb18030"), b"-----------\n", b"a  1.00  2  2.00\n", b"\xfe"),
]
commands = st.sampled_from(pieces)
anything = st.lists(st.one_of(commands, st.binary(max_size=12)), max_size=40).map(b"".join)


def in_pieces(data: bytes, size: int) -> list[Token]:
    tokenizer, tokens = Tokenizer(), []
    for at in range(0, len(data), size):
        tokens += tokenizer.feed(data[at : at + size])
    return tokens + tokenizer.close()


@here
@streams
def test_pieces_of_any_size_give_the_same_tokens_and_the_same_bytes(path: Path) -> None:
    data = path.read_bytes()
    whole = tokens_of(data)

    assert b"".join(token.raw for token in whole) == data
    assert [token for token in whole if token.name == "unknown"] == []
    for size in (1, 7, 512):
        assert in_pieces(data, size) == whole


@here
def test_published_streams_are_walked_to_the_symbols_and_cuts_in_them() -> None:
    index = json.loads((SAMPLES / "real" / "index.json").read_text(encoding="utf-8"))
    for entry in index["files"]:
        tokens = tokens_of((SAMPLES / "real" / entry["file"]).read_bytes())
        cuts = sum(token.name in ("GS V", "ESC i", "ESC m") for token in tokens)
        seen = [text for job in sheets_of(tokens) for text in job.qr]

        assert cuts == entry["cuts"], entry["file"]
        assert seen == entry["qr"], entry["file"]
        assert (tokens[-1].name == "cut short") == bool(entry["incomplete_at"]), entry["file"]


@given(anything)
def test_no_bytes_can_crash_the_reader_or_get_lost_in_it(data: bytes) -> None:
    tokens = tokens_of(data)

    assert b"".join(token.raw for token in tokens) == data
    assert in_pieces(data, 3) == tokens
    for job in sheets_of(tokens):
        read(job)


def test_a_length_beyond_reason_stops_the_reading_and_keeps_the_bytes() -> None:
    data = b"\x1d8L\xff\xff\xff\x7f" + b"x" * 9000
    tokens = tokens_of(data)

    assert tokens[0].name == "broken"
    assert b"".join(token.raw for token in tokens) == data
    assert all(job.is_unreadable for job in sheets_of(tokens))
