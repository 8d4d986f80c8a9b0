import pytest
from httpx2 import AsyncClient

from crm.people.models import FollowUp
from tests.scene import signed_in_member, tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff
from trade.catalog.models import Product
from trade.stores.models import Staff


async def a_scarf(*, on_sale: bool = True) -> Product:
    scarf = await (await a_sku(list_price_fen=39_900)).product
    await Product.filter(id=scarf.id).update(on_sale=on_sale)
    return scarf


async def someone(*, guide: Staff | None = None) -> dict[str, str]:
    return await signed_in_member((await a_member(guide=guide)).id)


async def test_a_member_sees_what_they_favourited(client: AsyncClient) -> None:
    me, scarf = await someone(), await a_scarf()
    put = await client.put(f"/api/v1/favourites/{scarf.public_id}", headers=me, json={})
    [favourite] = (await client.get("/api/v1/favourites", headers=me)).json()

    assert put.status_code == 204
    assert (favourite["productId"], favourite["priceFen"]) == (scarf.public_id, 39_900)


async def test_favouriting_twice_gives_the_guide_one_follow_up(client: AsyncClient) -> None:
    guide = await a_member_of_staff()
    me, scarf = await someone(guide=guide), await a_scarf()
    path = f"/api/v1/favourites/{scarf.public_id}"
    for _ in range(2):
        await client.put(path, headers=me, json={"source": "live:31"})
    await tell_everyone()

    assert await FollowUp.all().values_list("guide_id", "product_id") == [(guide.id, scarf.id)]


async def test_a_product_off_the_shelf_is_refused_and_nobody_is_told(client: AsyncClient) -> None:
    me, gone = await someone(guide=await a_member_of_staff()), await a_scarf(on_sale=False)
    answer = await client.put(f"/api/v1/favourites/{gone.public_id}", headers=me, json={})
    await tell_everyone()

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "catalog.product_not_found"
    assert not await FollowUp.exists()


async def test_nobody_sees_the_favourites_of_somebody_else(client: AsyncClient) -> None:
    me, other, scarf = await someone(), await someone(), await a_scarf()
    await client.put(f"/api/v1/favourites/{scarf.public_id}", headers=me, json={})

    assert (await client.get("/api/v1/favourites", headers=other)).json() == []
    assert (await client.get("/api/v1/favourites")).status_code == 401


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        ({"source": "live:31", "colour": "red"}, {"body/colour": "extra_forbidden"}),
        ({"source": "x" * 65}, {"body/source": "string_too_long"}),
        ({"source": "a\0b"}, {"body": "nul_character"}),
        ("scarf", {"body": "model_type"}),
    ],
)
async def test_a_bad_body_is_refused_by_place_and_kind(
    client: AsyncClient, body: object, facts: dict[str, str]
) -> None:
    me, scarf = await someone(), await a_scarf()
    answer = await client.put(f"/api/v1/favourites/{scarf.public_id}", headers=me, json=body)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "core.bad_body"
    assert answer.json()["error"]["facts"] == facts
