"""A franchisee asks for a campaign of their own stores; head office starts it (MK-10)."""

import pytest
from httpx2 import AsyncClient

from core.privacy import Purpose
from core.security.scope import Role, Scope
from crm.journeys.errors import JourneyNotFound, NothingToAsk, TooManyAsked
from crm.journeys.models import Journey, Run
from crm.journeys.queries import State, journeys_of_company
from crm.journeys.service import act, ask_campaign, look, withdraw_campaign
from crm.people.models import Member
from crm.people.service import leave_company
from crm.segments.service import refresh_due
from tests.scenes.console import csrf_of, enter
from tests.scenes.people import head_office
from tests.scenes.reach import a_reachable_member, a_template, agreed
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from trade.stores.models import Franchisee, Staff
from trade.stores.queries import scope_of_staff

pytestmark = pytest.mark.usefixtures("db")


async def a_company() -> tuple[Franchisee, Staff, Scope]:
    """A company with one store: who owns it, a guide there, and what the owner may see."""
    owner = await a_franchisee()
    guide = await a_member_of_staff(store=await a_store(franchisee=owner))
    seat = await a_member_of_staff(Role.FRANCHISEE, franchisee=owner)
    scope = await scope_of_staff(seat.id)
    assert scope is not None
    return owner, guide, scope


async def known_to_it(member: Member) -> Member:
    await agreed(member, Purpose.FRANCHISEE)
    return member


async def test_it_reaches_who_agreed_in_those_stores_once_head_office_starts_it() -> None:
    await a_template()
    owner, guide, scope = await a_company()
    _, other_guide, _ = await a_company()
    mine = await known_to_it(await a_reachable_member(guide=guide))
    _ = await a_reachable_member(guide=guide)  # agreed to nothing of the kind
    _ = await known_to_it(await a_reachable_member(guide=other_guide))
    gone = await known_to_it(await a_reachable_member(guide=guide))
    me = Scope(Role.MEMBER, member_id=gone.id)
    await leave_company(scope=me, company=owner.code)
    asked = await ask_campaign(scope=scope, name="观前店周年庆", template="news-sms")
    await refresh_due()
    await look()
    before = await Run.all().count()
    await act(scope=head_office(), public_id=asked, action="start")
    await look()

    assert before == 0
    assert [run.member_id for run in await Run.all()] == [mine.id]


async def test_a_company_sees_and_withdraws_its_own_and_no_other() -> None:
    await a_template()
    _, _, scope = await a_company()
    _, _, other = await a_company()
    asked = await ask_campaign(scope=scope, name="周年庆", template="news-sms")
    assert other.franchisee_id is not None
    assert await journeys_of_company(other.franchisee_id) == []
    with pytest.raises(JourneyNotFound):
        await withdraw_campaign(scope=other, public_id=asked)
    await withdraw_campaign(scope=scope, public_id=asked)

    assert (await Journey.get(public_id=asked)).state is State.CANCELLED
    with pytest.raises(JourneyNotFound):
        await withdraw_campaign(scope=scope, public_id=asked)


async def test_what_is_asked_has_a_name_and_words_of_the_brand_and_five_wait_at_most() -> None:
    await a_template()
    await a_template(code="service-sms", purpose=Purpose.MEMBERSHIP)
    _, _, scope = await a_company()
    for name, template in ((" ", "news-sms"), ("周年庆", "none"), ("周年庆", "service-sms")):
        with pytest.raises(NothingToAsk):
            await ask_campaign(scope=scope, name=name, template=template)
    for _ in range(5):
        await ask_campaign(scope=scope, name="周年庆", template="news-sms")
    with pytest.raises(TooManyAsked):
        await ask_campaign(scope=scope, name="周年庆", template="news-sms")


async def test_a_franchisee_asks_on_the_page_and_head_office_sees_who_asked(
    client: AsyncClient,
) -> None:
    await a_template()
    owner, _, scope = await a_company()
    await enter(client, await Staff.get(id=scope.staff_id))
    page = await client.get("/console/regional")
    fields = {"csrf": csrf_of(page), "name": "周年庆 <b>", "template": "news-sms"}
    refused = await client.post("/console/regional", data={**fields, "template": "none"})
    done = await client.post("/console/regional", data=fields)
    mine = await client.get("/console/regional")
    await enter(client, await a_member_of_staff(Role.MARKETER))
    office = await client.get("/console/journeys")

    assert (refused.status_code, done.status_code) == (422, 303)
    assert "周年庆 &lt;b&gt;" in mine.text
    assert owner.name in office.text
