"""A seller who has a tax disc alone: what it cannot print is said before a number is spent."""

import json

import httpx2
import pytest

from core.security.vault import decrypt
from devices.queries import receipt_code_of
from invoicing.backends.models import Device, Task
from invoicing.backends.rules import Adapter
from invoicing.models import InvoiceRequest
from tests.invoicing.test_page import ENGLISH, FORM
from tests.scene import tell_everyone
from tests.scenes.invoicing import an_account, an_order_known, seller_id_of
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("shop")


async def test_a_title_the_disc_cannot_print_is_refused_on_the_page_and_costs_no_number(
    client: httpx2.AsyncClient,
) -> None:
    order = await an_order_known()
    await Store.filter(id=order.store_id).update(name="㐂乐店")
    account = await an_account(await seller_id_of(order.store_id), adapter=Adapter.BRIDGE)
    _ = await Device.create(account_id=account.id, is_ready=True)
    await Device.all().update(seen_at=order.paid_at)
    code = await receipt_code_of(order)
    refused = await client.post(f"/i/{code}", data={**FORM, "title": "上海𠀀㐂商贸有限公司"})
    english = await client.post(
        f"/i/{code}", data={**FORM, "title": "上海𠀀商贸有限公司"}, headers=ENGLISH
    )
    await tell_everyone()
    untouched = (await InvoiceRequest.all().count(), await Task.all().count())
    taken = await client.post(f"/i/{code}", data=FORM)
    await tell_everyone()

    assert (refused.status_code, english.status_code, untouched) == (422, 422, (0, 0))
    assert "𠀀㐂" in refused.text
    assert 'lang="en"' in english.text
    assert taken.status_code == 303
    [task] = await Task.all()
    said = json.loads(decrypt(task.payload, bound_to=f"backend_task:{task.id}"))
    assert said["buyerName"] == FORM["title"]
    assert said["remark"].encode("gbk").decode("gbk").endswith("；乐店")
