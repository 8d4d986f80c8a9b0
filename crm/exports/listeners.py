"""News that ends exports."""

from core.events import on
from crm.exports.service import recall_member
from crm.people.events import MemberErased


@on(MemberErased)
async def recall(event: MemberErased) -> None:
    await recall_member(event.member_id)
