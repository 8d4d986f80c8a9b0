"""Contracts: printed at the deal, signed once, on paper or on the buyer's phone."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from core.database import sql
from core.security.scope import Role, Scope
from devices.audit import contracts_stand
from devices.errors import ContractEnded, ContractNotFound, SignatureUnfit
from devices.models import Contract, PrintJob
from devices.queries import ContractView, contract_of
from devices.rules import ContractState, DocumentKind, PrinterRole, SignedBy
from devices.service import (
    PrinterDraft,
    add_printer,
    make_contract,
    print_invoice_slip,
    print_pick_ticket,
    put_printer,
    sign_on_paper,
    sign_on_phone,
    void_contract,
)
from sandbox.server import running
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.console import csrf_of, enter
from tests.scenes.devices import a_paid_order
from tests.scenes.orders import a_shelf
from tests.scenes.outside import outside
from tests.scenes.printers import OFFICE
from tests.scenes.stores import a_member_of_staff
from trade.fulfilment.queries import task_of
from trade.orders.errors import OrderNotFound
from trade.orders.queries import OrderView

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


async def a_deal(world: World | None = None) -> tuple[OrderView, ContractView]:
    shelf = await a_shelf()
    if world is not None:
        port = world.printers["S001"]
        await add_printer(store_id=shelf.store_id, host="127.0.0.1", port=port)
    order = await a_paid_order(shelf)
    return order, await make_contract(OFFICE, order_no=order.order_no, guide="周婷")


async def test_a_contract_comes_out_once_with_a_place_to_sign_and_a_qr(world: World) -> None:
    order, contract = await a_deal(world)
    again = await make_contract(OFFICE, order_no=order.order_no)
    await tell_everyone()

    assert again.contract_no == contract.contract_no
    [paper] = [p for p in world.collection("paper").values() if "销售合同" in "".join(p["lines"])]
    assert any(line.startswith("买方签字：____") for line in paper["lines"])
    assert f"合同号：{contract.contract_no}" in paper["lines"]
    assert paper["symbols"][0]["text"].endswith(f"/contract/{contract.token}")


async def test_a_contract_is_signed_once() -> None:
    _, contract = await a_deal()
    signed = await sign_on_paper(OFFICE, contract.contract_no)

    assert (signed.state, signed.signed_by) == (ContractState.SIGNED, SignedBy.PAPER)
    assert await sign_on_paper(OFFICE, contract.contract_no) == signed
    with pytest.raises(ContractEnded):
        await void_contract(OFFICE, contract.contract_no)
    with pytest.raises(ContractEnded):
        await sign_on_phone(contract.token, name="林晓", digest=contract.digest)


async def test_a_voided_contract_makes_room_for_another() -> None:
    order, contract = await a_deal()
    await void_contract(OFFICE, contract.contract_no)
    other = await make_contract(OFFICE, order_no=order.order_no)

    assert other.contract_no != contract.contract_no
    assert await Contract.all().count() == 2


async def test_a_contract_of_another_store_is_not_there() -> None:
    order, contract = await a_deal()
    guide = Scope(Role.GUIDE, staff_id=2, store_ids=frozenset({order.store_id + 1}))

    with pytest.raises(ContractNotFound):
        await sign_on_paper(guide, contract.contract_no)
    with pytest.raises(OrderNotFound):
        await make_contract(guide, order_no=order.order_no)
    with pytest.raises(OrderNotFound):
        await print_invoice_slip(guide, order_id=order.id)


async def test_a_buyer_reads_and_signs_on_their_phone(client: httpx2.AsyncClient) -> None:
    order, contract = await a_deal()
    url = f"/contract/{contract.token}"
    page = await client.get(url)
    assert "买方已核对以上商品" in page.text
    assert order.order_no in page.text
    form = {"csrf": csrf_of(page), "digest": contract.digest}
    nameless = await client.post(url, data={**form, "name": " 林 "})
    signed = await client.post(url, data={**form, "name": "林晓"})
    again = await client.post(url, data={**form, "name": "林晓"})

    assert [nameless.status_code, signed.status_code, again.status_code] == [422, 303, 303]
    shown = (await client.get(url)).text
    assert "手机签字" in shown
    assert "林晓" not in shown  # only the buyer's hint: whoever finds the paper learns no name
    kept = await contract_of(OFFICE, contract.contract_no)
    assert (kept.signer, kept.signed_by) == ("林晓", SignedBy.PHONE)
    assert (await client.get("/contract/ct_nobody")).status_code == 404


async def test_what_is_signed_is_what_was_shown() -> None:
    _, contract = await a_deal()

    with pytest.raises(SignatureUnfit):
        await sign_on_phone(contract.token, name="林晓", digest="0" * 64)
    with pytest.raises(ContractNotFound):
        await sign_on_phone("ct_nobody", name="林晓", digest=contract.digest)


async def test_a_guide_makes_a_contract_and_notes_the_signature(
    client: httpx2.AsyncClient,
) -> None:
    order = await a_paid_order()
    office = await a_member_of_staff(role=Role.HEAD_OFFICE)
    await enter(client, office)
    at = "/console/contracts"
    csrf = csrf_of(await client.get(at))
    made = await client.post(at, data={"csrf": csrf, "order_no": order.order_no, "guide": "周婷"})
    contract = await Contract.get()
    signed = await client.post(f"{at}/{contract.contract_no}/signed", data={"csrf": csrf})
    late = await client.post(f"{at}/{contract.contract_no}/void", data={"csrf": csrf})
    missing = await client.post(at, data={"csrf": csrf, "order_no": "1"})

    statuses = [answer.status_code for answer in (made, signed, late, missing)]
    assert statuses == [303, 303, 422, 422]
    assert "纸上签字" in (await client.get(at)).text


async def test_a_pick_ticket_comes_out_where_a_store_has_a_printer_at_the_back(
    world: World,
) -> None:
    shelf = await a_shelf()
    address = f"127.0.0.1:{world.printers['S002']}"
    await put_printer(shelf.store_id, PrinterDraft(address, role=PrinterRole.BACK))
    order = await a_paid_order(shelf)
    await tell_everyone()

    jobs = {job.kind: job for job in await PrintJob.all()}
    task = await task_of(order.id)
    assert task is not None
    assert jobs[DocumentKind.PICK].document == f"pick:{task.id}"
    assert await print_pick_ticket(OFFICE, task.public_id) == jobs[DocumentKind.PICK].id
    slip = await print_invoice_slip(OFFICE, order_id=order.id)
    assert await print_invoice_slip(OFFICE, order_id=order.id) == slip


async def test_the_auditor_names_a_contract_whose_words_were_changed() -> None:
    _, contract = await a_deal()
    await sign_on_paper(OFFICE, contract.contract_no)
    assert await contracts_stand() == []
    forge = "UPDATE devices_contract SET words = jsonb_set(words, '{0,text}', $1) RETURNING id"
    await sql(forge, '"别的合同"')

    [finding] = await contracts_stand()
    assert finding.check == "devices.contracts_stand"
