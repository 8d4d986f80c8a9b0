"""What other systems call a person: WeCom's customers (外部联系人), converted ids, cards."""

from core import clock
from core.database import use_case
from crm.people import identities
from crm.people.errors import IdTaken, MergeWaits
from crm.people.rules import IdKind, MatchedBy, plain_card
from crm.people.service.matching import note_match
from crm.people.service.merging import join_known


@use_case
async def know_contact(*, external_user_id: str, union_id: str, corp_id: str) -> int | None:
    """WeCom says that a customer of the corp has this union id; answers which member it is.

    The corp's id is added to the member with the union id. Where each belongs to somebody, the two
    are one person and are joined. None when nobody with this union id is a member yet. Again:
    nothing changes.
    """
    if not external_user_id or not union_id:
        return None
    by_union = await identities.find(IdKind.UNION_ID, union_id)
    by_corp = await identities.find(IdKind.EXTERNAL_USERID, external_user_id, realm=corp_id)
    if by_union is None:
        if by_corp is not None:
            at = clock.now()
            kind = IdKind.UNION_ID
            await identities.add(by_corp, kind, union_id, source="wecom", verified_at=at)
        return by_corp
    if by_corp is None:
        await identities.add(
            by_union,
            IdKind.EXTERNAL_USERID,
            external_user_id,
            realm=corp_id,
            source="wecom",
            verified_at=clock.now(),
        )
    elif by_corp != by_union:
        await _join(by_corp, by_union)
    return by_union


async def _join(one_id: int, other_id: int) -> None:
    try:
        await join_known(one_id, other_id, MatchedBy.UNION_ID, "the same union id", "system")
    except MergeWaits:
        await note_match(one_id=one_id, other_id=other_id, matched_by=MatchedBy.UNION_ID)


@use_case
async def convert_contact_id(*, old_id: str, new_id: str, corp_id: str) -> bool:
    """WeCom gave a customer another id (external_userid 转换): the old one is history from now on.

    False when the old id is nobody's; again it is False. Raises IdTaken when the new id is somebody
    else's.
    """
    kind = IdKind.EXTERNAL_USERID
    member_id = await identities.find(kind, old_id, realm=corp_id)
    if member_id is None or old_id == new_id:
        return False
    await identities.end_one(kind, old_id, realm=corp_id, why="converted")
    at = clock.now()
    if not await identities.add(
        member_id, kind, new_id, realm=corp_id, source="wecom.converted", verified_at=at
    ):
        raise IdTaken()
    return True


@use_case
async def give_card(*, member_id: int, card_no: str, source: str) -> None:
    """A member has this card (实体会员卡) now; a former card is history. Again: nothing changes.

    Raises BadCard, IdTaken.
    """
    card = plain_card(card_no)
    holder = await identities.find(IdKind.TILL_CARD, card)
    if holder == member_id:
        return
    if holder is not None:
        raise IdTaken()
    await identities.end(member_id, [IdKind.TILL_CARD], why="replaced")
    if not await identities.add(member_id, IdKind.TILL_CARD, card, source=source):
        raise IdTaken()
