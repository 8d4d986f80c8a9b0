"""Where a member can be reached. For deliveries: these leave for the platform, never a page."""

from dataclasses import dataclass

from core.settings import current
from crm.people import identities
from crm.people.models import Identity, Member
from crm.people.rules import IdKind


@dataclass(frozen=True, slots=True)
class Addresses:
    """None: no such way to this member. `phone` is whole, `external_user_id` is WeCom's."""

    open_id: str | None = None
    external_user_id: str | None = None
    phone: str | None = None
    email: str | None = None


async def addresses_of(member_id: int) -> Addresses:
    """The ways to a member as they are now; nothing of it may be kept or logged."""
    if not await Member.exists(id=member_id, erased_at=None):
        return Addresses()
    rows = await Identity.filter(member_id=member_id, until=None).order_by("id")
    plain = {(row.kind, row.realm): row.known_as for row in rows}
    settings = current()
    app_id = settings.mini_program.app_id if settings.mini_program else ""
    corp_id = settings.wecom.corp_id if settings.wecom else ""
    return Addresses(
        open_id=plain.get((IdKind.OPEN_ID, app_id)),
        external_user_id=plain.get((IdKind.EXTERNAL_USERID, corp_id)),
        phone=(await identities.texts_of([member_id], IdKind.PHONE)).get(member_id),
        email=(await identities.texts_of([member_id], IdKind.EMAIL)).get(member_id),
    )
