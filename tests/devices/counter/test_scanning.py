"""What a scanner says: symbols, scale labels, GS1, and what they are in a store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.security.scope import Scope
from devices.counter.errors import GoodsUnknown, ScaleUnfit
from devices.counter.rules import (
    ScanKind,
    check_digit,
    is_gtin,
    read_scan,
    slots_of,
    weighed_fen,
)
from devices.counter.service import Line, look_up, put_scale, ring_up
from tests.scenes.catalog import draft_of
from tests.scenes.counter import a_clerk, store_of, wish
from tests.scenes.orders import a_shelf
from trade.catalog.models import Sku
from trade.catalog.service import put_skus
from trade.stores.errors import StoreNotFound

GS = "\x1d"


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        ("6901234567892\r", ScanKind.GOODS, "6901234567892"),
        ("]E06901234567892", ScanKind.GOODS, "6901234567892"),
        ("036000291452", ScanKind.GOODS, "0036000291452"),  # UPC-A
        ("96385074", ScanKind.GOODS, "0000096385074"),  # EAN-8
        ("06901234567892", ScanKind.GOODS, "6901234567892"),  # GTIN-14 of one piece
        ("16901234567899", ScanKind.PIECE, "16901234567899"),  # a case is another good
        ("K1-0007", ScanKind.PIECE, "K1-0007"),
        ("134567890123456789", ScanKind.PAY, "134567890123456789"),
        ("", ScanKind.UNKNOWN, ""),
    ],
)
def test_symbols_are_told_apart(raw: str, kind: ScanKind, text: str) -> None:
    found = read_scan(raw)

    assert (found.kind, found.text) == (kind, text)


def test_a_gs1_code_says_goods_weight_and_count_with_and_without_fnc1() -> None:
    whole = read_scan(f"]C1010690123456789231030005321012AB{GS}30002")
    plain = read_scan("]d2010690123456789237<GS>")
    boxed = read_scan("0106901234567892<GS>10LOT7<GS>3005")

    assert (whole.text, whole.weight_g) == ("6901234567892", 532)
    assert plain.kind is ScanKind.GOODS
    assert (boxed.text, boxed.pieces) == ("6901234567892", 5)


def test_scale_labels_of_13_and_18_digits() -> None:
    short = "210012300532"
    short += str(check_digit(short))
    long = "21001230053201053"
    long += str(check_digit(long))
    spoilt = read_scan(long[:-1] + str((int(long[-1]) + 1) % 10))

    assert (read_scan(short).kind, read_scan(short).text, read_scan(short).value) == (
        *(ScanKind.SCALE, "00123", 532),
    )
    assert (read_scan(long).weight_g, read_scan(long).amount_fen) == (532, 1_053)
    assert spoilt.kind is ScanKind.UNKNOWN


@given(st.text(max_size=60))
def test_no_characters_are_too_odd_for_a_scanner(raw: str) -> None:
    found = read_scan(raw)

    assert found.pieces >= 1
    assert len(found.text) <= 60


@given(st.integers(0, 10**12 - 1))
def test_a_check_digit_makes_a_gtin_and_no_other_does(number: int) -> None:
    digits = f"{number:012}"
    right = check_digit(digits)

    assert [is_gtin(f"{digits}{last}") for last in range(10)].index(True) == right


def test_half_a_fen_goes_up() -> None:
    assert weighed_fen(1_980, 532) == 1_053  # 1053.36
    assert weighed_fen(1_000, 500) == 500
    assert weighed_fen(1, 500) == 1


def test_lines_alike_share_a_slot_and_others_take_the_next() -> None:
    said = [("a", "x", 100), ("a", "y", 100), ("a", "x", 100), ("b", "x", 100), ("a", "x", 90)]

    assert [slot for slot, _ in slots_of(said)] == [1, 2, 1, 1, 3]


async def an_apple() -> tuple[Scope, Sku]:
    """Apples at 19.80 the kilogram under the item 00123 of the scale."""
    shelf = await a_shelf(list_price_fen=1_980)
    clerk = await a_clerk()
    await Sku.filter(id=shelf.sku_id).update(code="00123")
    sku = await Sku.get(id=shelf.sku_id)
    return Scope(clerk.role, staff_id=clerk.staff_id, store_ids=frozenset({shelf.store_id})), sku


def label(digits: str) -> str:
    return digits + str(check_digit(digits))


@pytest.mark.usefixtures("db")
async def test_a_weighed_piece_is_sold_for_what_its_label_says() -> None:
    clerk, sku = await an_apple()
    store_id = store_of(clerk)
    by_weight = await look_up(clerk, store_id=store_id, text=label("210012300532"))
    await put_scale(clerk, store_id=store_id, flag="22", says="amount")
    by_amount = await look_up(clerk, store_id=store_id, text=label("220012301053"))
    both = await look_up(clerk, store_id=store_id, text=label("21001230053200999"))
    lines = [
        Line(1, sku_code=sku.code, price_fen=one.price_fen, weight_g=one.weight_g)
        for one in (by_weight, by_amount)
    ]
    sale = await ring_up(clerk, wish(clerk, *lines))

    assert (by_weight.price_fen, by_weight.weight_g) == (1_053, 532)
    assert (by_amount.price_fen, by_amount.weight_g) == (1_053, 532)
    assert (both.price_fen, both.weight_g) == (999, 532)
    [line] = sale.order.lines
    assert (line.title, line.quantity, line.payable_fen) == ("羊绒围巾 1.064kg", 1, 2_106)
    with pytest.raises(ScaleUnfit):
        await put_scale(clerk, store_id=store_id, flag="19", says="amount")
    with pytest.raises(StoreNotFound):
        await put_scale(clerk, store_id=store_id + 99, flag="21", says="amount")


@pytest.mark.usefixtures("db")
async def test_any_barcode_of_the_goods_finds_them_and_a_pay_code_is_not_repeated() -> None:
    clerk, sku = await an_apple()
    await put_skus([draft_of(sku, barcode="6901234567892", more_barcodes=("0036000291452",))])
    store_id = store_of(clerk)
    found = [
        (await look_up(clerk, store_id=store_id, text=text)).sku_code
        for text in ("6901234567892", "036000291452", "]E06901234567892", "00123")
    ]
    pay = await look_up(clerk, store_id=store_id, text="134567890123456789")

    assert found == [sku.code] * 4
    assert (pay.is_pay_code, pay.sku_code, pay.title) == (True, "", "")
    with pytest.raises(GoodsUnknown):
        await look_up(clerk, store_id=store_id, text="4006381333931")
