"""Agreeing and taking it back; one is as easy as the other (P2)."""

from core import clock
from core.database import use_case
from core.outbox import publish
from crm.people import identities
from crm.people.errors import MemberNotFound
from crm.people.events import ConsentGiven, ConsentWithdrawn
from crm.people.models import Consent, Member
from crm.people.rules import IdKind, Purpose, check_consent, purpose_of


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
    await publish(ConsentGiven(member_id=member_id, purpose=wanted, at=at))


@use_case
async def withdraw_consent(*, member_id: int, purpose: str) -> None:
    """End the agreement now. Without the one for a phone, the phone is erased at once.

    Withdrawing what was never given changes nothing; buying goes on in any case.
    Raises NoSuchPurpose.
    """
    unwanted, at = purpose_of(purpose), clock.now()
    given = Consent.filter(member_id=member_id, purpose=unwanted, withdrawn_at=None)
    ended = await given.update(withdrawn_at=at)
    if unwanted is Purpose.PHONE:
        await identities.forget(member_id, IdKind.PHONE)
    if ended:
        await publish(ConsentWithdrawn(member_id=member_id, purpose=unwanted, at=at))
