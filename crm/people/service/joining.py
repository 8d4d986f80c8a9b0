"""Coming in: a login code of WeChat becomes one member and one session of ours."""

import logging
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from core import clock, settings
from core.database import use_case
from core.errors import NotConfigured
from core.outbox import publish
from core.security.scope import Role
from core.security.sessions import open_session
from core.security.source_code import BadSourceCode, Source, read_source
from crm.people import gateway
from crm.people.events import MemberJoined
from crm.people.models import Member, MemberId, Touch
from crm.people.rules import Purpose, check_consent
from crm.people.service.binding import bind_if_free
from crm.people.service.consents import give_consent
from trade.stores.errors import StaffNotFound
from trade.stores.queries import StaffView, get_staff

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    member_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came, by which app, from where, and what they agreed to."""

    app_id: str
    open_id: str
    union_id: str | None
    source: Source | None
    consent_version: str | None


async def sign_in(
    *, code: str, source_code: str | None = None, consent_version: str | None = None
) -> SignedIn:
    """Turn a `wx.login` code into a session; a person is one member, however often they come.

    A source code that does not read is logged and never bars the way.
    Raises LogInAgain for a code used before or too old, ConsentTextUnknown before the code is
    spent, LoginRefused when WeChat blocks the user.
    """
    app = settings.current().mini_program
    if app is None:
        raise NotConfigured(setting="mini_program")
    if consent_version is not None:
        check_consent(Purpose.MEMBERSHIP, consent_version)
    who = await gateway.code_to_session(code)
    source = _source_of(source_code)
    return await _admit(Arrival(app.app_id, who.open_id, who.union_id, source, consent_version))


def _source_of(code: str | None) -> Source | None:
    if not code:
        return None
    try:
        return read_source(code)
    except BadSourceCode:
        log.warning("a source code did not read", extra={"length": len(code)})
        return None


@use_case
async def _admit(arrival: Arrival) -> SignedIn:
    member, is_new = await _known_or_new(arrival)
    if arrival.consent_version is not None:
        await give_consent(
            member_id=member.id,
            purpose=Purpose.MEMBERSHIP,
            version=arrival.consent_version,
            how="mini_program.login",
        )
    guide = await _remember(member.id, arrival.source) if arrival.source else None
    if is_new:
        await publish(
            MemberJoined(
                member_id=member.id,
                guide_id=guide.id if guide else None,
                store_id=guide.store_id if guide else None,
                at=member.joined_at,
            )
        )
    token = await open_session(role=Role.MEMBER, member_id=member.id, label="mini_program")
    return SignedIn(token, member.id, is_new)


@use_case
async def register_member(*, app_id: str, open_id: str) -> int:
    """Make a member of somebody another system knows by this open id. Again: the same member."""
    member, _ = await _known_or_new(Arrival(app_id, open_id, None, None, None))
    return member.id


async def _known_or_new(arrival: Arrival) -> tuple[Member, bool]:
    """Two first logins at once: the unique id lets one create, the other finds."""
    known = await _find(arrival)
    if known is not None:
        return known, False
    try:
        async with in_transaction():
            member = await Member.create(union_id=arrival.union_id, joined_at=clock.now())
            own_id = MemberId(member=member, app_id=arrival.app_id, open_id=arrival.open_id)
            await own_id.save()
    except IntegrityError:
        known = await _find(arrival)
        if known is None:
            raise
        return known, False
    return member, True


async def _find(arrival: Arrival) -> Member | None:
    """By this app's id; else by the union id, when another app of the brand knew them first."""
    by_app = MemberId.filter(app_id=arrival.app_id, open_id=arrival.open_id)
    known = await by_app.select_related("member").first()
    if known is not None:
        return known.member
    if arrival.union_id is None:
        return None
    member = await Member.get_or_none(union_id=arrival.union_id)
    if member is not None:  # another login of theirs may have said so a moment ago
        await MemberId.get_or_create(
            {"member_id": member.id}, app_id=arrival.app_id, open_id=arrival.open_id
        )
    return member


async def _remember(member_id: int, source: Source) -> StaffView | None:
    """Note the touch; a member whom nobody looks after goes to the guide who brought them."""
    await Touch(
        member_id=member_id,
        guide_id=source.guide_id,
        store_id=source.store_id,
        group_id=source.group_id,
        product_id=source.product_id,
        at=clock.now(),
    ).save()
    try:
        guide = await get_staff(source.guide_id)
    except StaffNotFound:
        return None
    if not guide.is_active:
        return None
    store_id = guide.store_id or source.store_id
    await bind_if_free(member_id=member_id, guide_id=guide.id, store_id=store_id)
    return guide
