"""The auditor finds nothing in a sound shop, and names every single row that was spoilt."""

import contextlib

import httpx2
import pytest
from tortoise.transactions import in_transaction

from core.audit import checks
from core.database import sql
from core.outbox import pending
from devices.queries import receipt_code_of
from invoicing.service import request_invoice
from tests.scene import make_due, tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.invoicing import a_buyer
from tests.scenes.orders import a_shelf

SPOILT = [
    ("invoicing.not_more_than_paid", "UPDATE invoicing_covered SET fen = fen + 1"),
    ("invoicing.not_more_than_paid", "UPDATE invoicing_invoice SET incl_fen = incl_fen + 1"),
    ("invoicing.not_more_than_paid", "UPDATE invoicing_order SET order_id = 999999"),
    ("invoicing.requests_add_up", "UPDATE invoicing_covered SET fen = fen - 1"),
    ("invoicing.requests_add_up", "UPDATE invoicing_covered SET red_fen = 1"),
    ("invoicing.one_live_request", "UPDATE invoicing_covered SET is_live = false"),
    ("invoicing.nothing_unclear", "UPDATE invoicing_order SET alarm = 'look'"),
    (
        "invoicing.nothing_unclear",
        (
            "INSERT INTO invoicing_stray (tax_entity_id, account_id, code, number, request_no,"
            " issued_at, incl_fen, is_red, settled_by)"
            " VALUES (1, 1, '', '25312000000000009999', '', now(), 1, false, '')"
        ),
    ),
    ("invoicing.requests_add_up", "UPDATE invoicing_request SET tax_fen = tax_fen + 1"),
    (
        "invoicing.requests_add_up",
        "UPDATE invoicing_request SET incl_fen = 1, ex_fen = 1 - tax_fen",
    ),
    ("invoicing.requests_add_up", "UPDATE invoicing_request SET state = 'refused'"),
    ("invoicing.nothing_unclear", "UPDATE invoicing_request SET alarm = 'look'"),
    (
        "invoicing.nothing_unclear",
        "UPDATE invoicing_request SET state = 'unknown', sent_at = now() - interval '26 hours'",
    ),
    (
        "invoicing.nothing_unclear",
        "UPDATE invoicing_delivery SET state = 'queued', created_at = now() - interval '25 hours'",
    ),
    (
        "invoicing.issued_have_files",
        (
            "WITH old AS (DELETE FROM invoicing_document)"
            " UPDATE invoicing_invoice SET issued_at = now() - interval '11 minutes'"
        ),
    ),
]
pytestmark = pytest.mark.usefixtures("shop")


class Undone(Exception):
    """Takes a spoilt row back."""


async def findings() -> set[str]:
    named = {name: work for name, work in checks.items() if name.startswith("invoicing.")}
    return {finding.check for work in named.values() for finding in await work()}


async def test_every_spoilt_row_is_named(http: httpx2.AsyncClient) -> None:
    order = await a_paid_order(await a_shelf())
    await tell_everyone()
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer())
    while await pending():
        await tell_everyone()
        await http.post("/_sim/clock", json={"advance_s": 60})
        await make_due()
    assert await findings() == set()

    for check, spoil in SPOILT:
        with contextlib.suppress(Undone):
            async with in_transaction():
                await sql(spoil)
                assert check in await findings(), spoil
                raise Undone
    assert await findings() == set()
