"""A franchisee asks for a campaign of their own region; head office looks at it and starts it."""

import secrets

from core.database import sql, use_case
from core.errors import NotFound
from core.privacy import Purpose
from core.security.scope import Scope
from crm.journeys.errors import JourneyNotFound, NothingToAsk, TooManyAsked
from crm.journeys.models import Journey
from crm.journeys.rules import Aim, State
from crm.journeys.rules.presets import filled, preset_of
from crm.journeys.service.moving import act
from crm.journeys.service.writing import JourneyDraft, save_journey
from crm.reach.queries import templates
from crm.segments.queries import get_segment
from crm.segments.service import SegmentDraft, save_segment

MOST_WAITING, MARKETING = 5, Purpose.MARKETING
# All companies: the first of them makes the segment that all share.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('journeys.asking', 0))"
SHARED = (  # a franchisee reaches only who agreed to be known to one (P3)
    "shared-with-franchisees",
    "同意向加盟商提供的会员",
    {"trait": "people.agreed", "is": "in", "value": ["franchisee"]},
)


@use_case
async def ask_campaign(*, scope: Scope, name: str, template: str) -> str:
    """Ask for a message, and a task for the guides, to the members of one's own stores.

    Answers the public id of a draft that head office may change, start or cancel; nobody is told
    anything before. Raises NothingToAsk, TooManyAsked.
    """
    assert scope.franchisee_id is not None
    usable = {
        one.code for one in await templates() if one.is_on and one.purpose is Purpose.MARKETING
    }
    if not name.strip() or template not in usable or not scope.store_ids:
        raise NothingToAsk()
    await sql(TAKE_TURNS)
    waiting = Journey.filter(company_id=scope.franchisee_id, state=State.DRAFT)
    if await waiting.count() >= MOST_WAITING:
        raise TooManyAsked()
    await _shared_segment(scope)
    asked = filled(preset_of("regional"), segment=SHARED[0], template=template)
    code = f"region-{scope.franchisee_id}-{secrets.token_hex(4)}"
    definition = {**asked, "stores": sorted(scope.store_ids)}
    draft = JourneyDraft(code, name.strip()[:60], Aim.SEASON, definition)
    public_id = await save_journey(scope=scope, draft=draft)
    await Journey.filter(public_id=public_id).update(company_id=scope.franchisee_id)
    return public_id


async def _shared_segment(scope: Scope) -> None:
    code, name, condition = SHARED
    try:
        await get_segment(code)
    except NotFound:
        await save_segment(scope=scope, draft=SegmentDraft(code, name, condition))


@use_case
async def withdraw_campaign(*, scope: Scope, public_id: str) -> None:
    """Take back what was asked and has not begun. Raises JourneyNotFound, also for another's."""
    assert scope.franchisee_id is not None
    own = Journey.filter(public_id=public_id[:40], company_id=scope.franchisee_id)
    if not await own.filter(state=State.DRAFT).select_for_update().first():
        raise JourneyNotFound()
    await act(scope=scope, public_id=public_id, action="cancel")
