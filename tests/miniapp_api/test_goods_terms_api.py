"""Kits, pre-sales and limits over HTTP, by the brand's own program."""

from httpx2 import AsyncClient

from tests.miniapp_api.test_goods_api import API, page_of, public_id, staff
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_store


async def test_a_kit_a_pre_sale_and_a_limit_are_told_by_the_brands_own_program(
    client: AsyncClient,
) -> None:
    office, store = await staff(), await a_store()
    kit, part = await a_sku(), await a_sku(colour="黑色")
    goods = f"{API}/goods"
    told = [
        await client.put(
            f"{goods}/skus/{kit.code}/kit",
            headers=office,
            json={"parts": [{"skuCode": part.code, "quantity": 2}]},
        ),
        await client.put(
            f"{goods}/skus/{kit.code}/presale",
            headers=office,
            json={"on": "2099-01-10", "until": "2099-01-01", "depositBp": 3_000},
        ),
        await client.put(
            f"{goods}/products/{await public_id(kit)}/limit",
            headers=office,
            json={"each": 2, "days": 30},
        ),
    ]
    nested = await client.put(
        f"{goods}/skus/{part.code}/kit",
        headers=office,
        json={"parts": [{"skuCode": kit.code, "quantity": 1}]},
    )
    page = await page_of(client, kit, store)

    assert [each.status_code for each in told] == [204, 204, 204]
    assert (nested.status_code, nested.json()["error"]["code"]) == (422, "catalog.kit_in_kit")
    assert (page["limitEach"], page["limitDays"]) == (2, 30)
    assert page["skus"][0]["presaleOn"] == "2099-01-10"
