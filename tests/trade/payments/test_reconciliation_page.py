"""Reconciliation for people: a calendar, a day, reasons, a file for spreadsheets, a command."""

import csv
import io
import re
from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Response

from app.reconciling import compare_days, show
from core.security.scope import Role
from core.security.sessions import open_session
from core.web.policy import SESSION_COOKIE
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.bills import (
    a_paid_payment,
    a_past_day,
    merchant,
    noon,
    paid_there,
    spoil,
    ten_past_ten,
    the_bill,
)
from tests.scenes.stores import a_member_of_staff
from trade.payments.bills.export import FORMULA_STARTS, csv_of, safe_cell
from trade.payments.bills.fetching import fetch_bill, want_bill
from trade.payments.bills.models import Bill, Difference
from trade.payments.bills.questions import differences_between
from trade.payments.bills.reconciling import reconcile_day
from trade.payments.bills.rules import BillState, DifferenceState
from trade.payments.pages.month import first_and_last
from trade.payments.service.bills import DayUnknown

PAGE = "/console/reconciliation"


async def enter(client: AsyncClient, role: Role = Role.HEAD_OFFICE) -> None:
    staff = await a_member_of_staff(role)
    client.cookies.set(SESSION_COOKIE, await open_session(role=role, staff_id=staff.id))


def csrf_of(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def a_day_that_differs(world: World) -> Difference:
    """One payment that only our books have, one that only WeChat Pay has, and one of both."""
    day = a_past_day()
    number, transaction_id, _ = await a_paid_payment(world, at=noon(day))
    await a_paid_payment(world, at=noon(day))
    paid_there(world, "NOBODYS-1", "4200000000000000000000000077", 12_345, noon(day))
    spoil(world, day, {"kind": "missing", "number": number})
    world.set_now(ten_past_ten(day))
    await fetch_bill(bill_id=await want_bill(merchant(), day, at=ten_past_ten(day)))
    await reconcile_day(merchant(), day)
    return await Difference.get(subject=transaction_id)


@pytest.mark.usefixtures("db")
async def test_head_office_sees_the_month_and_the_day(client: AsyncClient, world: World) -> None:
    row = await a_day_that_differs(world)
    await enter(client)
    month = await client.get(f"{PAGE}?month={row.day:%Y-%m}")
    day = await client.get(f"{PAGE}/days/{row.day}")
    english = await client.get(f"{PAGE}/days/{row.day}?lang=en")

    assert f'href="{PAGE}/days/{row.day}"' in month.text
    assert "待处理的差异：2" in month.text
    assert "<svg" in month.text
    assert row.subject in day.text
    assert "¥123.45" in day.text
    assert "请在商户平台按微信订单号查询" in day.text
    assert "look it up in the merchant platform" in english.text


@pytest.mark.usefixtures("db")
async def test_a_reason_settles_a_difference(client: AsyncClient, world: World) -> None:
    row = await a_day_that_differs(world)
    await enter(client)
    page = await client.get(f"{PAGE}/days/{row.day}")
    fields = {"csrf": csrf_of(page), "difference": str(row.id)}
    short = await client.post(f"{PAGE}/resolve", data={**fields, "reason": "ok"})
    done = await client.post(f"{PAGE}/resolve", data={**fields, "reason": "商户平台已核实"})
    again = await client.post(f"{PAGE}/resolve", data={**fields, "reason": "商户平台已核实"})
    other = await client.post(f"{PAGE}/resolve", data={**fields, "reason": "另一个原因"})

    assert (short.status_code, "4 到 200" in short.text) == (422, True)
    assert done.status_code == again.status_code == 303
    assert other.status_code == 409
    assert (await Difference.get(id=row.id)).state is DifferenceState.RESOLVED
    assert "商户平台已核实" in (await client.get(done.headers["location"])).text


@pytest.mark.usefixtures("db")
async def test_a_bill_is_fetched_again_by_a_job(client: AsyncClient, world: World) -> None:
    row = await a_day_that_differs(world)
    await enter(client)
    page = await client.get(f"{PAGE}/days/{row.day}")
    spoil(world, row.day)
    sent = await client.post(f"{PAGE}/days/{row.day}", data={"csrf": csrf_of(page)})
    await tell_everyone()

    assert sent.status_code == 303
    assert (await Difference.get(id=row.id)).state is DifferenceState.GONE
    assert (await the_bill(row.day)).runs > 1


@pytest.mark.usefixtures("db")
async def test_a_bill_that_cannot_be_read_is_shown_and_can_be_fetched_again(
    client: AsyncClient, world: World
) -> None:
    row = await a_day_that_differs(world)
    await Bill.filter(day=row.day).update(
        state=BillState.REFUSED, said="line 7: sums", hash_value=None, loaded_at=None
    )
    await enter(client)

    assert "line 7: sums" in (await client.get(f"{PAGE}/days/{row.day}")).text
    assert "账单无法读取" in (await client.get(f"{PAGE}?month={row.day:%Y-%m}")).text


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "path", ["/days/2026-02-30", "/days/now", "/days/0001-01-01", "?month=2026-13", "?month=x"]
)
async def test_a_day_that_is_none_is_not_found(client: AsyncClient, path: str) -> None:
    await enter(client)

    answer = await client.get(f"{PAGE}{path}")
    assert (answer.status_code, DayUnknown.code in answer.text) == (404, True)


@pytest.mark.usefixtures("db")
async def test_differences_can_be_taken_into_a_spreadsheet(
    client: AsyncClient, world: World
) -> None:
    row = await a_day_that_differs(world)
    await Difference.filter(id=row.id).update(
        state="resolved", reason="=1+1", ended_by="staff:1", ended_at=noon(row.day)
    )
    await enter(client)
    file = await client.get(f"{PAGE}/differences.csv?month={row.day:%Y-%m}")
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))

    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert {one["number"] for one in rows} == {f"`{row.subject}", "`4200000000000000000000000077"}
    assert {one["reason"] for one in rows} == {"'=1+1", ""}
    assert not any(cell.startswith(FORMULA_STARTS) for one in rows for cell in one.values())


@pytest.mark.parametrize("text", ["=1", "+86", "-2", "@x", "\t1", "\r1", "123456789012", "a", ""])
def test_no_cell_of_the_differences_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)

    assert not cell.startswith(FORMULA_STARTS)
    assert cell in {text, f"'{text}", f"`{text}"}
    assert not (cell.isdigit() and len(cell) > 11)


@pytest.mark.usefixtures("db")
async def test_the_file_of_a_month_without_differences_is_a_header(world: World) -> None:
    first, last = first_and_last("2026-02")

    assert (first.day, last.day) == (1, 28)
    assert len([line async for line in csv_of(differences_between(first, last))]) == 1


@pytest.mark.usefixtures("db")
async def test_the_command_compares_days_and_says_why_not(world: World) -> None:
    row = await a_day_that_differs(world)
    told: list[tuple[int, int]] = []
    days = [row.day, row.day + timedelta(days=2)]
    results = await compare_days(days, again=True, tell=lambda *step: told.append(step))

    assert told == [(1, 2), (2, 2)]
    assert [one.get("open") for one in results] == [2, None]
    assert results[1]["code"] == "payments.bill_day_not_over"
    assert "2 open" in show(results)
