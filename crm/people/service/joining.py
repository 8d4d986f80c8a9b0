"""Coming in: a login code of WeChat becomes one member and one session of ours."""

import logging
from dataclasses import dataclass

from tortoise.transactions import in_transaction

from core import clock, settings
from core.database import use_case
from core.errors import NotConfigured
from core.outbox import publish
from core.security.scope import Role
from core.security.sessions import open_session
from core.security.source_code import BadSourceCode, Source, read_source
from crm.people import gateway, identities
from crm.people.errors import MergeWaits
from crm.people.events import MemberJoined
from crm.people.models import Member, Touch
from crm.people.rules import Entrance, IdKind, MatchedBy, Purpose, check_consent, entrance_of
from crm.people.service.binding import bind_if_free
from crm.people.service.consents import give_consent
from crm.people.service.matching import note_match
from crm.people.service.merging import join_known
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
    """Who came, by which app and entrance, from where, and what they agreed to."""

    app_id: str
    open_id: str
    union_id: str | None
    source: Source | None
    consent_version: str | None
    entrance: Entrance


class _Taken(Exception):
    """Somebody else made a member of this id in the same moment."""


async def sign_in(
    *,
    code: str,
    source_code: str | None = None,
    consent_version: str | None = None,
    scene: int | None = None,
) -> SignedIn:
    """Turn a `wx.login` code into a session; a person is one member, however often they come.

    `scene` is WeChat's number of the launch: it tells the entrance. A source code that does not
    read is logged and never bars the way.
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
    has_group = source is not None and source.group_id is not None
    entrance = entrance_of(scene, has_group=has_group, has_source=source is not None)
    return await _admit(
        Arrival(app.app_id, who.open_id, who.union_id, source, consent_version, entrance)
    )


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
    guide = await _remember(member.id, arrival)
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
async def register_member(
    *, app_id: str, open_id: str, entrance: Entrance = Entrance.MINI_PROGRAM
) -> int:
    """Make a member of somebody another system knows by this open id. Again: the same member."""
    member, _ = await _known_or_new(Arrival(app_id, open_id, None, None, None, entrance))
    return member.id


async def _known_or_new(arrival: Arrival) -> tuple[Member, bool]:
    """Two first logins at once: the unique id lets one create, the other finds."""
    known = await _find(arrival)
    if known is not None:
        return known, False
    try:
        async with in_transaction():
            member = await Member.create(joined_at=clock.now(), entrance=arrival.entrance)
            if not await _know_as(member.id, arrival):
                raise _Taken
    except _Taken:
        known = await _find(arrival)
        if known is None:
            raise
        return known, False
    return member, True


async def _know_as(member_id: int, arrival: Arrival) -> bool:
    """Whether both ids of an arrival are this member's; the open id is added last."""
    at = clock.now()
    if arrival.union_id is not None and not await identities.add(
        member_id, IdKind.UNION_ID, arrival.union_id, source="wechat.login", verified_at=at
    ):
        return False
    return await identities.add(
        member_id,
        IdKind.OPEN_ID,
        arrival.open_id,
        realm=arrival.app_id,
        source="wechat.login",
        verified_at=at,
    )


async def _find(arrival: Arrival) -> Member | None:
    """By this app's id, and by the union id when another app of the brand knew them first.

    When both are known and lead to two members, they are one person: the two are joined.
    """
    by_app = await identities.find(IdKind.OPEN_ID, arrival.open_id, realm=arrival.app_id)
    union = arrival.union_id
    by_union = await identities.find(IdKind.UNION_ID, union) if union else None
    member_id = by_app or by_union
    if member_id is None:
        return None
    if by_app and by_union and by_app != by_union:
        member_id = await _one_person(by_app, by_union)
    elif union and by_union is None:
        await identities.add(member_id, IdKind.UNION_ID, union, source="wechat.login")
    elif by_app is None:
        await identities.add(
            member_id,
            IdKind.OPEN_ID,
            arrival.open_id,
            realm=arrival.app_id,
            source="wechat.login",
        )
    return await Member.get(id=member_id)


async def _one_person(by_app: int, by_union: int) -> int:
    """Join two whom WeChat calls one; while an order of theirs waits, the pair is noted."""
    try:
        await join_known(by_app, by_union, MatchedBy.UNION_ID, "the same union id", "system")
    except MergeWaits:
        await note_match(one_id=by_app, other_id=by_union, matched_by=MatchedBy.UNION_ID)
        return by_app
    kept = await Member.get(id=by_app)
    return kept.merged_into_id or kept.id


async def _remember(member_id: int, arrival: Arrival) -> StaffView | None:
    """Note the touch; a member whom nobody looks after goes to the guide who brought them."""
    source = arrival.source
    if source is None:
        return None
    await Touch(
        member_id=member_id,
        entrance=arrival.entrance,
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
