"""An old membership of a card becomes somebody's who comes by WeChat (PD-03)."""

from core.database import use_case
from crm.people import identities
from crm.people.errors import ClaimRefused
from crm.people.models import Identity
from crm.people.rules import IdKind, MatchedBy, plain_card
from crm.people.service.merging import join

ONLINE = (IdKind.OPEN_ID, IdKind.UNION_ID)


@use_case
async def claim_card(*, member_id: int, card_no: str, phone_end: str) -> None:
    """Take over the membership of a card; the last four digits of its phone prove it.

    A card that is theirs already changes nothing. Raises BadCard, and ClaimRefused for an unknown
    card, other digits, or a card whose owner comes by WeChat: one answer for all (S10).
    """
    card = plain_card(card_no)
    holder = await identities.find(IdKind.TILL_CARD, card)
    if holder == member_id:
        return
    if holder is None or not await _is_proven(holder, phone_end):
        raise ClaimRefused()
    await join(
        kept_id=member_id,
        gone_id=holder,
        matched_by=MatchedBy.TILL_CARD,
        reason="claimed by card",
        actor=f"member:{member_id}",
    )
    await identities.verify(member_id, IdKind.TILL_CARD, card)


async def _is_proven(holder: int, phone_end: str) -> bool:
    phones = await identities.texts_of([holder], IdKind.PHONE)
    is_online = await Identity.filter(member_id=holder, kind__in=list(ONLINE), until=None).exists()
    known = phones.get(holder)
    return known is not None and known[-4:] == phone_end and not is_online
