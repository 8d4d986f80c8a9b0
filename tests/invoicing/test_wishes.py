"""What a wish becomes: merged, split, by seller and kind; waiting for sales that are late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.database import sql
from core.outbox import OutboxRow
from core.security.scope import Role, Scope
from devices.queries import receipt_code_of
from invoicing.backends.port import Kind
from invoicing.errors import (
    AlreadyRequested,
    AmountDiffers,
    CannotMerge,
    CodeExpired,
    NothingToInvoice,
    RulesNotYours,
    RuleWrong,
    SaleUnknown,
    SellerMissing,
    SellersDiffer,
    SpecialNotAllowed,
    TaxClassMissing,
)
from invoicing.models import Covered, Invoice, InvoiceableOrder, InvoiceRequest, SaleReturn
from invoicing.queries import (
    Awaited,
    RequestView,
    Scanned,
    good_until,
    look_up,
    requests_of,
    sale_of,
    sale_of_order,
)
from invoicing.rules.buyers import BuyerKind, read_buyer
from invoicing.rules.states import RequestState
from invoicing.rules.tax import Policy
from invoicing.service import (
    RouteDraft,
    TaxClassDraft,
    TaxCodeRow,
    add_route,
    add_tax_class,
    cancel_draft,
    end_rule,
    load_tax_codes,
    note_box_refund,
    note_box_sale,
    note_red,
    request_again,
    request_invoice,
    set_terms,
    withdraw_paper,
)
from invoicing.service.adopting import expire_drafts
from tests.scene import tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.invoicing import (
    CLOTHES,
    LONG_AGO,
    OFFICE,
    a_box_receipt,
    a_box_sale,
    a_buyer,
    a_code,
    an_account,
    an_order_known,
    another_seller,
    later,
    rows_of,
    seller_id_of,
)
from tests.scenes.orders import a_shelf
from tests.scenes.stores import a_store
from trade.payments.models import Payment
from trade.stores.models import Store

FOOD = "1030299990000000000"
S = RequestState
pytestmark = pytest.mark.usefixtures("db")


async def ask(*codes: str, kind: Kind = Kind.GENERAL, **buyer: str) -> RequestView:
    return await request_invoice(codes=codes, buyer=a_buyer(**buyer), kind=kind)


async def terms(store_id: int, **rules: Any) -> None:
    await set_terms(scope=OFFICE, tax_entity_id=await seller_id_of(store_id), rules=rules)


async def a_class(store: Store, pattern: str = "", **more: Any) -> int:
    facts = {"tax_code": FOOD, "tax_bp": 600, "short_name": "餐饮服务", **more}
    draft = TaxClassDraft(store.tax_entity_id, LONG_AGO, pattern=pattern, **facts)
    return await add_tax_class(scope=OFFICE, draft=draft)


async def test_receipts_of_one_seller_become_one_invoice() -> None:
    shelf = await a_shelf()
    codes = [await a_code(shelf), await a_code(shelf, quantity=2)]
    view = await ask(*codes)

    [row] = await rows_of()
    assert (view.parts, row.incl_fen, len(row.lines)) == (1, 3 * 39_900, 1)
    assert sorted([one.fen for one in await Covered.all()]) == [39_900, 79_800]
    assert [origin["fen"] for origin in row.lines[0]["origins"]] == [39_900, 79_800]
    for code in codes:
        [seen] = await requests_of(await look_up(code))
        assert seen.request_no == view.request_no


async def test_a_merged_receipt_is_taken_alone_or_with_others() -> None:
    shelf = await a_shelf()
    first, second, third = [await a_code(shelf) for _ in range(3)]
    await ask(first, second)

    assert (await ask(second, first)).parts == 1
    for codes in ([first], [first, third], [third, second, first]):
        with pytest.raises(AlreadyRequested):
            await ask(*codes)
    assert len(await rows_of()) == 1


async def test_the_same_receipt_twice_counts_once() -> None:
    code = await a_code()

    assert (await ask(code, code)).incl_fen == 39_900


async def test_receipts_of_two_sellers_are_not_merged() -> None:
    one, two = await a_shelf(), await a_shelf()
    other = await another_seller()
    draft = RouteDraft(other.id, LONG_AGO, store_id=two.store_id)
    await add_route(scope=OFFICE, draft=draft)

    with pytest.raises(SellersDiffer):
        await ask(await a_code(one), await a_code(two))


async def test_an_order_over_the_limit_is_split_and_all_parts_are_known_at_once() -> None:
    shelf = await a_shelf()
    account = await an_account(await seller_id_of(shelf.store_id), most_fen=80_000)
    code = await a_code(shelf, quantity=5)
    view = await ask(code)

    rows = await rows_of()
    assert account.most_fen == 80_000
    assert [(row.part, row.parts, row.incl_fen) for row in rows] == [
        (1, 3, 79_800),
        (2, 3, 79_800),
        (3, 3, 39_900),
    ]
    assert {row.group_no for row in rows} == {view.request_no}
    assert len({row.request_no for row in rows}) == 3
    assert len(await requests_of(await look_up(code))) == 3


async def test_a_part_that_was_refused_is_asked_for_again_alone() -> None:
    shelf = await a_shelf()
    account = await an_account(await seller_id_of(shelf.store_id), most_fen=40_000)
    code = await a_code(shelf, quantity=2)
    await ask(code)
    second = (await rows_of())[1]
    assert second.incl_fen <= (account.most_fen or 0)
    await InvoiceRequest.filter(id=second.id).update(state=S.REFUSED)
    await Covered.filter(request_id=second.id).update(is_live=False)
    again = await ask(code, title="改正后的名称")

    assert (again.part, again.parts, again.group_no) == (2, 2, second.group_no)
    assert again.request_no != second.request_no
    assert len(await requests_of(await look_up(code))) == 2


async def test_two_tax_numbers_in_one_order_are_two_invoices() -> None:
    store = await a_store()
    other = await another_seller()
    for pattern, entity in (("name:*面", other.id),):
        await add_route(scope=OFFICE, draft=RouteDraft(entity, LONG_AGO, pattern=pattern))
    await a_class(store)
    draft = TaxClassDraft(other.id, LONG_AGO, tax_code=FOOD, tax_bp=100)
    await add_tax_class(scope=OFFICE, draft=draft)
    receipt = await a_box_sale(store, ("牛肉面", "1", 3000), ("雨伞", "1", 2000), due_fen=4500)
    await ask(receipt.code)

    rows = await rows_of()
    assert {row.tax_entity_id: row.incl_fen for row in rows} == {
        other.id: 2700,
        store.tax_entity_id: 1800,
    }
    assert {row.seller["name"] for row in rows} >= {other.name}
    assert sum(one.fen for one in await Covered.all()) == 4500


async def test_a_route_counts_in_its_days_and_ends() -> None:
    shelf = await a_shelf()
    other = await another_seller()
    rule = await add_route(
        scope=OFFICE, draft=RouteDraft(other.id, LONG_AGO, store_id=shelf.store_id)
    )
    await ask(await a_code(shelf))
    yesterday = clock.shop_day(clock.now()) - timedelta(days=1)
    await end_rule(scope=OFFICE, kind="route", rule_id=rule, last_day=yesterday)
    await ask(await a_code(shelf))

    own = await seller_id_of(shelf.store_id)
    assert [row.tax_entity_id for row in await rows_of()] == [other.id, own]


async def test_goods_that_nobody_invoices_are_a_visible_error() -> None:
    shelf = await a_shelf()
    await add_route(scope=OFFICE, draft=RouteDraft(None, LONG_AGO, pattern="code:*"))

    with pytest.raises(SellerMissing):
        await ask(await a_code(shelf))


async def test_a_special_invoice_has_to_be_allowed_and_wants_a_company() -> None:
    shelf = await a_shelf()
    code = await a_code(shelf)
    with pytest.raises(SpecialNotAllowed):
        await ask(code, kind=Kind.SPECIAL)
    await terms(shelf.store_id, is_special_allowed=True)
    person = read_buyer(kind=BuyerKind.INDIVIDUAL, title="", tax_no="", mail="")
    with pytest.raises(SpecialNotAllowed):
        await request_invoice(codes=[code], buyer=person, kind=Kind.SPECIAL)

    assert (await ask(code, kind=Kind.SPECIAL)).kind is Kind.SPECIAL


async def test_what_may_not_be_special_goes_onto_a_general_one() -> None:
    store = await a_store()
    await terms(store.id, is_special_allowed=True)
    await a_class(store)
    await a_class(store, "name:*青菜", tax_bp=0, policy=Policy.EXEMPT, short_name="蔬菜")
    receipt = await a_box_sale(store, ("牛肉面", "2", 3600), ("本地青菜", "0.535", 500))
    await ask(receipt.code, kind=Kind.SPECIAL)

    rows = await rows_of()
    assert [(row.kind, row.incl_fen) for row in rows] == [
        (Kind.SPECIAL, 3600),
        (Kind.GENERAL, 500),
    ]
    [line] = rows[1].lines
    assert (line["name"], line["policy"], line["tax_fen"]) == ("*蔬菜*本地青菜", "exempt", 0)
    assert (line["quantity"], line["spec"]) == (1, "0.535")


async def test_only_codes_of_the_bureaus_table_stand_on_an_invoice_once_it_is_known() -> None:
    shelf = await a_shelf()
    code = await a_code(shelf)
    rows = [
        TaxCodeRow(FOOD, "餐饮", "餐饮服务"),
        TaxCodeRow(CLOTHES, "服装", "服装", is_leaf=False),
    ]
    assert await load_tax_codes(version="2026.1", rows=rows) == 2
    assert await load_tax_codes(version="2026.1", rows=rows) == 0
    with pytest.raises(TaxClassMissing):
        await ask(code)
    await load_tax_codes(version="2026.2", rows=[TaxCodeRow(CLOTHES, "服装", "服装")])
    await ask(code)

    [row] = await rows_of()
    assert row.lines[0]["name"].startswith("*服装*")


async def test_the_part_paid_with_stored_value_was_invoiced_with_the_card() -> None:
    order = await an_order_known()
    await Payment(
        payment_no="SV1",
        order_id=order.id,
        order_no=order.order_no,
        store_id=order.store_id,
        method="stored_value",
        amount_fen=30_000,
        state="paid",
        has_paid_order=True,
        expires_at=clock.now(),
        paid_at=clock.now(),
    ).save()
    code = await receipt_code_of(order)
    assert (await ask(code)).incl_fen == 9_900
    await InvoiceRequest.all().update(state=S.REFUSED)
    await Covered.all().update(is_live=False)
    await terms(order.store_id, not_invoiced=[])

    assert (await ask(code)).incl_fen == 39_900


async def test_a_seller_sets_its_own_window_and_closing() -> None:
    order = await an_order_known()
    code = await receipt_code_of(order)
    await terms(order.store_id, window_days=30)
    sale = await sale_of_order(order.id)
    assert await good_until(sale) == clock.shop_day(sale.paid_at) + timedelta(days=30)
    await later(order, days=31)

    with pytest.raises(CodeExpired):
        await ask(code)


async def test_a_receipt_from_a_box_is_invoiced_by_the_sellers_classes() -> None:
    store = await a_store()
    receipt = await a_box_sale(store, ("牛肉面", "2", 3600), ("加蛋", "1.00", 200), due_fen=3700)
    with pytest.raises(TaxClassMissing):
        await ask(receipt.code)
    await a_class(store)
    view = await ask(receipt.code)

    [row] = await rows_of()
    assert view.incl_fen == 3700
    assert [(line["name"], line["quantity"], line["tax_bp"]) for line in row.lines] == [
        ("*餐饮服务*牛肉面", 2, 600),
        ("*餐饮服务*加蛋", 1, 600),
    ]
    assert [line["origins"][0]["key"] for line in row.lines] == ["1", "2"]


async def test_goods_that_are_not_known_go_on_one_line_where_the_seller_allows_it() -> None:
    store = await a_store()
    receipt = await a_box_sale(store, due_fen=8_800)
    with pytest.raises(TaxClassMissing):
        await ask(receipt.code)
    rules = {"lump_name": "*餐饮服务*餐费", "lump_tax_code": FOOD, "lump_tax_bp": 600}
    await terms(store.id, **rules)
    await ask(receipt.code)

    [row] = await rows_of()
    assert [(line["name"], line["incl_fen"]) for line in row.lines] == [("*餐饮服务*餐费", 8_800)]


async def test_a_refund_from_a_box_lowers_its_sale_once() -> None:
    store = await a_store()
    await a_class(store)
    sale = await a_box_sale(store, ("牛肉面", "2", 3600))
    back = await a_box_receipt(store, due_fen=1800, origin_key=sale.order_key)
    for _ in range(2):
        await note_box_refund(back)

    assert await SaleReturn.all().count() == 1
    assert (await ask(sale.code)).incl_fen == 1800
    events = OutboxRow.filter(name__contains="reduce")
    assert await events.count() <= 1


async def test_a_paper_that_was_no_sale_cannot_be_invoiced() -> None:
    store = await a_store()
    await a_class(store)
    paper = await a_box_sale(store, ("牛肉面", "2", 3600))
    for _ in range(2):
        await withdraw_paper(paper_id=paper.paper_id)

    with pytest.raises(NothingToInvoice):
        await ask(paper.code)


async def test_an_invoiced_paper_that_was_no_sale_is_named() -> None:
    store = await a_store()
    await a_class(store)
    paper = await a_box_sale(store, ("牛肉面", "2", 3600))
    await ask(paper.code)
    await withdraw_paper(paper_id=paper.paper_id)

    assert "no sale" in (await InvoiceableOrder.get()).alarm


async def test_a_wish_waits_for_its_sale_and_is_queued_when_it_comes() -> None:
    store = await a_store()
    await a_class(store)
    receipt = await a_box_receipt(store, ("牛肉面", "2", 3600))
    first = await ask(receipt.code)
    again = await ask(receipt.code, mail="other@buyer.example.cn")
    assert (first.state, again.request_no) == (S.DRAFT, first.request_no)
    with pytest.raises(AlreadyRequested):
        await ask(receipt.code, title="另一家公司")
    assert isinstance(await look_up(receipt.code), Awaited)
    await note_box_sale(receipt)
    await tell_everyone(1)

    [row] = await rows_of()
    assert (row.request_no, row.incl_fen, row.state) == (first.request_no, 3600, S.QUEUED)
    assert isinstance(await look_up(receipt.code), Scanned)


async def test_a_late_order_of_ours_wakes_its_draft_too() -> None:
    order = await a_paid_order(await a_shelf())
    code = await receipt_code_of(order)
    assert (await ask(code)).state is S.DRAFT
    await tell_everyone(2)

    assert (await rows_of())[0].incl_fen == order.paid_fen


async def test_a_late_sale_with_another_amount_is_refused_and_named() -> None:
    store = await a_store()
    receipt = await a_box_receipt(store, ("牛肉面", "2", 3600))
    await ask(receipt.code)
    other = await a_box_receipt(store, due_fen=9900, order_key=receipt.order_key, code=receipt.code)
    await note_box_sale(other)
    await tell_everyone(2)

    [row] = await rows_of()
    assert (row.state, row.reason) == (S.CANCELLED, AmountDiffers.code)
    assert "3600" in (await InvoiceableOrder.get()).alarm


async def test_a_wish_that_waited_in_vain_expires_with_notice_to_the_shop() -> None:
    store = await a_store()
    receipt = await a_box_receipt(store, due_fen=100)
    await ask(receipt.code)
    assert await expire_drafts() == 0
    past = clock.now() - timedelta(days=8)
    await InvoiceRequest.all().update(created_at=past)

    assert await expire_drafts() == 1
    [row] = await rows_of()
    assert row.state is S.EXPIRED
    assert "never uploaded" in row.alarm


async def test_a_draft_may_be_taken_back_and_only_a_draft() -> None:
    store = await a_store()
    receipt = await a_box_receipt(store, due_fen=100)
    view = await ask(receipt.code)
    await cancel_draft(view.request_no)
    assert (await rows_of())[0].state is S.CANCELLED

    assert (await ask(receipt.code)).request_no != view.request_no


async def test_late_sales_are_not_merged() -> None:
    receipt = await a_box_receipt(await a_store(), due_fen=100)

    with pytest.raises(CannotMerge):
        await ask(await a_code(), receipt.code)


async def test_what_was_wholly_taken_back_may_be_invoiced_anew_once() -> None:
    code = await a_code()
    view = await ask(code)
    [row] = await rows_of()
    await InvoiceRequest.filter(id=row.id).update(state=S.ISSUED)
    invoice = await Invoice.create(
        request_id=row.id, sale_id=row.sale_id, store_id=row.store_id,
        tax_entity_id=row.tax_entity_id, number="25312000000000000001", issued_at=clock.now(),
        ex_fen=row.ex_fen, tax_fen=row.tax_fen, incl_fen=row.incl_fen, paper={},
    )  # fmt: skip
    sale_id = row.sale_id or 0
    await note_red(invoice_id=invoice.id, by_sale={sale_id: 900})
    with pytest.raises(NothingToInvoice):
        await request_again(invoice_id=invoice.id)
    await note_red(invoice_id=invoice.id, by_sale={sale_id: 39_000})
    again = await request_again(invoice_id=invoice.id, buyer=a_buyer(title="正确的名称"))

    assert [row.state for row in await rows_of()] == [S.REVERSED, S.QUEUED]
    assert (again.incl_fen, again.request_no != view.request_no) == (39_900, True)
    with pytest.raises(AlreadyRequested):
        await ask(code)


async def test_twenty_taps_at_once_make_one_request() -> None:
    code = await a_code()

    views = await asyncio.gather(*[ask(code) for _ in range(20)])

    assert len({view.request_no for view in views}) == 1
    assert len(await rows_of()) == 1


async def test_two_merges_that_share_a_receipt_cannot_both_win() -> None:
    shelf = await a_shelf()
    one, two, three = [await a_code(shelf) for _ in range(3)]

    both = await asyncio.gather(ask(one, two), ask(two, three), return_exceptions=True)

    assert sum(isinstance(view, AlreadyRequested) for view in both) == 1
    covered = await sql("SELECT sale_id FROM invoicing_covered WHERE is_live")
    assert len(covered) == len({row["sale_id"] for row in covered}) == 2


async def test_rules_are_set_by_head_office_and_checked() -> None:
    store = await a_store()
    manager = Scope(Role.STORE_MANAGER, staff_id=2)
    with pytest.raises(RulesNotYours):
        await set_terms(scope=manager, tax_entity_id=None, rules={"window_days": 30})
    for wrong in (
        {"window_days": 0},
        {"closing_month": 13},
        {"frozen_from": 9, "frozen_until": 3},
        {"not_invoiced": ["barter"]},
        {"lump_tax_code": "12"},
        {"nonsense": 1},
        {"title_changes": 9},
    ):
        with pytest.raises(RuleWrong):
            await set_terms(scope=OFFICE, tax_entity_id=None, rules=wrong)
    for draft in (
        TaxClassDraft(store.tax_entity_id, LONG_AGO, tax_code="1"),
        TaxClassDraft(store.tax_entity_id, LONG_AGO, tax_bp=600, policy=Policy.EXEMPT),
        TaxClassDraft(store.tax_entity_id, LONG_AGO, valid_until=LONG_AGO - timedelta(days=1)),
    ):
        with pytest.raises(RuleWrong):
            await add_tax_class(scope=OFFICE, draft=draft)
    with pytest.raises(RuleWrong):
        await end_rule(scope=OFFICE, kind="route", rule_id=99, last_day=LONG_AGO)
    with pytest.raises(RuleWrong):
        await load_tax_codes(version="1", rows=[TaxCodeRow("12", "", "")])


async def test_a_sale_that_is_not_there_is_said() -> None:
    with pytest.raises(SaleUnknown):
        await sale_of(99)
    with pytest.raises(SaleUnknown):
        await sale_of_order(99)
