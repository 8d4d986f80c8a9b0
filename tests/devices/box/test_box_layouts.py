"""A till with words of its own is taught from one marked paper."""

import pytest

from devices.box.layouts import NotOnPaper, learn, translated
from devices.box.paper import Job, sheets_of
from devices.box.reading import read
from devices.box.stream import tokens_of

BODY = (
    "街角面馆\n取餐凭据 {no}\n2025-11-09 10:33:20\n-----------\n牛肉面 2 {due}\n-----------\n"
    "本次应结 {due}\n现金 {due}\n"
)


def paper(no: str, due: str) -> Job:
    return sheets_of(tokens_of(BODY.format(no=no, due=due).encode("gb18030") + b"\x1dV\x00"))[0]


def test_what_one_marked_paper_taught_reads_the_next_one() -> None:
    first, second = paper("K17", "36.00"), paper("K18", "40.00")
    layout = learn(first.lines, {"order_no": "K17", "due": "36.00"})
    taught = read(translated(second, layout))

    assert layout == {"order_no": "取餐凭据", "due": "本次应结"}
    assert not read(second).is_certain
    assert (taught.order_no, str(taught.totals.due), taught.doubts) == ("K18", "40.00", [])


@pytest.mark.parametrize("marks", [{"due": "99.00"}, {"weather": "36.00"}])
def test_a_mark_that_is_not_on_the_paper_is_refused(marks: dict[str, str]) -> None:
    with pytest.raises(NotOnPaper):
        learn(paper("K17", "36.00").lines, marks)
