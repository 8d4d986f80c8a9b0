"""The auditor finds nothing in sound red letters, and names every row that was spoilt."""

import httpx2
import pytest

from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.reds import an_invoiced_order, give_back, work

pytestmark = pytest.mark.usefixtures("shop")
SPOILT = {
    "reds.claims_add_up": [
        "UPDATE reds_blue_line SET red_incl_fen = red_incl_fen - 1",
        "UPDATE reds_blue_line SET red_tax_fen = red_tax_fen + 1",
        "UPDATE reds_blue_line SET red_quantity = red_quantity + 1",
        "UPDATE reds_blue SET red_fen = red_fen + 1",
        "UPDATE reds_letter SET incl_fen = incl_fen + 1, ex_fen = ex_fen + 1",
        "UPDATE reds_letter SET lines = '[]'",
    ],
    "reds.taken_is_issued": [
        "UPDATE invoicing_invoice SET red_incl_fen = red_incl_fen + 1",
        "UPDATE reds_letter SET invoice_id = 99",
    ],
    "reds.blue_minus_red_is_net": [
        "UPDATE invoicing_covered SET red_fen = 0",
        "UPDATE invoicing_covered SET fen = fen + 1",
    ],
    "reds.nothing_unclear": [
        "UPDATE reds_letter SET alarm = 'look'",
        "UPDATE reds_letter SET state = 'unknown', number = '', sent_at = now() - interval '2d'",
    ],
    "reds.issued_have_files": [
        (
            "WITH old AS (DELETE FROM reds_document)"
            " UPDATE reds_letter SET ended_at = now() - interval '11 minutes'"
        ),
    ],
}


async def test_every_spoilt_row_is_named(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    await give_back(order, 10_000)
    await work(http)

    assert await named_in({"reds", "write_back"}) == set()
    assert await overlooked_of(SPOILT, {"reds"}) == []
