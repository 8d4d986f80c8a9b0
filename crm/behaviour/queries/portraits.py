"""What a member seems to like, with what it rests on."""

from dataclasses import dataclass
from datetime import datetime

from core.audience import Trait, choices_of, traits
from crm.behaviour.models import Portrait


@dataclass(frozen=True, slots=True)
class PortraitView:
    """`level` 1 to 5; the shares in 1/10000; None: too little is known. `steps` it rests on."""

    has_bought: bool
    category: str
    category_en: str
    brand: str
    level: int | None
    discount_bp: int | None
    new_bp: int | None
    steps: int
    as_of: datetime


async def portrait_of(member_id: int) -> PortraitView | None:
    """None: nothing is known yet, or the member may not be profiled."""
    row = await Portrait.get_or_none(id=member_id)
    if row is None:
        return None
    category = await _named(traits["behaviour.liked_category"], row.category)
    brand = await _named(traits["behaviour.liked_brand"], row.brand)
    return PortraitView(
        has_bought=row.has_bought,
        category=category[0],
        category_en=category[1],
        brand=brand[0],
        level=row.level,
        discount_bp=row.discount_bp,
        new_bp=row.new_bp,
        steps=row.steps,
        as_of=row.as_of,
    )


async def _named(trait: Trait, value: str | None) -> tuple[str, str]:
    found = [one for one in await choices_of(trait) if one.value == value]
    return (found[0].zh, found[0].en) if found else (value or "", value or "")
