import pytest
from httpx2 import AsyncClient

from trade.catalog.models import Product
from trade.catalog.service import ProductDraft, put_products


async def test_a_product_without_a_photograph_has_a_drawing(client: AsyncClient) -> None:
    await put_products([ProductDraft("P1", "云朵沙发", "沙发", "木棠", "", "", on_sale=True)])
    drawing = await client.get((await Product.get(code="P1")).picture)

    assert drawing.status_code == 200
    assert drawing.headers["content-type"].startswith("image/svg+xml")
    assert drawing.headers["content-security-policy"] == "default-src 'none'"
    assert "immutable" in drawing.headers["cache-control"]
    assert drawing.text.startswith("<svg")


@pytest.mark.parametrize(
    "name", ["sofa.svg", "spoon-d9cbb3.svg", "sofa-d9cbb.svg", "sofa-D9CBB3.svg", "sofa-d9cbb3.png"]
)
async def test_nothing_else_is_drawn(client: AsyncClient, name: str) -> None:
    assert (await client.get(f"/pictures/{name}")).status_code == 404
