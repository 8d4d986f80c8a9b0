"""Kits and pre-sales by form: kept, read again, refused at their field."""

import pytest
from httpx2 import AsyncClient

from core.audit_log import AuditRow
from core.security.scope import Role
from tests.scenes.catalog import a_sku
from tests.scenes.console import csrf_of, enter
from tests.scenes.stores import a_member_of_staff
from trade.catalog.models import Sku
from trade.catalog.queries import find_sku

pytestmark = pytest.mark.usefixtures("db")
PAGE = "/console/goods"
ACTIONS = ["catalog.kit", "catalog.presale", "catalog.limit_each"]


async def test_a_kit_and_a_pre_sale_are_kept_by_form(client: AsyncClient) -> None:
    kit, part = await a_sku(), await a_sku(colour="黑色")
    await enter(client, await a_member_of_staff(Role.MARKETER))
    facts = {"csrf": csrf_of(await client.get(f"{PAGE}?sku={kit.code}")), "sku": kit.code}
    made = await client.post(f"{PAGE}/kit", data={**facts, "parts": f"{part.code} 2"})
    sale = {**facts, "on": "2099-01-10", "until": "2099-01-01", "deposit": "30"}
    promised = await client.post(f"{PAGE}/presale", data=sale)
    limited = await client.post(f"{PAGE}/limit", data={**facts, "each": "2", "days": "30"})
    view = await find_sku(kit.code)
    shown = (await client.get(f"{PAGE}?sku={kit.code}")).text

    assert {each.status_code for each in (made, promised, limited)} == {303}
    assert view is not None
    assert (view.parts, str(view.presale_on), view.deposit_bp) == (
        ((part.id, 2),),
        "2099-01-10",
        3_000,
    )
    assert (view.limit_each, view.limit_days) == (2, 30)
    assert 'value="30"' in shown
    assert f"{part.code} 2" in shown
    assert 'value="2099-01-01"' in shown
    assert await AuditRow.filter(action__in=ACTIONS).count() == 3


@pytest.mark.parametrize(
    ("act", "typed", "field"),
    [
        ("kit", {"parts": "NO-SUCH 1"}, "parts"),
        ("kit", {"parts": "X 1 2"}, "parts"),
        ("presale", {"until": "2099-01-01"}, "on"),
        ("presale", {"on": "2099-01-01", "until": "2099-01-02"}, "until"),
        ("presale", {"on": "2099-01-01", "deposit": "1e1"}, "deposit"),
        ("presale", {"on": "soon"}, "on"),
        ("limit", {"each": "0"}, "each"),
        ("limit", {"each": "2", "days": "1.5"}, "days"),
        ("limit", {"days": "3"}, "each"),
    ],
)
async def test_what_cannot_be_kept_is_told_at_its_field(
    client: AsyncClient, act: str, typed: dict[str, str], field: str
) -> None:
    sku = await a_sku()
    await enter(client, await a_member_of_staff(Role.MARKETER))
    facts = {"csrf": csrf_of(await client.get(f"{PAGE}?sku={sku.code}")), "sku": sku.code}
    answer = await client.post(f"{PAGE}/{act}", data={**facts, **typed})

    assert answer.status_code == 422
    assert f'id="{field}" name="{field}"' in answer.text
    assert 'aria-describedby="wrong"' in answer.text
    assert await Sku.filter(presale_on=None).count() == 1
