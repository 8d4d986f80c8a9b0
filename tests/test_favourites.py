import pytest
from httpx2 import AsyncClient

from crm.models import FollowUp
from tests.scene import a_customer, a_product, signed_in, tell_everyone


async def test_a_shopper_sees_what_they_favourited(client: AsyncClient) -> None:
    me, scarf = await signed_in(await a_customer()), await a_product(price_fen=39_900)
    put = await client.put(f"/api/v1/favourites/{scarf.id}", headers=me, json={})
    [favourite] = (await client.get("/api/v1/favourites", headers=me)).json()

    assert put.status_code == 204
    assert (favourite["productId"], favourite["priceFen"]) == (scarf.id, 39_900)


async def test_favouriting_twice_gives_the_guide_one_follow_up(client: AsyncClient) -> None:
    me, scarf = await signed_in(await a_customer(guide_id=7)), await a_product()
    for _ in range(2):
        await client.put(f"/api/v1/favourites/{scarf.id}", headers=me, json={"source": "live:31"})
    await tell_everyone()

    assert await FollowUp.all().values_list("guide_id", "product_id") == [(7, scarf.id)]


async def test_a_product_off_the_shelf_is_refused_and_nobody_is_told(client: AsyncClient) -> None:
    me, gone = await signed_in(await a_customer(guide_id=7)), await a_product(on_sale=False)
    answer = await client.put(f"/api/v1/favourites/{gone.id}", headers=me, json={})
    await tell_everyone()

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "catalog.product_not_found"
    assert not await FollowUp.exists()


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
    me, scarf = await signed_in(await a_customer()), await a_product()
    answer = await client.put(f"/api/v1/favourites/{scarf.id}", headers=me, json=body)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "core.bad_body"
    assert answer.json()["error"]["facts"] == facts
