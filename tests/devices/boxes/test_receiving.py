"""Papers that boxes tell: each once, whatever comes how often and in which order."""

import asyncio
import base64
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import sql
from core.events import listeners, on
from core.security.receipt_code import mint, order_key_of
from core.security.vault import decrypt
from devices.boxes.errors import PaperUnreadable
from devices.boxes.rules import PaperKind
from devices.boxes.wire import read_paper, unpacked
from devices.events import TillSaleRead
from tests.scene import tell_everyone
from tests.scenes.boxes import a_body, a_box, a_doubtful_body, an_order, told

heard: list[TillSaleRead] = []


@pytest.fixture
async def news(db: None) -> Any:
    heard.clear()

    @on(TillSaleRead)
    async def hear(event: TillSaleRead) -> None:
        heard.append(event)

    yield heard
    listeners.pop(f"{__name__}.hear")


async def test_a_sale_is_told_once_however_often_it_comes(news: list[TillSaleRead]) -> None:
    box, body = await a_box(), a_body(an_order())
    results = [(await told(box, body)).result for _ in range(3)]
    await tell_everyone()

    assert results == ["accepted", "known", "known"]
    [sale] = news
    assert (sale.order_no, sale.due_fen, sale.kind) == ("A7", 3_600, "sale")
    assert sale.order_key == order_key_of("2026-05-01 A7").hex()
    assert sale.sold_at == datetime(2026, 5, 1, 2, 33, 20, tzinfo=UTC)
    assert sale.lines == (("牛肉面", "2", 3_600),)


async def test_a_sale_sent_ten_times_at_once_is_one_sale(news: list[TillSaleRead]) -> None:
    box, body = await a_box(), a_body(an_order())
    taken = await asyncio.gather(*(told(box, body) for _ in range(10)))
    await tell_everyone()

    assert sorted(one.result for one in taken) == ["accepted"] + ["known"] * 9
    assert len(news) == 1


async def test_another_amount_under_the_same_number_is_kept_beside_the_first_and_told_to_nobody(
    news: list[TillSaleRead],
) -> None:
    box = await a_box()
    first = await told(box, a_body(an_order()))
    other = await told(box, a_body(an_order(due="40.00")))
    elsewhere = await told(await a_box(box.store), a_body(an_order(due="40.00")))
    await tell_everyone()

    assert [first.result, other.result, elsewhere.result] == ["accepted", "conflict", "accepted"]
    assert [sale.paper_id for sale in news] == [first.paper_id, elsewhere.paper_id]
    [row] = await sql("SELECT rival_id FROM boxes_paper WHERE state = 'conflict'")
    assert row["rival_id"] == first.paper_id


async def test_a_refund_names_its_sale_whichever_of_them_comes_first(
    news: list[TillSaleRead],
) -> None:
    box = await a_box()
    sale = an_order("A7")
    back = an_order("T1", due="-18.00", at="2026-05-03 09:00:00", kind="refund", origin="A7")
    again = {**back, "order_no": "T2"}
    for order in (back, sale, again):
        await told(box, a_body(order))
    await tell_everyone()

    key = order_key_of("2026-05-01 A7").hex()
    assert sorted((one.order_no, one.origin_key) for one in news) == [
        ("A7", ""),
        ("T1", ""),
        ("T1", key),
        ("T2", key),
    ]


async def test_a_refund_larger_than_the_sale_of_that_number_is_not_of_it(
    news: list[TillSaleRead],
) -> None:
    box = await a_box()
    await told(box, a_body(an_order(due="10.00")))
    back = an_order("T1", due="-18.00", at="2026-05-03 09:00:00", kind="refund", origin="A7")
    await told(box, a_body(back))
    await tell_everyone()

    assert [one.origin_key for one in news] == ["", ""]


async def test_a_code_must_be_this_boxs_and_fit_its_order(news: list[TillSaleRead]) -> None:
    box, other = await a_box(), await a_box()
    at = datetime(2026, 5, 1, 2, 33, tzinfo=UTC)
    order_key = order_key_of("2026-05-01 A7")

    def code(key: Any = box.papers.key, fen: int = 3_600) -> str:
        return mint(key, store_id=box.store.id, order_key=order_key, amount_fen=fen, at=at)

    wrong = [code(fen=3_601), code(other.papers.key), code()[::-1], "x"]
    results = [
        (await told(box, a_body(an_order(), code=said, key=f"{n:032x}"))).result
        for n, said in enumerate(wrong)
    ]
    good = await told(box, a_body(an_order(), code=code()))
    await tell_everyone()

    assert (results, good.result) == (["doubtful"] * 4, "accepted")
    assert [one.code for one in news] == [code()]


async def test_text_is_masked_and_bytes_are_sealed(db: None) -> None:
    box = await a_box()
    raw = "会员手机:13812345678".encode("gb18030")
    text = ["单号:202605011033201234", "会员手机:13812345678", "卡号 6222020200112230000"]
    sent = base64.b64encode(zlib.compress(raw)).decode()
    await told(box, a_doubtful_body(*text, raw=sent))
    [row] = await sql("SELECT * FROM boxes_copy")

    assert "13812345678" not in str(row)
    assert "0112230" not in str(row)
    assert "202605011033201234" in row["text"]
    assert unpacked(decrypt(row["cipher"], bound_to=f"boxes.copy:{row['id']}")) == raw


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "other"},
        {"order_no": ""},
        {"order_no": "x" * 41},
        {"order_no": "=cmd"},
        {"datetime": "yesterday"},
        {"datetime": "2026-02-30 10:00:00"},
        {"totals": {"due": "1e9"}},
        {"totals": {"due": "-1.00"}},
        {"totals": None},
        {"lines": [{"name": "x", "qty": 1, "amount": "1"}]},
        {"lines": "many"},
    ],
)
def test_an_order_that_does_not_fit_is_a_paper_for_a_person(odd: dict[str, Any]) -> None:
    said = read_paper({**a_body(an_order()), "order": {**an_order(), **odd}})

    assert said.kind is PaperKind.DOUBTFUL
    assert said.doubts


def test_a_body_without_a_key_is_refused() -> None:
    for body in ({}, {"key": 7}, {"key": "A" * 32}):
        with pytest.raises(PaperUnreadable):
            read_paper(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["order", "text", "raw", "doubts", "code", "name"]), JSON))
def test_whatever_a_box_sends_is_read_or_doubted(said: dict[str, Any]) -> None:
    assert read_paper({"key": "a" * 32, **said}).kind is PaperKind.DOUBTFUL


def test_a_bomb_of_zeros_is_not_unpacked() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(64 * 1024 * 1024))).decode()

    assert read_paper({"key": "a" * 32, "raw": bomb}).raw is None
