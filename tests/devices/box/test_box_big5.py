"""Tills of Hong Kong and Taiwan write Big5: told by their words, printed on in their letters."""

from core.security.receipt_code import ReceiptKey
from devices.box.stamp import Stamping
from devices.box.tail import Seen, Tail
from devices.box.truth import stream_json

STAMPING = Stamping(ReceiptKey(7, b"0123456789abcdef"), 3, "https://e.example.cn/r/")
RULE = "-" * 32 + "\n"
BODY = f"""榮記茶餐廳 銅鑼灣店
單號:HK20260501007
時間:2026-05-01 10:33:20
收銀員:許小姐
{RULE}品名            數量      金額
{RULE}菠蘿油             2     36.00
功夫奶茶           1     24.00
{RULE}合計                     60.00
折扣                     -5.00
應收                     55.00
現金                    100.00
找零                     45.00
"""
SALE = b"\x1b@" + BODY.encode("big5")
CUT = b"\n\n\x1dV\x00"


def test_a_till_that_writes_big5_is_read_without_being_told() -> None:
    said = stream_json(SALE + CUT)
    [job] = said["jobs"]

    assert (said["encoding"], job["order_no"], job["brand"]) == (
        "big5",
        "HK20260501007",
        "榮記茶餐廳",
    )
    assert [line["name"] for line in job["lines"]] == ["菠蘿油", "功夫奶茶"]
    assert (job["totals"]["due"], job["totals"]["change"]) == ("55.00", "45.00")


def test_the_qr_goes_before_the_cut_with_words_in_the_tills_letters() -> None:
    tail = Tail(STAMPING)
    parts = [*tail.feed(SALE), *tail.feed(CUT)]
    paper = b"".join(part for part in parts if isinstance(part, bytes))
    [seen] = [part for part in parts if isinstance(part, Seen)]

    assert paper.startswith(SALE)
    assert paper.endswith(CUT)
    assert "掃碼開發票".encode("big5") in paper
    assert seen.code.encode() in paper


def test_the_same_words_in_gbk_are_no_big5_and_get_their_qr() -> None:
    for code in ("gb18030", "utf-8"):
        data = b"\x1b@" + BODY.encode(code)
        tail = Tail(STAMPING)
        parts = [*tail.feed(data), *tail.feed(CUT)]
        paper = b"".join(part for part in parts if isinstance(part, bytes))
        [seen] = [part for part in parts if isinstance(part, Seen)]

        assert not seen.job.is_big5
        assert seen.code
        assert paper.startswith(data)
        assert paper.endswith(CUT)
