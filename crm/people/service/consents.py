"""Agreeing and taking it back; one is as easy as the other (P2)."""

from core import clock
from core.database import use_case
from crm.people.errors import MemberNotFound
from crm.people.models import Consent, Member
from crm.people.rules import Purpose, check_consent, purpose_of


@use_case
async def give_consent(*, member_id: int, purpose: str, version: str, how: str) -> None:
    """Record that a member agreed to today's text of a purpose; repeating it changes nothing.

    Agreeing to a newer text ends the older row.
    Raises NoSuchPurpose, and ConsentTextUnknown for a text that is not today's.
    """
    wanted = purpose_of(purpose)
    check_consent(wanted, version)
    if await Member.filter(id=member_id).select_for_update().first() is None:
        raise MemberNotFound()
    given = await Consent.get_or_none(member_id=member_id, purpose=wanted, withdrawn_at=None)
    if given is not None and given.text_version == version:
        return
    at = clock.now()
    if given is not None:
        await Consent.filter(id=given.id).update(withdrawn_at=at)
    await Consent(
        member_id=member_id, purpose=wanted, text_version=version, how=how, given_at=at
    ).save()


@use_case
async def withdraw_consent(*, member_id: int, purpose: str) -> None:
    """End the agreement now. Without the one for a phone, the phone is erased at once.

    Withdrawing what was never given changes nothing; buying goes on in any case.
    Raises NoSuchPurpose.
    """
    unwanted = purpose_of(purpose)
    given = Consent.filter(member_id=member_id, purpose=unwanted, withdrawn_at=None)
    await given.update(withdrawn_at=clock.now())
    if unwanted is Purpose.PHONE:
        await Member.filter(id=member_id).update(
            phone_cipher=None, phone_index=None, phone_last4_index=None
        )
