"""The console over HTTP: the same page for everybody, as far as their stores go."""

import re
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from core.audit_log import AuditRow
from core.ids import new_no
from core.security.scope import Role
from core.security.sessions import SessionRow, open_session
from core.web.policy import SESSION_COOKIE
from crm.people.models import Member
from crm.people.queries import Purpose
from crm.people.service import give_consent
from tests.scene import tell_everyone
from tests.scenes.orders import a_payment, a_shelf, an_order, money_for, some_rates
from tests.scenes.people import a_mate_of, a_member, with_phone
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.payments.service import settle
from trade.stores.models import Staff
from trade.stores.service import set_password

PHONE = "13800138000"


def csrf_of(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def enter(client: AsyncClient, staff: Staff) -> None:
    """As if they had logged in."""
    token = await open_session(role=staff.role, staff_id=staff.id)
    client.cookies.set(SESSION_COOKIE, token)


async def a_member_with_a_phone(guide: Staff | None = None) -> Member:
    return await with_phone(await a_member(guide=guide), PHONE)


async def a_sale_of(guide: Staff) -> None:
    """A member of the guide buys for 399.00 in the guide's store."""
    shelf = await a_shelf(store_id=guide.store_id)
    order = await an_order(shelf, member_id=(await a_member(guide=guide)).id)
    await settle(await money_for(await a_payment(order)))
    await tell_everyone()


async def two_stores() -> tuple[Staff, Staff, Staff]:
    """A guide in a direct store, a guide in a franchise store, and that franchisee."""
    await some_rates()
    owner = await a_franchisee()
    direct = await a_member_of_staff(store=await a_store(name="上海静安店"))
    store = await a_store(franchisee=owner, name="苏州观前店")
    franchised = await a_member_of_staff(store=store)
    franchisee = await a_member_of_staff(Role.FRANCHISEE, franchisee=owner)
    return direct, franchised, franchisee


async def test_logging_in_by_password_opens_the_console(client: AsyncClient) -> None:
    office = await a_member_of_staff(Role.HEAD_OFFICE)
    await set_password(user_id=office.user_id, login="zongbu", password="mu-tang-2026")
    page = await client.get("/login")
    fields = {"csrf": csrf_of(page), "login": "zongbu", "password": "mu-tang-2026"}
    entered = await client.post("/login", data=fields)
    console = await client.get("/console")

    assert (entered.status_code, entered.headers["location"]) == (303, "/console")
    assert console.status_code == 200


@pytest.mark.parametrize("login", ["zongbu", "nobody"])
async def test_a_wrong_password_and_an_unknown_login_are_told_the_same(
    client: AsyncClient, login: str
) -> None:
    office = await a_member_of_staff(Role.HEAD_OFFICE)
    await set_password(user_id=office.user_id, login="zongbu", password="mu-tang-2026")
    page = await client.get("/login")
    fields = {"csrf": csrf_of(page), "login": login, "password": "wrong"}
    answer = await client.post("/login", data=fields)

    assert answer.status_code == 401
    assert "登录名或密码不正确" in answer.text
    assert not await SessionRow.exists()


async def test_passwords_are_tried_ten_times_a_minute(client: AsyncClient) -> None:
    page = await client.get("/login")
    login = new_no("x")
    fields = {"csrf": csrf_of(page), "login": login, "password": "wrong"}
    codes = [(await client.post("/login", data=fields)).status_code for _ in range(11)]

    assert codes == [401] * 10 + [429]


async def test_a_login_from_another_site_is_refused(client: AsyncClient) -> None:
    answer = await client.post("/login", data={"login": "zongbu", "password": "mu-tang-2026"})

    assert answer.status_code == 403


async def test_logging_in_ends_the_session_the_browser_came_with(client: AsyncClient) -> None:
    office = await a_member_of_staff(Role.HEAD_OFFICE)
    await set_password(user_id=office.user_id, login="zongbu", password="mu-tang-2026")
    await enter(client, office)
    planted = client.cookies[SESSION_COOKIE]
    page = await client.get("/login")
    fields = {"csrf": csrf_of(page), "login": "zongbu", "password": "mu-tang-2026"}
    entered = await client.post("/login", data=fields)

    assert entered.cookies[SESSION_COOKIE] != planted
    assert await SessionRow.all().count() == 1


async def test_head_office_sees_the_numbers_of_all_stores(client: AsyncClient) -> None:
    direct, franchised, _ = await two_stores()
    await a_sale_of(direct)
    await a_sale_of(franchised)
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    page = await client.get("/console")

    assert "¥798.00" in page.text  # paid in both
    assert "¥23.94" in page.text  # commission of both
    assert "¥279.30" in page.text  # share of the franchise store alone
    assert page.text.count('class="bar-of"') == 2
    assert "上海静安店" in page.text


async def test_a_franchisee_sees_the_same_page_with_own_stores_only(client: AsyncClient) -> None:
    direct, franchised, franchisee = await two_stores()
    await a_sale_of(direct)
    await a_sale_of(franchised)
    await enter(client, franchisee)
    page = await client.get("/console")

    assert "苏州观前店" in page.text
    assert "¥399.00" in page.text
    assert "上海静安店" not in page.text
    assert "¥798.00" not in page.text


@pytest.mark.parametrize("path", ["/console", "/console/members", "/console/members/mem_x"])
async def test_a_guide_and_nobody_are_not_let_in(client: AsyncClient, path: str) -> None:
    nobody = await client.get(path)
    await enter(client, await a_member_of_staff())
    guide = await client.get(path)

    assert nobody.status_code in {303, 401}
    assert guide.status_code == 403


async def test_the_list_of_members_shows_no_whole_phone(client: AsyncClient) -> None:
    member = await a_member_with_a_phone()
    await enter(client, await a_member_of_staff(Role.MARKETER))
    page = await client.get("/console/members")

    assert member.public_id in page.text
    assert "138****8000" in page.text
    assert PHONE not in page.text
    assert not await AuditRow.exists()


@pytest.mark.parametrize(("digits", "found"), [(PHONE, 1), ("8000", 1), ("8001", 0), ("138", 0)])
async def test_members_are_searched_by_post(client: AsyncClient, digits: str, found: int) -> None:
    member = await a_member_with_a_phone()
    await enter(client, await a_member_of_staff(Role.MARKETER))
    page = await client.get("/console/members")
    fields = {"csrf": csrf_of(page), "digits": digits}
    answer = await client.post("/console/members", data=fields)

    assert answer.text.count("138****8000") == found
    assert (member.public_id in answer.text) == bool(found)
    assert 'method="post" action="/console/members"' in page.text


async def look(client: AsyncClient, member: Member, **fields: Any) -> Response:
    page = await client.get(f"/console/members/{member.public_id}")
    path = f"/console/members/{member.public_id}/phone"
    return await client.post(path, data={"csrf": csrf_of(page), **fields})


async def test_a_whole_phone_needs_a_reason_and_leaves_a_row(client: AsyncClient) -> None:
    member = await a_member_with_a_phone()
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    refused = await look(client, member, reason=" ")
    shown = await look(client, member, reason="核对退货地址")

    assert (refused.status_code, shown.status_code) == (422, 200)
    assert PHONE not in refused.text
    assert PHONE in shown.text
    assert [row.action for row in await AuditRow.all()] == ["people.phone_revealed"]


async def test_a_store_manager_sees_own_members_masked_and_never_whole(
    client: AsyncClient,
) -> None:
    guide = await a_member_of_staff()
    manager = await a_mate_of(guide, Role.STORE_MANAGER)
    mine = await a_member_with_a_phone(guide)
    foreign = await a_member(guide=await a_member_of_staff())
    await enter(client, manager)
    page = await client.get(f"/console/members/{mine.public_id}")
    whole = await look(client, mine, reason="核对退货地址")
    other = await client.get(f"/console/members/{foreign.public_id}")

    assert "138****8000" in page.text
    assert "查看完整手机号" not in page.text
    assert (whole.status_code, other.status_code) == (404, 404)


async def test_a_franchisee_sees_who_agreed_and_no_phone(client: AsyncClient) -> None:
    _, guide, franchisee = await two_stores()
    silent, agreed = await a_member(guide=guide), await a_member_with_a_phone(guide)
    await give_consent(
        member_id=agreed.id, purpose=Purpose.FRANCHISEE, version="franchisee-2026-01", how="test"
    )
    await enter(client, franchisee)
    page = await client.get("/console/members")

    assert agreed.public_id in page.text
    assert silent.public_id not in page.text
    assert "138****" not in page.text
    assert (await client.get(f"/console/members/{silent.public_id}")).status_code == 404


async def test_the_console_speaks_english(client: AsyncClient) -> None:
    await enter(client, await a_member_of_staff(Role.HEAD_OFFICE))
    page = await client.get("/console", headers={"accept-language": "en"})

    assert "Paid orders" in page.text
    assert "支付订单" not in page.text
