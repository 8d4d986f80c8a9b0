"""The walk through an ESC/POS stream: it never loses its place, however the bytes arrive."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bars import bars_of, check_digit
from sandbox.escpos import MOST_PAYLOAD, Token, Tokenizer, tokens_of
from sandbox.paper import CUTS, Paper, Press
from sandbox.paper_style import Style

ROOT = Path(__file__).parents[2]
SAMPLES = Path(os.environ.get("ESCPOS_SAMPLES", ROOT.parent / "shared" / "reference" / "escpos"))
STREAMS = sorted(SAMPLES.glob("*/*.bin"))
here = pytest.mark.skipif(not STREAMS, reason=f"no sample streams in {SAMPLES} (ESCPOS_SAMPLES)")
streams = pytest.mark.parametrize("path", STREAMS, ids=[path.stem for path in STREAMS])


def in_pieces(data: bytes, size: int) -> list[Token]:
    tokenizer, tokens = Tokenizer(), []
    for at in range(0, len(data), size):
        tokens += tokenizer.feed(data[at : at + size])
    return tokens + tokenizer.close()


def printed(data: bytes, columns: int = 48) -> list[Paper]:
    jobs: list[list[Token]] = [[]]
    for token in tokens_of(data):
        jobs[-1].append(token)
        if token.name in CUTS:
            jobs.append([])
    style = Style()
    papers = [Press(columns, style).run(job) for job in jobs]
    return [paper for paper in papers if not paper.is_empty]


@here
@streams
def test_pieces_of_any_size_give_the_same_tokens(path: Path) -> None:
    data = path.read_bytes()
    whole = tokens_of(data)

    assert b"".join(token.raw for token in whole) == data
    for size in (1, 7, 512):
        assert in_pieces(data, size) == whole


@here
@streams
def test_published_streams_hold_no_command_we_do_not_know(path: Path) -> None:
    unread = [token for token in tokens_of(path.read_bytes()) if token.name == "unknown"]

    assert unread == []


@here
@pytest.mark.parametrize(
    "path", [p for p in STREAMS if p.parent.name == "cn"], ids=lambda p: p.stem
)
def test_what_a_chinese_receipt_says_is_read_from_its_paper(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    papers = printed(path.read_bytes(), truth["columns"])
    if not truth["text_extractable"]:
        assert [paper.images > 0 for paper in papers] == [True]
        return

    assert len(papers) == len(truth["jobs"])
    for paper, job in zip(papers, truth["jobs"], strict=True):
        text = "\n".join(paper.lines)
        assert not job.get("order_no") or job["order_no"] in text
        symbols = [symbol["text"] for symbol in paper.symbols]
        assert symbols == [*job.get("barcodes", []), *job.get("qr", [])]


@given(st.binary(max_size=400), st.integers(1, 9))
def test_any_bytes_at_all_give_the_same_tokens_in_pieces(data: bytes, size: int) -> None:
    whole = tokens_of(data)

    assert b"".join(token.raw for token in whole) == data
    assert in_pieces(data, size) == whole


COMMANDS = st.sampled_from(
    [b"\x1b@", b"\x1ba\x01", b"\x1d!\x11", b"\x1c&", b"\x1c.", b"\x1bt\x10", b"\x1d(k", b"\x1dv0"]
)


@given(st.lists(COMMANDS | st.binary(max_size=12) | st.just("合计".encode("gbk")), max_size=12))
def test_printing_never_raises(parts: list[bytes]) -> None:
    papers = printed(b"".join(parts))

    assert all(paper.unknown >= 0 for paper in papers)


def test_a_claimed_length_beyond_reason_ends_the_reading_but_keeps_the_bytes() -> None:
    data = b"\x1bv" + b"\x1dv0\x00\xff\xff\xff\xff" + b"x" * 9000
    tokens = tokens_of(data)

    assert MOST_PAYLOAD < 0xFFFF * 0xFFFF
    assert [token.name for token in tokens] == ["ESC v", "broken", "skipped", "skipped", "skipped"]
    assert b"".join(token.raw for token in tokens) == data


def test_a_drawer_pulse_without_its_times_does_not_eat_the_next_command() -> None:
    tokens = tokens_of(b"\x1bp\x00\x1ba\x01")

    assert [token.name for token in tokens] == ["ESC p", "ESC a"]


def test_a_cut_character_is_replaced_and_the_text_goes_on() -> None:
    (paper,) = printed("合计".encode("gbk") + b"\xb5\n" + b"12.00\n")

    assert paper.lines == ["合计�", "12.00"]


def test_utf8_is_noticed_from_the_whole_job() -> None:
    (paper,) = printed("木棉与麻\n￥12.00\n".encode())

    assert paper.lines == ["木棉与麻", "￥12.00"]


def test_a_long_line_goes_on_below_after_48_columns() -> None:
    (paper,) = printed("汉".encode("gbk") * 30 + b"\n")

    assert [len(line) for line in paper.lines] == [24, 6]


def test_a_probe_leaves_no_paper() -> None:
    assert printed(b"\x1b@\x10\x04\x01\x1dr\x01\n\n\x1dV\x00") == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [(67, b"69012345"), (73, b"123456"), (70, b"123"), (72, b"ABC"), (73, b"{C\x64")],
)
def test_data_that_does_not_fit_a_barcode_is_refused(kind: int, data: bytes) -> None:
    with pytest.raises(ValueError, match=r"GS k|digits|code set"):
        bars_of(kind, data)


def test_the_check_digit_of_a_barcode_is_added() -> None:
    assert check_digit("690123456789") == "2"
    assert bars_of(67, b"690123456789")[1] == "6901234567892"
