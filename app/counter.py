"""What the counter needs of higher rooms: what a member is to prices; the demo's departments."""

from core.security.scope import Role, Scope
from crm.people.queries import member_known_as
from crm.tiers.queries import tier_of
from devices.counter.queries import departments_of
from devices.counter.service import Buyer, DepartmentDraft, put_department
from miniapp_api.audiences import segments_for

OFFICE = Scope(Role.HEAD_OFFICE)
DEPARTMENTS = (
    DepartmentDraft("home", "家居日用", "1030201990000000000", 1300, position=1),
    DepartmentDraft("clothes", "服装配饰", "1040201990000000000", 1300, position=2),
    DepartmentDraft("service", "加工服务", "3040202000000000000", 600, unit="次", position=3),
)


async def buyer_known_as(text: str) -> Buyer | None:
    """The member with this phone, card or member number, as prices see them."""
    member_id = await member_known_as(text)
    if member_id is None:
        return None
    return Buyer(member_id, await tier_of(member_id), await segments_for(member_id))


async def put_departments() -> None:
    """Keys for typed goods in a shop that has none. Again changes nothing."""
    if not await departments_of(OFFICE):
        for draft in DEPARTMENTS:
            await put_department(OFFICE, draft)
