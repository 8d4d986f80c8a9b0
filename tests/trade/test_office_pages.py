"""Pages by which head office keeps trade in order: policies, partners' keys, conflicts of tills."""

import re
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from core.audit_log import AuditRow
from core.security.scope import Role
from core.security.sessions import open_session
from core.web.policy import SESSION_COOKIE
from devices.queries import open_conflicts
from tests.devices.test_till_conflicts import OFFICE, a_conflict
from tests.devices.test_tills import a_shop
from tests.scenes.stores import a_member_of_staff, a_store
from trade.fulfilment.queries import return_rule_history, work_policy, work_policy_history
from trade.payments.queries import deposit_rules

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Office:
    """Somebody at a browser, with the forms of the page that is open."""

    def __init__(self, client: AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def open(self, path: str) -> str:
        self.client.cookies.set(SESSION_COOKIE, self.token)
        page = await self.client.get(path)
        assert page.status_code == 200, page.text
        return page.text

    async def send(self, path: str, page: str, **fields: Any) -> Response:
        found = CSRF.search(page)
        assert found is not None
        return await self.client.post(path, data={"csrf": found[1], **fields})


@pytest.fixture
async def office(client: AsyncClient) -> Office:
    staff = await a_member_of_staff(Role.HEAD_OFFICE)
    return Office(client, await open_session(role=Role.HEAD_OFFICE, staff_id=staff.id))


WORK = {
    "accept_minutes": "20",
    "ready_minutes": "90",
    "remind_days": "2",
    "pickup_days": "6",
    "confirm_days": "9",
    "resource_again": "1",
}


async def test_times_of_work_are_changed_with_their_history(office: Office) -> None:
    page = await office.open("/console/policies")
    path = "/console/policies/work"
    done = [await office.send(path, page, **WORK) for _ in range(2)]
    wrong = [
        await office.send(path, page, **{**WORK, **change})
        for change in ({"accept_minutes": "0"}, {"ready_minutes": "x"}, {"remind_days": "7"})
    ]
    policy, history = await work_policy(), await work_policy_history()

    assert [each.status_code for each in done] == [303, 303]
    assert (policy.accept_minutes, policy.pickup_refund, policy.resource_again) == (20, False, True)
    assert len(history) == 1  # the same again is no change
    assert [each.status_code for each in wrong] == [422] * 3
    assert 'aria-invalid="true"' in wrong[0].text
    assert "head_office:" in await office.open("/console/policies")


async def test_a_rule_of_returns_ends_when_the_next_one_begins(office: Office) -> None:
    page = await office.open("/console/policies")
    path = "/console/policies/returns"
    thirty = {"code": "vip", "priority": "9", "data": '{"days": 30}'}
    for fields in (thirty, thirty, {**thirty, "data": '{"days": 15}'}):
        assert (await office.send(path, page, **fields)).status_code == 303
    running, before = await return_rule_history()
    odd = [
        await office.send(path, page, **{**thirty, "data": data})
        for data in ('{"dayz": 3}', "[]", "{", '{"money": "soon"}')
    ]
    await office.send(path, page, code="vip", do="end")

    assert (running.data, running.valid_until) == ({"days": 15}, None)
    assert (before.data, before.valid_until) == ({"days": 30}, running.valid_from)
    assert [each.status_code for each in odd] == [422] * 4
    assert all(rule.valid_until for rule in await return_rule_history())


async def test_what_stores_keep_of_deposits(office: Office) -> None:
    store = await a_store()
    page = await office.open("/console/policies")
    path = "/console/policies/deposits"
    for code, percent in (("", "10"), (store.code, "0"), ("", "20")):
        assert (await office.send(path, page, store=code, percent=percent)).status_code == 303
    wrong = [
        await office.send(path, page, store=code, percent=percent)
        for code, percent in (("nowhere", "1"), ("", "101"))
    ]

    rules = [(rule.store_id, rule.keeps_bp) for rule in await deposit_rules()]
    assert rules == [(None, 2_000), (store.id, 0)]
    assert [each.status_code for each in wrong] == [422, 422]
    assert await AuditRow.filter(action="payments.deposit_rule").count() == 3


async def test_a_key_is_shown_once_renewed_and_revoked(office: Office) -> None:
    store = await a_store()
    page = await office.open("/console/partners")
    made = await office.send(
        "/console/partners", page, name="金蝶云", grants="feed.read", stores=store.code
    )
    [token] = re.findall(r"<code>(dgk_[^<]+|[A-Za-z]+_[0-9a-z]{8,}_[^<]+)</code>", made.text)[:1]
    api = {"authorization": f"Bearer {token}"}
    office.client.cookies.clear()
    before = await office.client.get("/partner/v1/subscriptions", headers=api)
    again = await office.open("/console/partners")
    taken = await office.send("/console/partners", again, name="金蝶云", grants="feed.read")
    unfit = await office.send("/console/partners", again, name="别家", stores="nowhere")
    renewed = await office.send("/console/partners/renew", again, name="金蝶云")
    revoked = await office.send("/console/partners/revoke", again, name="金蝶云")
    office.client.cookies.clear()
    after = await office.client.get("/partner/v1/subscriptions", headers=api)

    assert (made.headers["cache-control"], token in again) == ("no-store", False)
    assert before.status_code != 401
    assert [taken.status_code, unfit.status_code, renewed.status_code] == [422, 422, 200]
    assert (revoked.status_code, after.status_code) == (303, 401)
    actions = await AuditRow.filter(action__startswith="partner.").order_by("id")
    assert [row.action for row in actions] == ["partner.add", "partner.renew", "partner.revoke"]


async def test_a_conflict_of_a_till_is_decided_on_the_page(office: Office) -> None:
    number = await a_conflict(await a_shop())
    page = await office.open("/console/tills")
    path = f"/console/tills/conflicts/{number}"
    hasty = await office.send(path, page, answer="difference", reason="")
    done = await office.send(path, page, answer="difference", reason="店长核对过纸质小票")
    again = await office.send(path, page, answer="dismissed", reason="看错了")
    nobody = await office.send("/console/tills/conflicts/0", page, answer="whole", reason="没有")

    assert "同号不同内容" in page
    assert (hasty.status_code, done.status_code, again.status_code) == (422, 303, 422)
    assert nobody.status_code == 404
    assert await open_conflicts(OFFICE) == []


@pytest.mark.parametrize("path", ["/console/policies", "/console/partners", "/console/tills"])
async def test_the_pages_speak_english(office: Office, path: str) -> None:
    text = await office.open(f"{path}?lang=en")
    bare = re.sub(
        r"<nav.*?</nav>|<a class=.brand.*?</a>|<title>.*?</title>", "", text, flags=re.DOTALL
    )

    assert set(re.findall("[\u4e00-\u9fff]+", bare)) <= {"中文", "导购"}
