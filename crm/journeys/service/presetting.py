"""Taking a preset: its segment, where it needs one, and a draft to change."""

from core.database import use_case
from core.errors import NotFound
from core.security.scope import Scope
from crm.journeys.rules.presets import filled, preset_of
from crm.journeys.service.writing import JourneyDraft, save_journey
from crm.segments.queries import get_segment
from crm.segments.service import SegmentDraft, save_segment


@use_case
async def draft_from_preset(
    *, scope: Scope, preset: str, code: str, segment: str = "", template: str = ""
) -> str:
    """A draft made of a preset; answers its public id. A segment it needs is made with it, once.

    Raises PresetUnknown, BadDefinition, CodeTaken.
    """
    chosen = preset_of(preset)
    if chosen.segment is not None:
        own, name, condition = chosen.segment
        try:
            await get_segment(own)
        except NotFound:
            await save_segment(scope=scope, draft=SegmentDraft(own, name, condition))
    definition = filled(chosen, segment=segment, template=template)
    draft = JourneyDraft(code, chosen.zh, chosen.aim, definition)
    return await save_journey(scope=scope, draft=draft)
