"""The service centre says on the phone where a piece is, and it is there."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient

from core import clock
from core.security.scope import Role
from tests.miniapp_api.test_nearby import stocked
from tests.scenes.catalog import a_sku
from tests.scenes.console import enter
from tests.scenes.stores import a_member_of_staff
from trade.stock.service import Piece, ReserveLine, ReserveRequest, announce_receipt, reserve

pytestmark = pytest.mark.usefixtures("db")
PAGE = "/console/whereabouts"


async def test_the_office_is_told_what_could_be_reserved_where_and_for_how_much(
    client: AsyncClient,
) -> None:
    sku = await a_sku(list_price_fen=12_300)
    near, far = (
        await stocked(sku, 5, name="近店"),
        await stocked(sku, 9, name="远店", latitude=39.9),
    )
    waiting = await stocked(sku, 0, name="等货店")
    later = clock.shop_day(clock.now()) + timedelta(days=3)
    await announce_receipt(
        number="IN-1", store_id=waiting.id, pieces=[Piece(sku.id, 4)], due_on=later, actor="scene"
    )
    line = ReserveLine(sku.id, 2)
    await reserve(ReserveRequest("O-1", near.id, (line,), clock.now() + timedelta(hours=1)))
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    asked = {"sku": sku.code, "pieces": "3", "near": near.code}
    page = (await client.get(PAGE, params=asked)).text
    fewer = (await client.get(PAGE, params={**asked, "pieces": "4"})).text

    assert page.index("近店") < page.index("远店")
    assert page.count("¥123.00") == 3
    assert str(later) in page
    assert "近店" not in fewer
    assert far.name in fewer


@pytest.mark.parametrize("typed", [{"sku": "NO-SUCH"}, {"pieces": "-1"}, {"pieces": "１２"}, {}])
async def test_whatever_is_typed_the_page_answers(
    client: AsyncClient, typed: dict[str, str]
) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    answer = await client.get(PAGE, params={"near": "NO-SUCH", **typed})

    assert answer.status_code == 200
    assert 'id="far"' in answer.text
    assert ('id="wrong"' in answer.text) == ("sku" in typed)
