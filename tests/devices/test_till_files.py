"""Files of tills as they really come: marks, GBK, mangled numbers, formulas, broken rows."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.errors import DomainError
from devices.errors import TillFileUnreadable
from devices.till.shapes import read_receipt
from devices.till.sheets import read_csv, read_jsonl, refused_csv
from devices.till.sums import check_receipt, gaps, has_check_digit, sold_goods
from tests.scenes.tills import a_line, a_receipt

HEADER = (
    "store_code,till,receipt_no,sold_at,sku,barcode,quantity,price_fen,payable_fen,"
    "total_fen,cash_fen,member,kind,of_receipt_no"
)
SOLD = "2026-05-01T10:00:00+08:00"
ROW = f"S1,1,7,{SOLD},K1,,2,100,200,200,200,,,"


def csv_of(*rows: str) -> bytes:
    return "\r\n".join([HEADER, *rows]).encode()


def fault_of(value: Any) -> tuple[str, dict[str, Any]]:
    """The code and places of what is wrong with a receipt."""
    with pytest.raises(DomainError) as refused:
        check_receipt(read_receipt(value), clock.now())
    return refused.value.code.partition(".")[2], refused.value.facts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_file_of_any_common_encoding_is_read(encoding: str) -> None:
    second = f"S1,1,7,{SOLD},K2,,1,50,50,,,,,"
    raw = csv_of(ROW.replace(",200,200,200", ",200,250,250"), "", second).decode().encode(encoding)
    [item] = read_csv(raw)
    receipt = read_receipt(item.value)

    check_receipt(receipt, clock.now())
    assert (item.line, receipt.total_fen, len(receipt.lines)) == (2, 250, 2)
    assert receipt.digest == read_receipt({**item.value, "soldAt": "2026-05-01T02:00:00Z"}).digest


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "missing_column"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le"), "file"),
        (HEADER.replace("till", "hill").encode(), "unknown_column"),
        (HEADER.replace("member", "till").encode(), "repeated_column"),
        (csv_of('S1,1,"7'), "line"),
        (b"\x00" * 9, "file"),
    ],
)
def test_a_file_that_cannot_be_ours_is_refused_whole(raw: bytes, place: str) -> None:
    with pytest.raises(TillFileUnreadable) as refused:
        read_csv(raw)

    assert list(refused.value.facts) == [place]


@pytest.mark.parametrize(
    ("row", "code", "place"),
    [
        (ROW.replace(",7,", ",1.23E+15,"), "till_number_mangled", "receiptNo"),
        (ROW.replace(",K1,", ",6.90E+12,"), "till_number_mangled", "lines/0/sku"),
        (ROW.replace("200,,,", "200,1.39E+10,,"), "till_number_mangled", "member"),
        (ROW.replace(",100,", ",1E+02,"), "till_number_mangled", "price_fen"),
        (ROW.replace(",7,", ",=1+1,"), "till_unreadable", "receiptNo"),
        (ROW.replace(",7,", ",@cmd,"), "till_unreadable", "receiptNo"),
        (ROW.replace(",2,100", ",-2,100"), "till_unreadable", "lines/0/quantity"),
        (ROW.replace(",2,100", ",2.0,100"), "till_unreadable", "quantity"),
        (ROW.replace(",2,100", ",２,100"), "till_unreadable", "quantity"),
        (ROW.replace(SOLD, "2026-05-01 10:00"), "till_unreadable", "soldAt"),
        (ROW + ",x", "till_unreadable", "row"),
        (ROW.replace(",K1,,", ",,6901234567890,"), "till_barcode_wrong", "place"),
        (ROW.replace(",2,100,200", ",2,100,199"), "till_sums_differ", "place"),
        (ROW.replace("200,200,200", "200,199,199"), "till_sums_differ", "place"),
        (ROW.replace("200,200,200", "200,200,100"), "till_sums_differ", "place"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_with_its_place(
    row: str, code: str, place: str
) -> None:
    [item] = read_csv(csv_of(row))
    if item.error is not None:
        said, facts = item.error.code.partition(".")[2], item.error.facts
    else:
        said, facts = fault_of(item.value)

    assert said == code
    assert place in facts or facts.get("place") == place


def test_rows_of_one_receipt_that_differ_in_its_total_are_refused() -> None:
    [item] = read_csv(csv_of(ROW, ROW.replace("200,200,200", "200,300,300")))

    assert item.error is not None
    assert "total_fen" in item.error.facts


def test_lines_of_jsonl_are_refused_one_by_one() -> None:
    good = json.dumps(a_receipt("S1", a_line("K1")))
    deep = '{"a":' * 40 + "1" + "}" * 40
    twice = '{"a": 1, "a": 2}'
    items = read_jsonl("\n".join([good, "", deep, twice, "nonsense", "[1]"]).encode())

    assert [item.error is None for item in items] == [True, False, False, False, False]
    assert [item.line for item in items] == [1, 3, 4, 5, 6]


def test_the_file_of_refused_rows_runs_nothing_and_tells_the_line() -> None:
    [item] = read_csv(csv_of(ROW.replace(",7,", ",=cmd,")))
    with pytest.raises(DomainError) as refused:
        read_receipt(item.value)
    text = refused_csv([(item, refused.value)]).decode("utf-8-sig")

    assert text.splitlines()[1].startswith("2,devices.till_unreadable,")
    assert "=cmd" in text
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in text.split(","))


SALE = a_receipt("S1", a_line("K1", quantity=2), receipt_no="7")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"soldAt": "2199-01-01T00:00:00Z"}, "till_time_wrong"),
        ({"soldAt": "2026-05-01T10:00:00"}, "till_unreadable"),
        ({"kind": "return"}, "till_origin_needed"),
        ({"of": {"receiptNo": "6"}}, "till_origin_needed"),
        ({"lines": []}, "till_unreadable"),
        ({"lines": [a_line("K1")] * 201}, "till_unreadable"),
        ({"lines": [{**a_line("K1"), "barcode": "6901234567892"}]}, "till_unreadable"),
        ({"totalFen": 10**12}, "till_unreadable"),
        ({"totalFen": True}, "till_unreadable"),
        ({"totalFen": 2000.0}, "till_unreadable"),
        ({"receiptNo": 7}, "till_unreadable"),
        ({"receiptNo": "7\u0000"}, "till_unreadable"),
        ({"receiptNo": "\ud800"}, "till_unreadable"),
        ({"receiptNo": "7" * 41}, "till_unreadable"),
        ({"member": "张三"}, "till_unreadable"),
        ({"secret": "x"}, "till_unreadable"),
        ({"tenders": [{"kind": "stored_value", "amountFen": 2_000}]}, "till_stored_value"),
        ({"tenders": [{"kind": "cash", "amountFen": -2_000}]}, "till_unreadable"),
        ({"discountFen": 3_000}, "till_sums_differ"),
        ({"sequence": 0}, "till_unreadable"),
    ],
)
def test_a_receipt_that_cannot_be_true_is_refused(change: dict[str, Any], code: str) -> None:
    said, facts = fault_of({**SALE, **change})

    assert said == code
    assert "张三" not in str(facts)


def test_check_digits_of_all_lengths_and_codes_of_the_shop() -> None:
    right = ["6901234567892", "96385074", "036000291452", "10012345678902", "OWN-7"]

    assert [has_check_digit(label) for label in right] == [True] * 5
    assert not any(has_check_digit(label) for label in ("6901234567890", "96385075", "123"))


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(0, 9_999)), min_size=1),
    st.data(),
)
def test_shared_discounts_add_up_to_the_receipt(
    lines: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    made = [a_line(f"K{sku}", quantity=pieces, price_fen=fen) for sku, pieces, fen in lines]
    whole = sum(line["payableFen"] for line in made)
    off = data.draw(st.integers(0, whole))
    receipt = read_receipt(a_receipt("S1", *made[:200], discountFen=off, receipt_no="1"))
    sold = sold_goods(receipt, [sku for sku, _, _ in lines])

    assert sum(one.payable_fen for one in sold) == whole - off
    assert all(one.discount_fen >= 0 and one.payable_fen >= 0 for one in sold)
    assert all(o.price_fen * o.quantity - o.discount_fen == o.payable_fen for o in sold)
    assert len({one.sku_id for one in sold}) == len(sold)


@given(st.sets(st.integers(1, 60), min_size=1))
def test_gaps_are_what_lacks_between_first_and_last(numbers: set[int]) -> None:
    lacking = {n for first, last in gaps(numbers) for n in range(first, last + 1)}

    assert lacking == set(range(min(numbers), max(numbers) + 1)) - numbers
