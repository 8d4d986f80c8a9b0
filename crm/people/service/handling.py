"""Contracts of stores about members' data, and a member who leaves one company of many (P12)."""

from core import audit_log, clock
from core.audience import tell_changed
from core.database import sql, use_case
from core.outbox import publish
from core.security.scope import Role, Scope
from crm.people.errors import CompanyNotFound, MemberNotFound, NoContractNeeded
from crm.people.events import GuideChanged
from crm.people.handling import Parting, StoreContract
from crm.people.models import Binding, Member
from crm.people.queries.handling import stores_of_company
from crm.people.rules.handling import WITH_CONTRACT, Handling
from trade.stores.queries import find_store, franchisee_ids

PART = """
INSERT INTO people_parting (member_id, company_id, parted_at) VALUES ($1, $2, $3)
ON CONFLICT (member_id, company_id) WHERE back_at IS NULL DO NOTHING RETURNING id
"""


@use_case
async def record_contract(*, scope: Scope, store_code: str, handling: str, contract_no: str) -> int:
    """Put on record by which contract a store of another company handles members' data.

    The newest row of a store holds from its commit on; saying the same again adds one more, with
    its audit row. Answers its id. Raises NoContractNeeded for a store of our own, an unknown one,
    an unknown role, or a contract without a number.
    """
    store, number = await find_store(store_code), contract_no.strip()[:60]
    is_known = handling in WITH_CONTRACT
    if store is None or store.franchisee_id is None or not is_known or not number:
        raise NoContractNeeded()
    row = await StoreContract.create(
        store_id=store.id,
        company_id=store.franchisee_id,
        handling=Handling(handling),
        contract_no=number,
        recorded_by=scope.actor,
        recorded_at=clock.now(),
    )
    subject = f"store:{store.id}"
    await audit_log.record(scope, "people.contract_recorded", subject, contract=row.id)
    return row.id


@use_case
async def leave_company(*, scope: Scope, company: str) -> bool:
    """A member leaves one company, named by its code: from now on none of its people sees them.

    Their guide there looks after them no longer, and none of its stores is their home. Orders of
    theirs stay with the store that sold them. Membership of the brand and points stay. Doing it
    again changes nothing and answers False. Raises CompanyNotFound, MemberNotFound.
    """
    member_id, company_id = _member_of(scope), await _company_named(company)
    if await Member.filter(id=member_id).select_for_update().first() is None:
        raise MemberNotFound()
    at = clock.now()
    if not await sql(PART, member_id, company_id, at):
        return False
    stores = await stores_of_company(company_id)
    await Member.filter(id=member_id, home_store_id__in=stores).update(home_store_id=None)
    held = Binding.filter(member_id=member_id, store_id__in=stores, unbound_at=None)
    if await held.update(unbound_at=at):
        await publish(GuideChanged(member_id=member_id, guide_id=None, store_id=None, at=at))
    await tell_changed([member_id])
    await audit_log.record(scope, "people.parted", f"member:{member_id}", company=company_id)
    return True


@use_case
async def come_back(*, scope: Scope, company: str) -> bool:
    """A member deals with a company's stores again. False when they had not left it.

    Raises CompanyNotFound.
    """
    member_id, company_id = _member_of(scope), await _company_named(company)
    left = Parting.filter(member_id=member_id, company_id=company_id, back_at=None)
    if not await left.update(back_at=clock.now()):
        return False
    await audit_log.record(scope, "people.came_back", f"member:{member_id}", company=company_id)
    return True


def _member_of(scope: Scope) -> int:
    assert scope.role is Role.MEMBER
    assert scope.member_id is not None
    return scope.member_id


async def _company_named(code: str) -> int:
    company_id = (await franchisee_ids()).get(code)
    if company_id is None:
        raise CompanyNotFound()
    return company_id
