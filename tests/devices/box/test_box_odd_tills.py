"""Papers of many made-up tills, none like another: what they say is read without being taught.

A file of tests/data/tills begins with a line of JSON, what must be read; the paper follows.
"""

import json
from pathlib import Path

import pytest

from devices.box.paper import sheets_of
from devices.box.reading import read
from devices.box.stream import tokens_of

PAPERS = sorted((Path(__file__).parents[2] / "data" / "tills").glob("*.txt"))
CUT = b"\n\n\n\x1dV\x00"


@pytest.mark.parametrize("path", PAPERS, ids=[path.stem for path in PAPERS])
def test_a_till_nobody_knew_is_read(path: Path) -> None:
    head, _, text = path.read_text(encoding="utf-8").partition("\n")
    wanted = json.loads(head)
    encoding = wanted.pop("encoding", "gb18030")
    [job] = sheets_of(tokens_of(b"\x1b@" + text.encode(encoding) + CUT))
    reading = read(job)
    said = {
        "kind": reading.kind,
        "no": reading.order_no,
        "org": reading.original_no,
        "at": reading.at,
        "due": str(reading.totals.due),
        "n": len(reading.goods),
        "certain": reading.is_certain,
        "names": [goods.name for goods in reading.goods],
        "brand": reading.brand,
        "cashier": reading.cashier,
        "till": reading.till,
    }

    assert {name: said[name] for name in wanted} == wanted


@pytest.mark.parametrize("odd", [" ", "合", "合计 ", "- ", ".", "1 ", "(1", "单号:", "=1,"])
def test_no_line_keeps_the_box_from_reading_the_others(odd: str) -> None:
    """Patterns that go back and forth over thousands of signs would never end here."""
    text = f"街角面馆\n单号:A7\n2025-11-09 10:33:20\n牛肉面 2 36.00\n合计 36.00\n店{odd * 3000}店\n"
    [job] = sheets_of(tokens_of(b"\x1b@" + text.encode("gb18030") + CUT))

    assert read(job).order_no == "A7"
