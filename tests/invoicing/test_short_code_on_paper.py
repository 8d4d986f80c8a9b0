"""A code to be typed stands on our paper where the seller lets it be typed, and leads there."""

import pytest

from core.settings import Settings
from devices.protocol.receipt import facts_of
from devices.protocol.standard import NAMES, TEXTS
from devices.protocol.templates import fill, parse
from devices.queries import receipt_code_of
from devices.rules import DocumentKind
from devices.service.receipts import sale_of
from invoicing.queries.short_codes import code_for
from invoicing.service import set_terms
from tests.scenes.invoicing import OFFICE, an_order_known, seller_id_of


def printed(kind: DocumentKind, facts: dict[str, object]) -> str:
    wanted = {name: value for name, value in facts.items() if name in NAMES[kind]}
    return "\n".join(map(str, fill(parse(TEXTS[kind], NAMES[kind]), wanted)))  # type: ignore[arg-type]


@pytest.mark.usefixtures("shop")
async def test_our_paper_says_the_short_code_where_the_seller_chose_it(shop: Settings) -> None:
    order = await an_order_known()
    code = await receipt_code_of(order)
    before = facts_of(await sale_of(order, code))
    seller = await seller_id_of(order.store_id)
    await set_terms(scope=OFFICE, tax_entity_id=seller, rules={"has_short_entry": True})
    facts = facts_of(await sale_of(order, code))
    short = str(facts["short_code"])

    assert (before["short_code"], len(short)) == ("", 9)
    assert await code_for(short, total_fen=order.paid_fen) == code
    for kind in (DocumentKind.RECEIPT, DocumentKind.INVOICE):
        assert short not in printed(kind, dict(before))
        assert "开票码" not in printed(kind, dict(before))
        assert short in printed(kind, dict(facts))
        assert f"{shop.public_url}/i" in printed(kind, dict(facts))
